//! One scenario: a database, a target, and what must happen between them.
//!
//! On a real database file it goes the whole way there and back: realise, compare, render, read, apply, compare again,
//! look at the result from outside, downgrade, look again, upgrade again.

use crate::project::Project;
use crate::rows::{Rows, all_rows};
use crate::support::observer::{Picture, difference, picture_without};
use autogen::compare::{CompareOptions, Comparison, ConstraintNames};
use autogen::directive::{AlterColumn, AlterTable, Directive, TableChange};
use autogen::schema::Table;
use autogen::script::Script;
use autogen::{Connection, Error, ErrorKind};
use std::collections::BTreeMap;

type Inspection = Box<dyn Fn(&Script)>;
type Tables = BTreeMap<String, Rows>;

/// A scenario, built up by a chain of calls and run by its last one.
pub(crate) struct Scenario {
    number: &'static str,
    from: String,
    rows: String,
    to: Vec<String>,
    renames: Vec<(String, String)>,
    exclude: Vec<String>,
    options: CompareOptions,
    edits: Vec<(String, String)>,
    refilled: Vec<String>,
    notices: Vec<String>,
    inspections: Vec<Inspection>,
    upgraded: Vec<(String, String)>,
    downgraded: Vec<(String, String)>,
}

impl Scenario {
    /// A scenario by its number, from an empty database to an empty target.
    pub(crate) fn new(number: &'static str) -> Self {
        Self {
            number,
            from: String::new(),
            rows: String::new(),
            to: vec![String::new()],
            renames: Vec::new(),
            exclude: Vec::new(),
            options: CompareOptions::default(),
            edits: Vec::new(),
            refilled: Vec::new(),
            notices: Vec::new(),
            inspections: Vec::new(),
            upgraded: Vec::new(),
            downgraded: Vec::new(),
        }
    }

    /// What the database is before.
    pub(crate) fn from(mut self, sql: &str) -> Self {
        sql.clone_into(&mut self.from);
        self
    }

    /// The target, one file.
    pub(crate) fn to(mut self, sql: &str) -> Self {
        self.to = vec![sql.to_owned()];
        self
    }

    /// The target, several files.
    pub(crate) fn files(mut self, files: &[&str]) -> Self {
        self.to = files.iter().map(|&sql| sql.to_owned()).collect();
        self
    }

    /// The rows of the database before.
    pub(crate) fn rows(mut self, sql: &str) -> Self {
        sql.clone_into(&mut self.rows);
        self
    }

    /// Declares a rename as the command line does: `old` and `new` are tables, or `table.column` with the new table's name.
    pub(crate) fn rename(mut self, old: &str, new: &str) -> Self {
        self.renames.push((old.to_owned(), new.to_owned()));
        self
    }

    /// A pattern of what is left alone.
    pub(crate) fn exclude(mut self, pattern: &str) -> Self {
        self.exclude.push(pattern.to_owned());
        self
    }

    /// The order of columns is a difference.
    pub(crate) fn column_order(mut self) -> Self {
        self.options.column_order = true;
        self
    }

    /// Names of constraints are no difference.
    pub(crate) fn ignoring_constraint_names(mut self) -> Self {
        self.options.constraint_names = ConstraintNames::Ignore;
        self
    }

    /// What the user changes in the script before applying it.
    pub(crate) fn edit(mut self, old: &str, new: &str) -> Self {
        self.edits.push((old.to_owned(), new.to_owned()));
        self
    }

    /// A column (`table.column`) whose rows get other values on purpose.
    pub(crate) fn refills(mut self, column: &str) -> Self {
        self.refilled.push(column.to_owned());
        self
    }

    /// A part of a notice that the comparison must give.
    pub(crate) fn notices(mut self, part: &str) -> Self {
        self.notices.push(part.to_owned());
        self
    }

    /// Looks at the script.
    pub(crate) fn inspect(mut self, look: impl Fn(&Script) + 'static) -> Self {
        self.inspections.push(Box::new(look));
        self
    }

    /// A query and its rows after the upgrade: values joined by `|`, rows by `;`.
    pub(crate) fn upgraded(mut self, query: &str, rows: &str) -> Self {
        self.upgraded.push((query.to_owned(), rows.to_owned()));
        self
    }

    /// A query and its rows after the downgrade.
    pub(crate) fn downgraded(mut self, query: &str, rows: &str) -> Self {
        self.downgraded.push((query.to_owned(), rows.to_owned()));
        self
    }

