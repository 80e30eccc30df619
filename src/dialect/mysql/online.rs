//! What others notice while a table changes: the rules of both engines, and the words that ask for the best way.
//!
//! In come the clauses of one ALTER TABLE, each with the [`Operation`] that it is; out comes the statement with its [`Online`]. The rules are
//! those of MySQL 8.0.29 to 9 (manual 17.12.1, "Online DDL Operations": tables 17.15 to 17.24) and of MariaDB 10.6 to 12 ("`InnoDB`
//! Online DDL Operations with the INSTANT, NOCOPY and INPLACE Alter Algorithm"), as MySQL 9.7 and MariaDB 10.11 were found to follow them:
//! a test runs each with its words. Older servers know fewer ways, and refuse the words with an error of their own.

use super::rename::alter_table;
use super::spelling::text;
use super::{Flavour, ddl, option, types};
use crate::dialect::{Effect, Online, Statement};
use crate::schema::{
    Column, Constraint, Generated, GeneratedKind, Identity, Index, PartTarget, QName, Table,
};

/// What a clause of ALTER TABLE does, as the manuals' tables tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// A usual column at the end.
    AddColumn,
    /// A usual column at a place of its own.
    AddColumnBetween,
    AddCountingColumn,
    AddComputedDefault,
    AddCheckedColumn,
    AddVirtualColumn,
    AddStoredColumn,
    DropColumn,
    DropVirtualColumn,
    RenameColumn,
    /// A default, a comment, whether it is seen.
    ColumnWords,
    /// Values behind the last one of an ENUM or SET.
    AppendValues,
    MoveColumn,
    TakeNull,
    RefuseNull,
    LengthenText,
    LengthenBytes,
    /// Another collation of the same character set.
    Recollate,
    RecollateIndexed,
    Retype,
    ChangeVirtual,
    ChangeStored,
    EndCounting,
    CheckColumn,
    AddIndex,
    AddFunctionalIndex,
    AddFulltext,
    AddSpatial,
    AddVector,
    DropIndex,
    RenameIndex,
    HideIndex,
    AddPrimaryKey,
    DropPrimaryKey,
    AddForeignKey,
    DropForeignKey,
    AddCheck,
    AddUnenforcedCheck,
    DropCheck,
    /// A comment, statistics, the collation of columns to come.
    TableWords,
    /// Row format, block size, compression of pages, tablespace.
    Rebuild,
    Convert,
    ChangeEngine,
    Encrypt,
    Versions,
    Period,
    AddRange,
    DropRange,
    MovePartitions,
    Partition,
}

/// The way that one operation alone takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Only what is known of the table changes.
    Instant,
    /// The same where the table allows it; else the table is built anew in place.
    InstantOrRebuild,
    /// In place, without touching rows that are there.
    InPlace,
    /// In place; the table is built anew.
    Rebuild,
    /// In place while writes wait.
    WritesWait,
    /// All rows are copied.
    Copy,
}

