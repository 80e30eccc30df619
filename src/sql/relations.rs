//! The tables and views that a query or body refers to.
//!
//! In comes SQL text that the engine has accepted, out come names of relations, or nothing when sqlparser cannot read
//! the text; callers then fall back to [`super::mentions`]. Names are not looked up: a table function counts too.

use std::{collections::BTreeSet, ops::ControlFlow};

use sqlparser::{
    ast::{Ident, ObjectName, Query, Statement, Visit, Visitor},
    dialect::Dialect,
    parser::Parser,
};

use super::{lexicon::Lexicon, normal::fold, scan::Scanner};

/// A table or view by name, folded as the engine compares names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Relation {
    /// Its namespace, where one is written.
    pub(crate) namespace: Option<String>,
    /// Its name.
    pub(crate) name: String,
}

/// sqlparser walks its trees by recursion, one level for each operator of a chain; more than this many tokens in one
/// text could exhaust the stack of a small thread.
const MOST_OPERATORS: usize = 400;

/// The relations that `sql` refers to: a query, or a whole CREATE VIEW or CREATE TRIGGER, whose own name is left out;
/// a trigger's table is in. Names of common table expressions are left out where they hide a relation.
///
/// `None` when sqlparser cannot parse `sql`.
pub(crate) fn relations(sql: &str, lexicon: &Lexicon, dialect: &dyn Dialect) -> Option<BTreeSet<Relation>> {
    let operators = Scanner::new(sql, lexicon)
        .filter(|token| is_operator(token.text(sql)))
        .count();
    if operators > MOST_OPERATORS {
        return None;
    }
    let statements = Parser::parse_sql(dialect, sql).ok()?;
    let mut reader = Reader {
        lexicon,
        hidden: Vec::new(),
        muted: 0,
        found: BTreeSet::new(),
    };
    for statement in &statements {
        match statement {
            Statement::CreateView(view) => reader.read(view.query.as_ref()),
            Statement::CreateTrigger(trigger) => {
                reader.add(&trigger.table_name);
                reader.read(statement);
            }
            other => reader.read(other),
        }
    }
    Some(reader.found)
}

fn is_operator(text: &str) -> bool {
    let first_is_symbol = text.bytes().next().is_some_and(|b| b.is_ascii_punctuation());
    (first_is_symbol && !matches!(text, "," | ";" | "." | ")") && !text.starts_with(['\'', '"', '`', '[']))
        || [
            "and",
            "or",
            "is",
            "not",
            "like",
            "union",
            "except",
            "intersect",
            "join",
            "case",
            "between",
            "in",
        ]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

struct Reader<'a> {
    lexicon: &'a Lexicon,
    /// Common table expressions in sight.
    hidden: Vec<String>,
    /// Inside a query that has been read already, this many queries deep.
    muted: usize,
    found: BTreeSet<Relation>,
}

impl Reader<'_> {
    fn read(&mut self, tree: &impl Visit) {
        // `Break` is never returned.
        let _: ControlFlow<()> = tree.visit(self);
    }

    fn fold(&self, ident: &Ident) -> String {
        fold(&ident.value, ident.quote_style.is_some(), self.lexicon)
    }

    fn add(&mut self, name: &ObjectName) {
        let mut parts = name
            .0
            .iter()
            .rev()
            .filter_map(|part| part.as_ident())
            .map(|ident| self.fold(ident));
        let Some(name) = parts.next() else { return };
        let namespace = parts.next();
        if namespace.is_none() && self.hidden.contains(&name) {
            return;
        }
        self.found.insert(Relation { namespace, name });
    }
}