    /// Runs it: nothing may be generated.
    pub(crate) fn equal(self) {
        block_on(async {
            let project = self.project().await;
            let comparison = self.compare(&project).await;
            assert_eq!(
                summaries(&comparison.upgrade),
                Vec::<String>::new(),
                "{}: nothing was to be generated",
                self.number
            );
            assert!(
                comparison.is_empty() && comparison.questions.is_empty(),
                "{}",
                self.number
            );
            self.check_notices(&comparison.notices);
        });
    }

    /// Runs it: exactly these summaries, in this order, and there and back without a loss.
    pub(crate) fn expect(self, summaries: &[&str]) {
        block_on(self.there_and_back(Some(summaries)));
    }

    /// Runs it without looking at the summaries.
    pub(crate) fn holds(self) {
        block_on(self.there_and_back(None));
    }

    /// Runs it: the rows forbid it, the error has these parts, and nothing has changed.
    pub(crate) fn contradicted(self, parts: &[&str]) {
        block_on(async {
            let project = self.project().await;
            let before = self.look(&project).await;
            let comparison = self.compare(&project).await;
            let script = project.revision(&comparison, &self.edits);
            assert!(
                !script.upgrade.is_empty(),
                "{}: nothing was generated",
                self.number
            );
            let error = project.upgrade().await.expect_err("the rows forbid it");
            assert_eq!(
                error.kind(),
                ErrorKind::RowsContradict,
                "{}: {error}",
                self.number
            );
            assert_parts(self.number, &error, parts);
            let after = self.look(&project).await;
            assert_eq!(
                difference(&before.schema, &after.schema),
                Vec::<String>::new(),
                "{}",
                self.number
            );
            self.assert_kept(&before.rows, &after.rows, "a refused upgrade");
        });
    }

    /// Runs it: the target cannot be realised, and the error has these parts.
    pub(crate) fn target_refused(self, parts: &[&str]) {
        block_on(async {
            let project = self.project().await;
            let error = project
                .realise()
                .await
                .map(drop)
                .expect_err("the target is wrong");
            assert_eq!(error.kind(), ErrorKind::Target, "{}: {error}", self.number);
            assert_parts(self.number, &error, parts);
        });
    }

    /// Only plans: the statements of the upgrade.
    pub(crate) fn statements(self) -> Vec<String> {
        block_on(async {
            let project = self.project().await;
            project.revision(&self.compare(&project).await, &[]);
            project.statements().await
        })
    }

    /// Only compares.
    pub(crate) async fn comparison(&self) -> Comparison {
        self.compare(&self.project().await).await
    }

    async fn project(&self) -> Project {
        let files: Vec<&str> = self.to.iter().map(String::as_str).collect();
        let mut project = Project::new(&files)
            .filtered(&[], &self.exclude)
            .comparing(self.options.clone());
        for (old, new) in &self.renames {
            project = project.rename(old, new);
        }
        project.load(&self.from).await;
        project.load(&self.rows).await;
        project
    }

    async fn compare(&self, project: &Project) -> Comparison {
        let comparison = project.compare().await;
        let again = project.compare().await;
        assert_eq!(comparison, again, "{}: the same every time", self.number);
        comparison
    }

    fn check_notices(&self, notices: &[autogen::Notice]) {
        for part in &self.notices {
            assert!(
                notices
                    .iter()
                    .any(|n| n.message.contains(part) || n.hint.as_ref().is_some_and(|h| h.contains(part))),
                "{}: no notice says `{part}`: {notices:#?}",
                self.number
            );
        }
    }

    async fn look(&self, project: &Project) -> View {
        let mut connection = project.connection().await;
        View {
            schema: picture_without(&mut connection, &project.ledger()).await,
            rows: all_rows(&mut connection, &project.ledger()).await,
        }
    }

