//! What `information_schema` is known to lose, in one table: only for these is SHOW CREATE asked.
//!
//! Comes in: what has been read. Goes out: what to ask SHOW CREATE about. Not read at all, since the server does nothing with them: the
//! `KEY_BLOCK_SIZE` and `USING` of an index of `InnoDB`, `STORAGE` and `COLUMN_FORMAT` outside of NDB. `REF_SYSTEM_ID` of MariaDB is what even
//! SHOW CREATE TABLE loses, and a table of `information_schema` has that takes long to read whole: it is asked about tables with geometries.

use super::Detail;
use super::catalog::{Catalog, Draft};
use super::spelling::{literal, quoted};
use crate::dialect::Engine;

/// What SHOW CREATE can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Table,
    View,
    Function,
    Procedure,
    Package,
    PackageBody,
    Sequence,
    Trigger,
    Event,
    /// Not to SHOW CREATE: what the geometries of a table refer to (MariaDB).
    Geometries,
}

impl Kind {
    /// The kind as filters, objects and messages call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Table | Self::Geometries => "table",
            Self::View => "view",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Package => "package",
            Self::PackageBody => "package body",
            Self::Sequence => "sequence",
            Self::Trigger => "trigger",
            Self::Event => "event",
        }
    }

    /// The kind as `information_schema` calls it.
    pub(super) fn from_routine(kind: &str) -> Option<Self> {
        match kind {
            "FUNCTION" => Some(Self::Function),
            "PROCEDURE" => Some(Self::Procedure),
            "PACKAGE" => Some(Self::Package),
            "PACKAGE BODY" => Some(Self::PackageBody),
            _ => None,
        }
    }

    /// The question.
    pub(super) fn show(self, name: &str) -> String {
        if self == Self::Geometries {
            return format!(
                "SELECT COALESCE(GROUP_CONCAT(HEX(G_GEOMETRY_COLUMN), ' ', SRID), '') FROM information_schema.GEOMETRY_COLUMNS \
                 WHERE G_TABLE_SCHEMA = DATABASE() AND G_TABLE_NAME = {}",
                literal(name)
            );
        }
        format!("SHOW CREATE {} {}", self.word().to_uppercase(), quoted(name))
    }
}

/// Something that is lost.
struct Loss {
    /// The engines that lose it, in all versions that are served.
    engines: &'static [Engine],
    /// What is lost.
    what: &'static str,
    /// What it is lost of.
    of: Of,
}

