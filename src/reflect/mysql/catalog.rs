//! What has been read so far: tables in the making, and what others need to know of the database and the session.

use super::Detail;
use super::create::{Clauses, Shown, options};
use super::spelling::significant;
use crate::Result;
use crate::config::{Definer, Filter};
use crate::dialect::{
    Engine,
    mysql::{holds_geometries, option},
};
use crate::reflect::cells::Cells;
use crate::schema::{Column, ForeignKey, Name, Object, ObjectId, ObjectKind, QName, Schema, Sql, Table};
use crate::sql::TokenKind;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

/// The engine that tables have by default.
const INNODB: &str = "InnoDB";

/// A table in the making.
pub(super) struct Draft {
    pub(super) table: Table,
    /// The engine as the server calls it.
    pub(super) engine: String,
    pub(super) collation: String,
    /// Whether it is in partitions.
    pub(super) is_partitioned: bool,
    /// Columns by their places.
    pub(super) columns: Vec<(u32, Field)>,
    /// Parts of keys by the names and places of the keys.
    pub(super) keys: BTreeMap<String, super::indexes::Key>,
    pub(super) foreign_keys: BTreeMap<String, ForeignKey>,
    /// What SHOW CREATE TABLE says beyond that.
    pub(super) shown: Option<Shown>,
}

/// A column in the making.
pub(super) struct Field {
    pub(super) column: Column,
    /// The collation it has in effect.
    pub(super) collation: Option<String>,
}

/// All that has been read.
pub(super) struct Catalog<'f> {
    pub(super) filter: &'f Filter,
    pub(super) engine: Engine,
    /// The name of the database.
    pub(super) database: String,
    /// The collation that tables have by default.
    collation: String,
    /// The character set and collation of our own session.
    charset: (String, String),
    /// The `sql_mode` of our own session.
    mode: String,
    /// How much is read.
    pub(super) detail: Detail,
    pub(super) schema: Schema,
    pub(super) tables: HashMap<String, Draft>,
    /// Names of tables and views, for what reads them.
    pub(super) relations: BTreeSet<String>,
    /// The clauses of checks by their names (MySQL).
    pub(super) clauses: HashMap<String, String>,
    /// The relations and functions that views read (MySQL).
    pub(super) view_reads: BTreeMap<String, BTreeSet<QName>>,
    /// What SHOW CREATE has to be asked about, besides tables.
    pub(super) unshown: Vec<(super::losses::Kind, String)>,
    /// Triggers in the making, in the order in which they run.
    pub(super) triggers: Vec<super::triggers::Trigger>,
    /// What stands in front of the bodies of events that SHOW CREATE is asked about, and their `sql_mode`.
    pub(super) events: BTreeMap<String, (String, String)>,
    /// Whether tables may be in a tablespace that others share, and those that have a file of their own in the server's folder.
    pub(super) has_tablespaces: bool,
    pub(super) own_files: BTreeSet<String>,
    /// Tables whose files are elsewhere.
    pub(super) files_elsewhere: BTreeSet<String>,
    /// Whether everything was read that anybody may read.
    pub(super) is_read: bool,
    /// The rights to see triggers and events that the user is known to have, or `ROLE`, with which that is not known.
    rights: BTreeSet<String>,
    /// What is seen and left alone.
    pub(super) left_alone: Vec<String>,
    /// What of that there is, by its identity.
    pub(super) untold: BTreeSet<ObjectId>,
    /// Kinds of which nothing can be seen.
    pub(super) hidden: BTreeSet<ObjectKind>,
}

impl<'f> Catalog<'f> {
    pub(super) fn new(filter: &'f Filter, engine: Engine, mode: String, detail: Detail) -> Self {
        Self {
            filter,
            engine,
            database: String::new(),
            collation: String::new(),
            charset: (String::new(), String::new()),
            mode,
            detail,
            schema: Schema::new(),
            tables: HashMap::new(),
            relations: BTreeSet::new(),
            clauses: HashMap::new(),
            view_reads: BTreeMap::new(),
            unshown: Vec::new(),
            triggers: Vec::new(),
            events: BTreeMap::new(),
            has_tablespaces: false,
            own_files: BTreeSet::new(),
            files_elsewhere: BTreeSet::new(),
            is_read: false,
            rights: BTreeSet::new(),
            left_alone: Vec::new(),
            untold: BTreeSet::new(),
            hidden: BTreeSet::new(),
        }
    }