impl Visitor for Reader<'_> {
    type Break = ();

    /// Reads a query with common table expressions piece by piece, since each hides relations only from some of the
    /// others and from the main part; the visitor's own way through it is then muted.
    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if self.muted > 0 {
            self.muted += 1;
            return ControlFlow::Continue(());
        }
        let Some(with) = &query.with else {
            return ControlFlow::Continue(());
        };
        let names: Vec<String> = with
            .cte_tables
            .iter()
            .map(|cte| self.fold(&cte.alias.name))
            .collect();
        let in_sight = self.hidden.len();
        let all_at_once = with.recursive || self.lexicon.ctes_see_each_other;
        if all_at_once {
            self.hidden.extend(names.iter().cloned());
        }
        for (cte, name) in with.cte_tables.iter().zip(names) {
            self.read(cte.query.as_ref());
            if !all_at_once {
                self.hidden.push(name);
            }
        }
        let mut main = query.clone();
        main.with = None;
        self.read(&main);
        self.hidden.truncate(in_sight);
        self.muted = 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.muted = self.muted.saturating_sub(1);
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        if self.muted == 0 {
            self.add(relation);
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use sqlparser::dialect::{PostgreSqlDialect, SQLiteDialect};

    use super::*;

    fn names(sql: &str) -> Option<Vec<String>> {
        written(relations(sql, &Lexicon::SQLITE, &SQLiteDialect {}))
    }

    fn postgres_names(sql: &str) -> Option<Vec<String>> {
        written(relations(sql, &Lexicon::POSTGRES, &PostgreSqlDialect {}))
    }

    fn written(found: Option<BTreeSet<Relation>>) -> Option<Vec<String>> {
        Some(
            found?
                .into_iter()
                .map(|relation| match relation.namespace {
                    Some(namespace) => format!("{namespace}.{}", relation.name),
                    None => relation.name,
                })
                .collect(),
        )
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands beside an optional result")]
    fn expect(list: &[&str]) -> Option<Vec<String>> {
        Some(list.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_query_refers_to_what_it_reads() {
        assert_eq!(
            names("SELECT * FROM A JOIN main.\"B c\" ON (SELECT 1 FROM [d]) WHERE x IN (SELECT y FROM e)"),
            expect(&["a", "d", "e", "main.b c"]).map(|mut list| {
                list.sort();
                list
            })
        );
    }

    #[test]
    fn a_view_does_not_refer_to_itself() {
        assert_eq!(
            names("CREATE TEMP VIEW v (a) AS SELECT a FROM t UNION SELECT 1 FROM u"),
            expect(&["t", "u"])
        );
    }

    #[test]
    fn a_trigger_refers_to_its_table_and_to_what_its_body_reads_and_writes() {
        assert_eq!(
            names(
                "CREATE TRIGGER tr AFTER UPDATE OF a ON t WHEN NEW.a > (SELECT max(a) FROM m) BEGIN \
                 INSERT INTO log (x) SELECT NEW.a FROM src; UPDATE u SET x = 1; DELETE FROM d WHERE x = OLD.a; END"
            ),
            expect(&["d", "log", "m", "src", "t", "u"])
        );
    }

    #[test]
    fn common_table_expressions_hide_relations() {
        assert_eq!(
            names("WITH a AS (SELECT 1 FROM t), b AS (SELECT 1 FROM a) SELECT * FROM b, a, c"),
            expect(&["c", "t"])
        );
        assert_eq!(
            names("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a), a"),
            expect(&["a"]),
            "only inside their query"
        );
        assert_eq!(
            postgres_names("WITH t AS (SELECT * FROM t) SELECT * FROM t"),
            expect(&["t"])
        );
        assert_eq!(
            postgres_names("WITH RECURSIVE t AS (SELECT 1 UNION SELECT 2 FROM t) SELECT * FROM t"),
            expect(&[])
        );
        assert_eq!(
            postgres_names("WITH t AS (SELECT 1) SELECT * FROM s.t, \"T\""),
            expect(&["T", "s.t"]).map(|mut list| {
                list.sort();
                list
            })
        );
    }

    #[test]
    fn text_that_cannot_be_read_has_no_answer() {
        assert_eq!(names("SELECT FROM WHERE"), None);
        assert_eq!(names("'open"), None);
        let long = format!("SELECT 1{} FROM t", " + 1".repeat(100_000));
        assert_eq!(names(&long), None);
        let deep = format!("SELECT {}1{} FROM t", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(names(&deep), None);
    }

    #[test]
    fn the_longest_chain_that_is_read_fits_a_small_stack() {
        for sql in [
            format!("SELECT 1{} FROM t", " + 1".repeat(MOST_OPERATORS - 1)),
            format!(
                "SELECT 1 FROM t{}",
                " UNION SELECT 1 FROM t".repeat(MOST_OPERATORS - 1)
            ),
        ] {
            let read = std::thread::Builder::new()
                .stack_size(2 << 20)
                .spawn(move || names(&sql))
                .expect("a thread")
                .join()
                .expect("no overflow");
            assert_eq!(read, expect(&["t"]));
        }
    }
}