    async fn there_and_back(self, expected: Option<&[&str]>) {
        let number = self.number;
        let project = self.project().await;
        let before = self.look(&project).await;
        let wanted = self.wanted(&project).await;
        let comparison = self.compare(&project).await;
        if let Some(expected) = expected {
            assert_eq!(summaries(&comparison.upgrade), expected, "{number}");
        }
        self.check_notices(&comparison.notices);
        let script = project.revision(&comparison, &self.edits);
        for look in &self.inspections {
            look(&script);
        }

        project
            .upgrade()
            .await
            .unwrap_or_else(|e| panic!("{number}: upgrade: {e:?}"));
        let there = self.look(&project).await;
        assert_eq!(
            difference(&wanted.schema, &there.schema),
            Vec::<String>::new(),
            "{number}: after the upgrade"
        );
        self.assert_kept(&before.rows, &there.rows, "upgrade");
        self.assert_rows(&project, &self.upgraded).await;
        let rest = project.compare_again().await;
        assert_eq!(
            summaries(&rest.upgrade),
            Vec::<String>::new(),
            "{number}: left to do after the upgrade"
        );
        if self.from.is_empty() {
            let replayed = project.compare_with_scripts().await;
            assert!(
                replayed.is_empty(),
                "{number}: replayed, {:?}",
                summaries(&replayed.upgrade)
            );
        }

        project
            .downgrade()
            .await
            .unwrap_or_else(|e| panic!("{number}: downgrade: {e:?}"));
        let back = self.look(&project).await;
        assert_eq!(
            difference(&before.schema, &back.schema),
            Vec::<String>::new(),
            "{number}: after the downgrade"
        );
        self.assert_back(&before.rows, &there.rows, &back.rows);
        self.assert_rows(&project, &self.downgraded).await;

        project
            .upgrade()
            .await
            .unwrap_or_else(|e| panic!("{number}: the second upgrade: {e:?}"));
        let again = self.look(&project).await;
        assert_eq!(
            difference(&wanted.schema, &again.schema),
            Vec::<String>::new(),
            "{number}: after the second upgrade"
        );
    }

    /// What the target is: loaded by SQLite alone. With filters it says nothing about the database.
    async fn wanted(&self, project: &Project) -> View {
        let mut connection = Connection::memory().await.expect("a database in memory");
        for sql in &self.to {
            connection
                .execute(sql)
                .await
                .unwrap_or_else(|e| panic!("{}: the target: {e}", self.number));
        }
        View {
            schema: picture_without(&mut connection, &project.ledger()).await,
            rows: Tables::new(),
        }
    }

    async fn assert_rows(&self, project: &Project, queries: &[(String, String)]) {
        for (query, expected) in queries {
            assert_eq!(&project.query(query).await, expected, "{}: {query}", self.number);
        }
    }

    /// Tables and columns that stay keep their rows.
    fn assert_kept(&self, before: &Tables, after: &Tables, step: &str) {
        for (old, rows) in before {
            let new = self.renamed(old);
            let Some(kept) = after.get(&new) else { continue };
            let pairs = self.shared_columns(&new, rows, kept);
            assert_same_rows(self.number, step, &new, rows, kept, &pairs);
        }
    }

    /// What an upgrade kept is there again after the downgrade, under its old name.
    fn assert_back(&self, before: &Tables, there: &Tables, back: &Tables) {
        for (old, rows) in before {
            let new = self.renamed(old);
            let Some(kept) = there.get(&new) else { continue };
            let mut pairs = self.shared_columns(&new, rows, kept);
            for (name, there) in &mut pairs {
                there.clone_from(name);
            }
            let back = back
                .get(old)
                .unwrap_or_else(|| panic!("{}: {old} has not come back", self.number));
            assert_same_rows(self.number, "downgrade", old, rows, back, &pairs);
        }
    }

    /// The columns that both have, by their old and new names.
    fn shared_columns(&self, table: &str, old: &Rows, new: &Rows) -> Vec<(String, String)> {
        let renamed = |(column, ty): &(String, String)| (self.renamed_column(table, column), ty.clone());
        let same_key = old.key.iter().map(renamed).eq(new.key.iter().cloned());
        old.columns
            .iter()
            .map(|column| (column.clone(), self.renamed_column(table, column)))
            .filter(|(_, name)| new.columns.contains(name))
            .filter(|(_, name)| name != "(rowid)" || same_key)
            .filter(|(_, name)| !self.refilled.contains(&format!("{table}.{name}")))
            .collect()
    }

    fn renamed(&self, table: &str) -> String {
        let found = self
            .renames
            .iter()
            .find(|(old, _)| old.eq_ignore_ascii_case(table));
        found.map_or(table.to_owned(), |(_, new)| new.to_lowercase())
    }

    fn renamed_column(&self, table: &str, column: &str) -> String {
        let path = format!("{table}.{column}");
        let found = self
            .renames
            .iter()
            .find(|(old, _)| old.eq_ignore_ascii_case(&path));
        found
            .and_then(|(_, new)| new.split_once('.'))
            .map_or(column.to_owned(), |(_, new)| new.to_lowercase())
    }
}