    /// The row about the database and the session.
    pub(super) fn begin(&mut self, mut row: Cells) -> Result<()> {
        self.database = row.text()?;
        self.collation = row.text()?;
        self.charset = (row.text()?, row.text()?);
        Ok(())
    }

    /// A row about a table of any type. Views come with their own rows.
    pub(super) fn table(&mut self, mut row: Cells) -> Result<()> {
        let name = row.text()?;
        let kind = row.text()?;
        let engine = row.optional()?;
        let collation = row.optional()?.unwrap_or_default();
        let create_options = row.optional()?.unwrap_or_default();
        let comment = row.optional()?.unwrap_or_default();
        if kind == "SEQUENCE" {
            if self.filter.admits("sequence", &name, None) {
                self.unshown.push((super::losses::Kind::Sequence, name));
            }
            return Ok(());
        }
        let is_versioned = kind == "SYSTEM VERSIONED";
        if kind == "VIEW" {
            self.relations.insert(name);
            return Ok(());
        }
        if !is_versioned && kind != "BASE TABLE" || !self.filter.admits("table", &name, None) {
            return Ok(());
        }
        let Some(engine) = engine else {
            // The server says why in place of the comment.
            self.leave("table", &name, &comment);
            return Ok(());
        };
        let mut table = Table::new(name.as_str());
        let clauses = Clauses::new(&create_options);
        let is_partitioned =
            clauses.find((0, clauses.len()), |at| clauses.is_word(at, "partitioned")) < clauses.len();
        table.options = options(&clauses, (0, clauses.len()));
        if !engine.eq_ignore_ascii_case(INNODB) {
            table.options.insert(option::ENGINE.to_owned(), engine.clone());
        }
        if collation != self.collation {
            table
                .options
                .insert(option::COLLATION.to_owned(), collation.clone());
        }
        if is_versioned {
            table.options.insert(option::VERSIONING.to_owned(), String::new());
        }
        table.comment = Some(comment).filter(|comment| !comment.is_empty());
        self.relations.insert(name.clone());
        let draft = Draft {
            table,
            engine,
            collation,
            is_partitioned,
            columns: Vec::new(),
            keys: BTreeMap::new(),
            foreign_keys: BTreeMap::new(),
            shown: None,
        };
        self.tables.insert(name, draft);
        Ok(())
    }

    /// A table that is in partitions (MySQL, where `CREATE_OPTIONS` does not always say so).
    pub(super) fn partitioned(&mut self, mut row: Cells) -> Result<()> {
        if let Some(draft) = self.tables.get_mut(&row.text()?) {
            draft.is_partitioned = true;
        }
        Ok(())
    }

    /// A tablespace (MySQL), see the query.
    pub(super) fn tablespace(&mut self, mut row: Cells) -> Result<()> {
        match row.optional()? {
            None => self.has_tablespaces = true,
            Some(table) => {
                if !row.flag()? {
                    self.files_elsewhere.insert(table.clone());
                }
                self.own_files.insert(table);
            }
        }
        Ok(())
    }

    /// A right of the user.
    pub(super) fn right(&mut self, mut row: Cells) -> Result<()> {
        self.rights.insert(row.text()?);
        Ok(())
    }

    /// Says what is hidden from the user as a whole, so that nobody takes it for missing.
    pub(super) fn tell_what_is_hidden(&mut self) {
        // Any of the rights shows that there is such a thing.
        const ROUTINES: &[&str] = &["EXECUTE", "CREATE ROUTINE", "ALTER ROUTINE"];
        for (rights, kind) in [
            (&["TRIGGER"][..], "trigger"),
            (&["EVENT"][..], "event"),
            (ROUTINES, "function"),
            (ROUTINES, "procedure"),
        ] {
            if !rights
                .iter()
                .chain(&["ROLE"])
                .any(|right| self.rights.contains(*right))
            {
                let right = rights.join(" or ");
                self.left_alone.push(format!(
                    "{kind}s cannot be seen: the user has no right {right} on the database, so that none of them is compared"
                ));
                self.hidden.insert(ObjectKind::new(kind));
            }
        }
    }

    /// Says that something is seen and left alone, and why. It is not taken for missing.
    pub(super) fn leave(&mut self, kind: &str, name: &str, reason: &str) {
        self.leave_on(kind, name, None, reason);
    }