impl Operation {
    /// The rule: MySQL's way, MariaDB's, and what it is in words.
    fn rule(self) -> (Way, Way, &'static str) {
        use Way::{Copy, InPlace, Instant, InstantOrRebuild, Rebuild, WritesWait};
        match self {
            Self::AddColumn | Self::AddColumnBetween => {
                (InstantOrRebuild, InstantOrRebuild, "a column is added")
            }
            Self::AddCountingColumn => (WritesWait, WritesWait, "a column that counts is added"),
            // MariaDB is quick where the default is the same for all rows, which is not seen from here.
            Self::AddComputedDefault => (Copy, Copy, "a column is added whose default is computed"),
            Self::AddCheckedColumn => (Copy, InstantOrRebuild, "a column with a check is added"),
            Self::AddVirtualColumn => (Instant, Instant, "a virtual column is added"),
            Self::AddStoredColumn => (Copy, Copy, "a stored column is added"),
            Self::DropColumn => (InstantOrRebuild, InstantOrRebuild, "a column is dropped"),
            Self::DropVirtualColumn => (Instant, Instant, "a virtual column is dropped"),
            Self::RenameColumn => (Instant, Instant, "a column gets another name"),
            Self::ColumnWords => (Instant, Instant, "what is said of a column changes"),
            Self::AppendValues => (Instant, Instant, "a column gets more values"),
            Self::MoveColumn => (Rebuild, InstantOrRebuild, "a column gets another place"),
            Self::TakeNull => (Rebuild, Rebuild, "a column takes NULL from now on"),
            Self::RefuseNull => (Rebuild, Rebuild, "a column refuses NULL from now on"),
            Self::LengthenText => (InPlace, Instant, "a text gets longer"),
            Self::LengthenBytes => (InPlace, InPlace, "bytes get longer"),
            Self::Recollate => (Rebuild, Instant, "a column gets another collation"),
            Self::RecollateIndexed => (Copy, InPlace, "a column with an index gets another collation"),
            Self::Retype => (Copy, Copy, "a column gets another type"),
            Self::ChangeVirtual => (Copy, Instant, "a virtual column is computed in another way"),
            Self::ChangeStored => (Copy, Copy, "a stored column is computed in another way"),
            Self::EndCounting => (Copy, Instant, "a column counts no more"),
            Self::CheckColumn => (Copy, Instant, "a column gets a check"),
            Self::AddIndex => (InPlace, InPlace, "an index is built"),
            Self::AddFunctionalIndex => (WritesWait, WritesWait, "an index over an expression is built"),
            Self::AddFulltext => (WritesWait, WritesWait, "a FULLTEXT index is built"),
            Self::AddSpatial => (WritesWait, WritesWait, "a SPATIAL index is built"),
            Self::AddVector => (Copy, Copy, "a VECTOR index is built"),
            Self::DropIndex => (InPlace, InPlace, "an index is dropped"),
            Self::RenameIndex => (InPlace, Instant, "an index gets another name"),
            Self::HideIndex => (InPlace, Instant, "an index is hidden or shown"),
            Self::AddPrimaryKey => (Rebuild, Rebuild, "a primary key is added"),
            Self::DropPrimaryKey => (Copy, Copy, "a primary key is dropped"),
            // In place only with `foreign_key_checks` off, when nobody looks whether rows refer to something.
            Self::AddForeignKey => (Copy, Copy, "a foreign key is added"),
            Self::DropForeignKey => (InPlace, Instant, "a foreign key is dropped"),
            Self::AddCheck => (Copy, Copy, "a check is added"),
            Self::AddUnenforcedCheck => (Instant, Copy, "a check is added"),
            Self::DropCheck => (Instant, Instant, "a check is dropped"),
            Self::TableWords => (InPlace, Instant, "what is said of the table changes"),
            Self::Rebuild => (Rebuild, Rebuild, "the table is stored in another way"),
            Self::Convert => (Copy, Copy, "the table gets another character set"),
            Self::ChangeEngine => (Copy, Copy, "the table gets another storage engine"),
            Self::Encrypt => (Copy, Rebuild, "the table is encrypted or decrypted"),
            Self::Versions => (Copy, Copy, "the table begins or ends to keep versions"),
            Self::Period => (Copy, Copy, "the table gets or loses a period"),
            Self::AddRange => (InPlace, Instant, "partitions are added"),
            Self::DropRange => (InPlace, Instant, "partitions are dropped"),
            Self::MovePartitions => (WritesWait, Copy, "rows move between partitions"),
            Self::Partition => (Copy, Copy, "the rows are divided in another way"),
        }
    }

    fn way(self, flavour: Flavour) -> Way {
        let (mysql, mariadb, _) = self.rule();
        match flavour {
            Flavour::Mysql => mysql,
            Flavour::Mariadb => mariadb,
        }
    }