/// A database as seen from outside.
struct View {
    schema: Picture,
    rows: Tables,
}

fn assert_same_rows(
    number: &str,
    step: &str,
    table: &str,
    old: &Rows,
    new: &Rows,
    pairs: &[(String, String)],
) {
    let olds: Vec<&str> = pairs.iter().map(|p| p.0.as_str()).collect();
    let news: Vec<&str> = pairs.iter().map(|p| p.1.as_str()).collect();
    assert_eq!(
        old.of(&olds),
        new.of(&news),
        "{number}: {step} has changed rows of {table} ({})",
        news.join(", ")
    );
}

fn assert_parts(number: &str, error: &Error, parts: &[&str]) {
    let text = format!("{error}\n{}", error.hints().join("\n"));
    for part in parts {
        assert!(
            text.contains(part),
            "{number}: the error does not say `{part}`: {text}"
        );
    }
}

/// The directives as people read them.
pub(crate) fn summaries(directives: &[Directive]) -> Vec<String> {
    directives.iter().map(Directive::summary).collect()
}

/// Runs a future to its end on this thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Pairs that are equal: the database, the target.
pub(crate) fn all_equal(number: &'static str, pairs: &[(&str, &str)]) {
    for (from, to) in pairs {
        Scenario::new(number).from(from).to(to).equal();
    }
}

/// The upgrade from one schema to another takes exactly these statements.
pub(crate) fn assert_statements(number: &'static str, from: &str, to: &str, expected: &[&str]) {
    assert_eq!(
        Scenario::new(number).from(from).to(to).statements(),
        expected,
        "{number}"
    );
}

/// Definitions of one column `v` that are equal.
pub(crate) fn columns_equal(number: &'static str, pairs: &[(&str, &str)]) {
    for (from, to) in pairs {
        Scenario::new(number)
            .from(&one_column(from))
            .to(&one_column(to))
            .equal();
    }
}

/// Changes of one column `v` of a table `t` with rows, each with the summary after `t: alter column v `.
pub(crate) fn columns_change(number: &'static str, changes: &[(&str, &str, &str)]) {
    for (from, to, change) in changes {
        Scenario::new(number)
            .from(&one_column(from))
            .to(&one_column(to))
            .rows("INSERT INTO t (v) VALUES (1), (2.5), ('three'), (NULL)")
            .expect(&[&format!("t: alter column v ({change})")]);
    }
}

fn one_column(definition: &str) -> String {
    format!("CREATE TABLE t (id INTEGER PRIMARY KEY, v {definition})")
}

/// The table that a directive creates.
pub(crate) fn created<'s>(script: &'s Script, name: &str) -> &'s Table {
    let found = script.upgrade.iter().find_map(|directive| match directive {
        Directive::CreateTable(table) if table.name.name.as_str() == name => Some(&**table),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{name} is not created"))
}

/// The changes of a table.
pub(crate) fn altered<'s>(directives: &'s [Directive], name: &str) -> &'s AlterTable {
    let found = directives.iter().find_map(|directive| match directive {
        Directive::AlterTable(alter) if alter.table.name.as_str() == name => Some(alter),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{name} is not altered"))
}

/// The change of a column.
pub(crate) fn altered_column<'s>(directives: &'s [Directive], table: &str, column: &str) -> &'s AlterColumn {
    let found = altered(directives, table)
        .changes
        .iter()
        .find_map(|change| match change {
            TableChange::AlterColumn(alter) if alter.name.as_str() == column => Some(alter),
            _ => None,
        });
    found.unwrap_or_else(|| panic!("{table}.{column} is not altered"))
}

/// The names of the columns that come, in order.
pub(crate) fn added_columns(alter: &AlterTable) -> Vec<&str> {
    let names = alter.changes.iter().filter_map(|change| match change {
        TableChange::AddColumn(new) => Some(new.column.name.as_str()),
        _ => None,
    });
    names.collect()
}

/// The names of the columns that go, in order.
pub(crate) fn dropped_columns(alter: &AlterTable) -> Vec<&str> {
    let names = alter.changes.iter().filter_map(|change| match change {
        TableChange::DropColumn(gone) => Some(gone.column.name.as_str()),
        _ => None,
    });
    names.collect()
}