    /// The same of something that is on a table.
    pub(super) fn leave_on(&mut self, kind: &str, name: &str, on: Option<&str>, reason: &str) {
        self.untold.insert(ObjectId {
            kind: ObjectKind::from_text(kind),
            name: QName::plain(name),
            signature: None,
            on: on.map(QName::plain),
        });
        let reason = reason.trim_end_matches('.');
        self.left_alone
            .push(format!("{kind} {name} is left alone: {reason}"));
    }

    /// Puts an object into the schema, when the filter admits it.
    pub(super) fn insert(
        &mut self,
        kind: &'static str,
        name: &str,
        on: Option<&str>,
        definition: String,
        depends_on: BTreeSet<QName>,
    ) {
        let id = ObjectId {
            kind: ObjectKind::new(kind),
            name: QName::plain(name),
            signature: None,
            on: on.map(QName::plain),
        };
        self.schema.insert_object(Object {
            id,
            definition: Sql::new(definition),
            depends_on,
            comment: None,
        });
    }

    /// The lines in front of the definition of something that runs under a `sql_mode` and a character set of its own.
    pub(super) fn preamble(&self, mode: &str, charset: &str, collation: &str) -> String {
        let mut out = String::new();
        let words = |mode: &str| -> BTreeSet<String> { mode.split(',').map(str::to_owned).collect() };
        if words(mode) != words(&self.mode) {
            let _ = writeln!(out, "SET sql_mode = '{mode}';");
        }
        if charset != self.charset.0 || collation != self.charset.1 {
            let _ = writeln!(
                out,
                "SET character_set_client = {charset}, collation_connection = {collation};"
            );
        }
        out
    }

    /// The clause DEFINER with a blank behind it, from `user@host`; nothing where definers are not managed.
    pub(super) fn definer(&self, account: &str) -> String {
        if self.filter.definer() == Definer::Current {
            return String::new();
        }
        let (user, host) = account.rsplit_once('@').unwrap_or((account, "%"));
        let quoted = super::spelling::quoted;
        format!("DEFINER={}@{} ", quoted(user), quoted(host))
    }

    /// The statement without its clause DEFINER, where definers are not managed.
    pub(super) fn without_definer(&self, statement: &str) -> String {
        if self.filter.definer() == Definer::Keep {
            return statement.to_owned();
        }
        let tokens = significant(statement);
        let is_name = |at: usize| {
            tokens.get(at).is_some_and(|token| {
                matches!(
                    token.kind,
                    TokenKind::Word | TokenKind::QuotedIdent | TokenKind::String
                )
            })
        };
        // It is one of the first words: CREATE [ALGORITHM=..] DEFINER=`a`@`b`.
        let start = (0..tokens.len().min(8)).find(|at| tokens[*at].is_keyword(statement, "DEFINER"));
        let Some(start) = start else {
            return statement.to_owned();
        };
        let mut end = start + 2;
        while end < tokens.len() && !(is_name(end) && tokens[end].start > tokens[end - 1].end) {
            end += 1;
        }
        match tokens.get(end) {
            Some(next) => format!(
                "{}{}",
                &statement[..tokens[start].start],
                &statement[next.start..]
            ),
            None => statement.to_owned(),
        }
    }

    /// Hands the tables to the schema.
    pub(super) fn settle(&mut self) {
        for (_, draft) in std::mem::take(&mut self.tables) {
            let table = super::tables::settle(draft, self);
            self.schema.insert_table(table);
        }
    }
}

impl Field {
    /// Whether it holds geometries.
    pub(super) fn is_geometry(&self) -> bool {
        holds_geometries(&self.column.ty)
    }
}

impl Draft {
    /// The column of that name, which columns and keys have in any case.
    pub(super) fn column(&mut self, name: &str) -> Option<&mut Field> {
        self.columns
            .iter_mut()
            .map(|(_, field)| field)
            .find(|field| field.column.name.as_str() == name)
    }

    /// Whether `InnoDB` keeps it.
    pub(super) fn is_innodb(&self) -> bool {
        self.engine.eq_ignore_ascii_case(INNODB)
    }

    /// The name of the table.
    pub(super) fn name(&self) -> &Name {
        &self.table.name.name
    }
}