    fn words(self) -> &'static str {
        self.rule().2
    }

    /// A clause that does this.
    pub(super) fn by(self, sql: impl Into<String>) -> Clause {
        Clause {
            sql: sql.into(),
            operations: vec![self],
        }
    }

    /// How a constraint comes.
    pub(super) fn adding(constraint: &Constraint) -> Self {
        match constraint {
            Constraint::PrimaryKey(_) => Self::AddPrimaryKey,
            Constraint::ForeignKey(_) => Self::AddForeignKey,
            Constraint::Check(check) if check.options.contains_key(option::NOT_ENFORCED) => {
                Self::AddUnenforcedCheck
            }
            Constraint::Check(_) => Self::AddCheck,
            Constraint::Unique(_) | Constraint::Exclude(_) => Self::AddIndex,
        }
    }

    /// How a constraint goes.
    pub(super) fn dropping(constraint: &Constraint) -> Self {
        match constraint {
            Constraint::PrimaryKey(_) => Self::DropPrimaryKey,
            Constraint::ForeignKey(_) => Self::DropForeignKey,
            Constraint::Check(_) => Self::DropCheck,
            Constraint::Unique(_) | Constraint::Exclude(_) => Self::DropIndex,
        }
    }

    /// How an index comes.
    pub(super) fn building(index: &Index) -> Self {
        let is_expression = |target: &PartTarget| matches!(target, PartTarget::Expression(_));
        match index.method.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("fulltext") => Self::AddFulltext,
            Some("spatial") => Self::AddSpatial,
            Some("vector") => Self::AddVector,
            _ if index.parts.iter().any(|part| is_expression(&part.target)) => Self::AddFunctionalIndex,
            _ => Self::AddIndex,
        }
    }

    /// How an option of a table changes.
    pub(super) fn setting(key: &str) -> Self {
        match key {
            option::ENGINE
            | option::UNION
            | option::CONNECTION
            | option::DATA_DIRECTORY
            | option::INDEX_DIRECTORY => Self::ChangeEngine,
            option::ENCRYPTION | "encrypted" => Self::Encrypt,
            option::COLLATION
            | "avg_row_length"
            | "max_rows"
            | "min_rows"
            | "checksum"
            | "delay_key_write"
            | "pack_keys"
            | "stats_persistent"
            | "stats_auto_recalc"
            | "stats_sample_pages" => Self::TableWords,
            option::VERSIONING => Self::Versions,
            key if key.starts_with(option::PERIOD) => Self::Period,
            _ => Self::Rebuild,
        }
    }

    /// How a column comes.
    pub(super) fn adding_column(column: &Column, is_last: bool) -> Self {
        let is_plain =
            |default: &str| types::is_plain_default(default) && !default.trim_start().starts_with('(');
        match &column.generated {
            Some(Generated {
                kind: GeneratedKind::Virtual,
                ..
            }) => return Self::AddVirtualColumn,
            Some(Generated {
                kind: GeneratedKind::Stored,
                ..
            }) => return Self::AddStoredColumn,
            None => {}
        }
        if column.identity.is_some() {
            Self::AddCountingColumn
        } else if column.default.as_ref().is_some_and(|default| !is_plain(default)) {
            Self::AddComputedDefault
        } else if column.options.contains_key(option::CHECK) {
            Self::AddCheckedColumn
        } else if is_last {
            Self::AddColumn
        } else {
            Self::AddColumnBetween
        }
    }

    /// How a column goes.
    pub(super) fn dropping_column(column: &Column) -> Self {
        match &column.generated {
            Some(Generated {
                kind: GeneratedKind::Virtual,
                ..
            }) => Self::DropVirtualColumn,
            _ => Self::DropColumn,
        }
    }
}

/// A column that is spelled anew.
pub(super) struct Respelled<'a> {
    pub(super) old: &'a Column,
    pub(super) new: &'a Column,
    pub(super) tables: (&'a Table, &'a Table),
    pub(super) is_moved: bool,
    pub(super) flavour: Flavour,
}