/// What something is lost of.
enum Of {
    /// Of tables that have it, told by what is known of them.
    Tables(fn(&Draft, &Catalog<'_>) -> bool),
    /// Of everything of some kinds.
    All(&'static [Kind]),
}

const BOTH: &[Engine] = &[Engine::Mysql, Engine::Mariadb];
const MYSQL: &[Engine] = &[Engine::Mysql];
const MARIADB: &[Engine] = &[Engine::Mariadb];

/// All that is lost: by MySQL 8.0 to 9, by MariaDB 10.6 to 12.
const LOSSES: [Loss; 12] = [
    Loss {
        engines: BOTH,
        what: "the partitions with their directories and limits of rows, and the algorithm of KEY",
        of: Of::Tables(|draft, _| draft.is_partitioned),
    },
    Loss {
        engines: BOTH,
        what: "the parser of FULLTEXT indexes and the distance of VECTOR indexes",
        of: Of::Tables(|draft, _| {
            let mut kinds = draft.keys.values().map(|key| key.kind.as_str());
            kinds.any(|kind| matches!(kind, "FULLTEXT" | "VECTOR"))
        }),
    },
    Loss {
        // UNION, INSERT_METHOD, CONNECTION, directories, KEY_BLOCK_SIZE of indexes.
        engines: BOTH,
        what: "what other engines than InnoDB have",
        of: Of::Tables(|draft, _| !draft.is_innodb()),
    },
    Loss {
        engines: MYSQL,
        what: "the character sets of literals that have met a column of another one",
        of: Of::Tables(|draft, _| has_foreign_literal(draft)),
    },
    Loss {
        // Told from InnoDB's list of files, which takes the right PROCESS.
        engines: MYSQL,
        what: "the tablespace and the directory",
        of: Of::Tables(|draft, catalog| {
            let name = draft.name().as_str();
            catalog.files_elsewhere.contains(name)
                || catalog.has_tablespaces && !catalog.own_files.contains(name)
        }),
    },
    Loss {
        // 11.4 has them in tables of their own. Told from the check that every period has.
        engines: MARIADB,
        what: "the application periods and the keys WITHOUT OVERLAPS",
        of: Of::Tables(|draft, _| {
            let mut checks = draft.table.checks.iter();
            checks.any(|check| orders_columns(&check.expression))
        }),
    },
    Loss {
        // They mean nothing, and only who creates the table anew wants to know.
        engines: BOTH,
        what: "the words USING BTREE of InnoDB",
        of: Of::Tables(|_, catalog| catalog.detail == Detail::Wording),
    },
    Loss {
        engines: MYSQL,
        what: "the algorithm and the list of columns",
        of: Of::All(&[Kind::View]),
    },
    Loss {
        // Only views with literals get here. SHOW CREATE VIEW says `_utf8mb3'x'`, VIEW_DEFINITION just 'x' (10.11).
        engines: MARIADB,
        what: "the character sets of literals",
        of: Of::All(&[Kind::View]),
    },
    Loss {
        engines: BOTH,
        what: "the parameters and the result as they were written",
        of: Of::All(&[Kind::Function, Kind::Procedure, Kind::Package, Kind::PackageBody]),
    },
    Loss {
        // ACTION_STATEMENT and EVENT_DEFINITION spell literals anew, without what was escaped: '\\' becomes '\'. Only bodies in which
        // that may have happened get here.
        engines: BOTH,
        what: "the literals as they were written",
        of: Of::All(&[Kind::Trigger, Kind::Event]),
    },
    Loss {
        engines: MARIADB,
        what: "the sequence",
        of: Of::All(&[Kind::Sequence]),
    },
];

/// What to ask SHOW CREATE about, with what is lost otherwise.
pub(super) fn questions(catalog: &Catalog<'_>) -> Vec<(Kind, String, &'static str)> {
    let losses = || {
        LOSSES
            .iter()
            .filter(|loss| loss.engines.contains(&catalog.engine))
    };
    let mut questions = Vec::new();
    for (name, draft) in &catalog.tables {
        let loss = losses().find(|loss| match &loss.of {
            Of::Tables(is_lost) => is_lost(draft, catalog),
            Of::All(_) => false,
        });
        if let Some(loss) = loss {
            questions.push((Kind::Table, name.clone(), loss.what));
        }
        if catalog.engine == Engine::Mariadb && draft.columns.iter().any(|(_, field)| field.is_geometry()) {
            questions.push((
                Kind::Geometries,
                name.clone(),
                "the reference systems of its geometries",
            ));
        }
    }
    for (kind, name) in &catalog.unshown {
        let loss = losses().find(|loss| match &loss.of {
            Of::Tables(_) => false,
            Of::All(kinds) => kinds.contains(kind),
        });
        questions.push((
            *kind,
            name.clone(),
            loss.map_or("the definition", |loss| loss.what),
        ));
    }
    questions.sort_unstable();
    questions
}

/// Whether the check is what the server adds for a period: one column before another.
fn orders_columns(expression: &str) -> bool {
    let tokens = super::spelling::significant(expression);
    let quoted = |at: usize| tokens[at].kind == crate::sql::TokenKind::QuotedIdent;
    tokens.len() == 3 && quoted(0) && tokens[1].is_symbol(expression, "<") && quoted(2)
}

/// Whether a literal stands beside a column of another character set.
fn has_foreign_literal(draft: &Draft) -> bool {
    let mut charsets: Vec<&str> = draft
        .columns
        .iter()
        .filter_map(|(_, field)| field.collation.as_deref())
        .map(|collation| collation.split('_').next().unwrap_or_default())
        .collect();
    charsets.sort_unstable();
    charsets.dedup();
    let is_foreign = |expression: &str| {
        expression.contains('\'')
            && !charsets
                .iter()
                .all(|charset| expression.contains(&format!("_{charset}'")))
    };
    draft.columns.iter().any(|(_, field)| {
        let column = &field.column;
        let generated = column.generated.iter().map(|generated| &generated.expression);
        let mut expressions = generated.chain(column.default.iter().filter(|sql| sql.starts_with('(')));
        expressions.any(|sql| is_foreign(sql))
    })
}