impl Respelled<'_> {
    /// All that happens to it.
    pub(super) fn operations(&self) -> Vec<Operation> {
        let Self { old, new, .. } = self;
        let mut all = vec![Operation::ColumnWords];
        if old.generated != new.generated {
            all.push(match (&old.generated, &new.generated) {
                (Some(old), Some(new))
                    if old.kind == GeneratedKind::Virtual && new.kind == GeneratedKind::Virtual =>
                {
                    Operation::ChangeVirtual
                }
                (Some(_), Some(_)) => Operation::ChangeStored,
                _ => Operation::Retype,
            });
        }
        all.extend(self.retyping());
        if self.is_moved {
            all.push(Operation::MoveColumn);
        }
        if old.not_null != new.not_null {
            all.push(if new.not_null {
                Operation::RefuseNull
            } else {
                Operation::TakeNull
            });
        }
        if old.identity != new.identity {
            all.push(match new.identity {
                Some(Identity::Auto) => Operation::Retype,
                _ => Operation::EndCounting,
            });
        }
        let differs = |key: &str| old.options.get(key) != new.options.get(key);
        if differs(option::CHECK) {
            all.push(Operation::CheckColumn);
        }
        if differs(option::COMPRESSED) || differs(option::SRID) || differs(option::WITHOUT_VERSIONING) {
            all.push(Operation::Retype);
        }
        all
    }

    fn retyping(&self) -> Option<Operation> {
        let (old_type, new_type) = (
            types::canonical(&self.old.ty, self.flavour),
            types::canonical(&self.new.ty, self.flavour),
        );
        let (old_collation, new_collation) = (
            collation(self.old, self.tables.0),
            collation(self.new, self.tables.1),
        );
        let is_text = types::has_collation(&self.new.ty);
        if is_text && old_collation != new_collation {
            if old_type != new_type || charset(old_collation) != charset(new_collation) {
                return Some(Operation::Retype);
            }
            let in_index = |table: &Table| {
                let keys = table.primary_key.iter().flat_map(|key| &key.columns);
                let parts = table.indexes.iter().flat_map(|index| &index.parts).chain(keys);
                parts
                    .filter_map(|part| part.column_name())
                    .any(|name| name.eq_ignore_ascii_case(&self.new.name))
            };
            return Some(if in_index(self.tables.1) {
                Operation::RecollateIndexed
            } else {
                Operation::Recollate
            });
        }
        if old_type == new_type {
            return None;
        }
        let (old, new) = (types::Parsed::of(&old_type), types::Parsed::of(&new_type));
        if old.word != new.word {
            return Some(Operation::Retype);
        }
        let lengths = old.size(0).zip(new.size(0)).filter(|(old, new)| old <= new);
        Some(match (old.word.as_str(), lengths) {
            ("enum", _) if appends(&old, &new, &[255]) => Operation::AppendValues,
            ("set", _) if appends(&old, &new, &[8, 16, 24, 32]) => Operation::AppendValues,
            ("varchar", Some(lengths)) if self.stays_in_place(lengths, charset(new_collation)) => {
                Operation::LengthenText
            }
            ("varbinary", Some((old, new))) if (old < 256) == (new < 256) => Operation::LengthenBytes,
            _ => Operation::Retype,
        })
    }

    /// Whether a text gets longer without its rows being touched: the number of bytes that tell its length stays the same, or, on MariaDB, was
    /// not made use of.
    fn stays_in_place(&self, (old, new): (u32, u32), charset: Option<&str>) -> bool {
        let widths: &[u32] = match charset {
            Some("utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030") => &[4],
            Some("utf8mb3" | "utf8" | "ujis" | "eucjpms") => &[3],
            Some("ucs2" | "gbk" | "big5" | "sjis" | "cp932" | "gb2312" | "euckr") => &[2],
            Some(_) => &[1],
            // That of the database, which is not known here.
            None => &[1, 2, 3, 4],
        };
        widths.iter().all(|width| {
            let (old, new) = (old * width, new * width);
            (old < 256) == (new < 256) || (self.flavour == Flavour::Mariadb && old < 128)
        })
    }
}

/// Whether values only come behind those that are there, and take no more room: their number passes none of the limits.
fn appends(old: &types::Parsed, new: &types::Parsed, limits: &[usize]) -> bool {
    let (old, new) = (old.values(), new.values());
    new.starts_with(&old)
        && limits
            .iter()
            .all(|limit| (old.len() <= *limit) == (new.len() <= *limit))
}

fn collation<'a>(column: &'a Column, table: &'a Table) -> Option<&'a str> {
    let own = column.collation.as_ref().map(crate::schema::Name::as_str);
    own.or_else(|| table.options.get(option::COLLATION).map(String::as_str))
}

fn charset(collation: Option<&str>) -> Option<&str> {
    collation.map(|collation| {
        collation
            .split_once('_')
            .map_or(collation, |(charset, _)| charset)
    })
}

/// A part of an ALTER TABLE.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) sql: String,
    pub(super) operations: Vec<Operation>,
}

/// A table that changes.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) table: &'a QName,
    pub(super) old: &'a Table,
    pub(super) new: &'a Table,
    pub(super) flavour: Flavour,
}

impl Scene<'_> {
    /// One ALTER TABLE of all clauses.
    pub(super) fn alter(&self, clauses: &[Clause]) -> Statement {
        let mut sql: Vec<String> = clauses.iter().map(|clause| clause.sql.clone()).collect();
        let plain = alter_table(self.table, &sql);
        let operations: Vec<Operation> = clauses
            .iter()
            .flat_map(|c| c.operations.iter().copied())
            .collect();
        let (effect, because) = self.effect(&operations);
        let asking = words(effect).iter().map(|words| {
            sql.push((*words).to_owned());
            let asking = if clauses.len() == 1 {
                format!("{plain}, {words}")
            } else {
                alter_table(self.table, &sql)
            };
            sql.pop();
            asking
        });
        let online = Online {
            effect,
            because: because.to_owned(),
            asking: asking.collect(),
        };
        ddl(plain).online(online)
    }

    /// The table and all its columns get the collation of the database, whose name only the server knows. What MySQL calls DEFAULT is that
    /// collation; on MariaDB it is the one that the database's character set has by itself, so that the name is put in as it runs.
    pub(super) fn recollate(&self) -> Statement {
        let convert = "CONVERT TO CHARACTER SET";
        let mut statement = self.alter(&[Operation::Convert.by(format!("{convert} DEFAULT"))]);
        if self.flavour == Flavour::Mariadb {
            let alter = alter_table(self.table, &[format!("{convert} ")]);
            statement.sql = format!(
                "EXECUTE IMMEDIATE CONCAT({}, @@character_set_database, ' COLLATE ', @@collation_database)",
                text(&alter)
            );
        }
        statement
    }

    /// An ALTER TABLE about partitions, which takes the words that ask in front, on MySQL, and none on MariaDB.
    pub(super) fn repartition(&self, clause: &str, operation: Operation) -> Statement {
        let (effect, because) = self.effect(&[operation]);
        let alter = |clause: &str| alter_table(self.table, &[clause.to_owned()]);
        let asking = match self.flavour {
            Flavour::Mysql => words(effect),
            Flavour::Mariadb => &[],
        };
        let online = Online {
            effect,
            because: because.to_owned(),
            asking: asking
                .iter()
                .map(|words| alter(&format!("{words}, {clause}")))
                .collect(),
        };
        ddl(alter(clause)).online(online)
    }

    /// What others notice of operations in one statement, and by which of them.
    fn effect(&self, operations: &[Operation]) -> (Effect, &'static str) {
        use Operation as O;
        let has = |wanted: &[Operation]| operations.iter().any(|operation| wanted.contains(operation));
        if self.new.options.contains_key(option::ENGINE) || self.old.options.contains_key(option::ENGINE) {
            let are_words = operations
                .iter()
                .all(|operation| matches!(operation, O::ColumnWords | O::AppendValues | O::RenameColumn));
            return if are_words {
                (Effect::Instant, "")
            } else {
                (Effect::Copy, "the storage engine changes tables in no other way")
            };
        }
        let base = |operation: Operation| match self.way(operation, operations) {
            Way::InstantOrRebuild if self.allows_instant() => Effect::Instant,
            Way::Instant => Effect::Instant,
            Way::InPlace | Way::Rebuild | Way::InstantOrRebuild => Effect::InPlace,
            Way::WritesWait => Effect::InPlaceWritesWait,
            Way::Copy => Effect::Copy,
        };
        // The first of those that take most.
        let mut worst = (Effect::Instant, "");
        for operation in operations {
            let effect = base(*operation);
            if effect > worst.0 {
                worst = (effect, operation.words());
            }
        }
        let at_least = |effect: Effect, because: &'static str| {
            if effect > worst.0 {
                (effect, because)
            } else {
                worst
            }
        };
        let rebuilds = operations
            .iter()
            .any(|operation| match operation.way(self.flavour) {
                Way::Rebuild => true,
                Way::InstantOrRebuild => worst.0 != Effect::Instant,
                _ => false,
            });
        let is_maria = self.flavour == Flavour::Mariadb;
        if has(&[O::AddVirtualColumn]) && has(&[O::AddIndex]) {
            worst = at_least(
                Effect::InPlaceWritesWait,
                "an index over a new virtual column may be built",
            );
        }
        let at_least = |effect: Effect, because: &'static str| {
            if effect > worst.0 {
                (effect, because)
            } else {
                worst
            }
        };
        let usual = [O::AddColumn, O::AddColumnBetween, O::DropColumn, O::MoveColumn];
        if has(&[O::AddVirtualColumn, O::DropVirtualColumn]) && (rebuilds || is_maria && has(&usual[..2])) {
            return at_least(
                Effect::Copy,
                "a virtual column is added or dropped beside other changes",
            );
        }
        if is_maria && self.has_generated(GeneratedKind::Virtual) {
            let moves = has(&[O::AddColumnBetween, O::MoveColumn])
                || has(&[O::DropColumn]) && (rebuilds || has(&[O::AddColumn]));
            if moves {
                return at_least(Effect::Copy, "columns move in a table with a virtual column");
            }
        }
        if is_maria && has(&[O::RefuseNull]) && self.has_generated(GeneratedKind::Stored) {
            return at_least(
                Effect::Copy,
                "a column refuses NULL from now on beside a stored column",
            );
        }
        if operations
            .iter()
            .filter(|operation| **operation == O::AddFulltext)
            .count()
            > 1
        {
            return at_least(Effect::Copy, "two FULLTEXT indexes are built at once");
        }
        if rebuilds && self.keeps_index("fulltext") {
            let effect = if is_maria {
                Effect::InPlaceWritesWait
            } else {
                Effect::Copy
            };
            return at_least(effect, "a table with a FULLTEXT index is built anew");
        }
        if rebuilds && self.keeps_index("spatial") {
            return at_least(
                Effect::InPlaceWritesWait,
                "a table with a SPATIAL index is built anew",
            );
        }
        worst
    }

    /// The way of an operation among others.
    fn way(&self, operation: Operation, others: &[Operation]) -> Way {
        match operation {
            Operation::DropPrimaryKey if others.contains(&Operation::AddPrimaryKey) => Way::Rebuild,
            other => other.way(self.flavour),
        }
    }

    /// Whether columns come and go without the table being built anew.
    fn allows_instant(&self) -> bool {
        let format = self.old.options.get("row_format");
        let is_compressed = format.is_some_and(|format| format.eq_ignore_ascii_case("compressed"))
            || self.old.options.contains_key(option::KEY_BLOCK_SIZE);
        !is_compressed && !has_index(self.old, "fulltext")
    }

    fn has_generated(&self, kind: GeneratedKind) -> bool {
        let columns = self.new.columns.iter().chain(&self.old.columns);
        columns
            .filter_map(|column| column.generated.as_ref())
            .any(|generated| generated.kind == kind)
    }

    fn keeps_index(&self, method: &str) -> bool {
        has_index(self.old, method) && has_index(self.new, method)
    }
}

fn has_index(table: &Table, method: &str) -> bool {
    table.indexes.iter().any(|index| {
        let other = index.method.as_deref();
        other.is_some_and(|other| other.eq_ignore_ascii_case(method))
    })
}

/// The words that ask for it, the best first. Behind INSTANT comes what does no harm to others either: a table can be changed so only so
/// often.
fn words(effect: Effect) -> &'static [&'static str] {
    match effect {
        Effect::Instant => &["ALGORITHM=INSTANT", "ALGORITHM=INPLACE, LOCK=NONE"],
        Effect::InPlace => &["ALGORITHM=INPLACE, LOCK=NONE"],
        Effect::InPlaceWritesWait => &["ALGORITHM=INPLACE, LOCK=SHARED"],
        Effect::Copy => &[],
    }
}

/// Whether the server says that it has not the way that was asked for (errors 1845 and 1846), or has it no more for this table (MySQL 4092,
/// 4157, 4158). Nothing is done then.
pub(super) fn lacks_way(code: Option<&str>, flavour: Flavour) -> bool {
    match code {
        Some("1845" | "1846") => true,
        Some("4092" | "4157" | "4158") => flavour == Flavour::Mysql,
        _ => false,
    }
}
