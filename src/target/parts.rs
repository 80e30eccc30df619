//! Cuts a large SQLite target into parts that are loaded apart.
//!
//! In come the statements of a target, out come groups of them that need nothing of each other. Nothing runs here.
//!
//! After every CREATE, SQLite looks through its whole catalog for what it has just made. With 10,000 tables and 20,000 indexes
//! in one database that took 106 seconds, in parts of 64 tables 2.5 seconds. The catalogs of the parts are put together
//! before a schema is read from them, so the schema is the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{classify::Rules, cursor::Cursor, statements::Runs};

/// Fewer statements than this are loaded in one go.
const WORTH_CUTTING: usize = 256;

/// How many tables and views make a part.
const PART_SIZE: usize = 64;

/// A statement of a target that can be cut.
enum Piece {
    /// It stands alone and creates all of these.
    Alone(Vec<String>),
    /// It creates this and needs that.
    On { creates: String, needs: String },
    /// It drops this if it is there.
    Drops(String),
}

/// The numbers of the statements in each part. `None` when there are few, or when one does more than create something under a
/// name of its own: then only all of them together mean what they mean.
pub(super) fn parts(statements: &[Runs<'_>], rules: &Rules) -> Option<Vec<Vec<usize>>> {
    if statements.len() < WORTH_CUTTING {
        return None;
    }
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut filled = PART_SIZE;
    let mut taken = BTreeSet::new();
    let mut homes: BTreeMap<String, usize> = BTreeMap::new();
    for (number, statement) in statements.iter().enumerate() {
        let part = match piece(&statement.sql, rules)? {
            Piece::Alone(names) => {
                if filled == PART_SIZE {
                    parts.push(Vec::new());
                    filled = 0;
                }
                filled += 1;
                let part = parts.len() - 1;
                for name in names {
                    if !taken.insert(name.clone()) {
                        return None;
                    }
                    homes.insert(name, part);
                }
                part
            }
            Piece::On { creates, needs } => {
                if !taken.insert(creates) {
                    return None;
                }
                *homes.get(&needs)?
            }
            Piece::Drops(name) if taken.contains(&name) => return None,
            Piece::Drops(_) => continue,
        };
        parts[part].push(number);
    }
    Some(parts)
}

/// Whether a statement creates a virtual table: its module may look at other tables.
pub(super) fn is_virtual_table(sql: &str, rules: &Rules) -> bool {
    Cursor::new(sql, rules.lexicon).eat_all(&["create", "virtual"])
}

fn piece(sql: &str, rules: &Rules) -> Option<Piece> {
    let mut cursor = Cursor::new(sql, rules.lexicon);
    let folded = |name: &str| name.to_ascii_lowercase();
    // Triggers have names of their own, apart from those of tables, views and indexes.
    let trigger = |name: String| format!("trigger {name}");
    if cursor.eat("drop") {
        let is_trigger = cursor.at_keyword("trigger");
        cursor.take();
        let name = cursor
            .eat_all(&["if", "exists"])
            .then(|| cursor.qualified_name())??
            .1;
        let name = folded(&name.name);
        return Some(Piece::Drops(if is_trigger { trigger(name) } else { name }));
    }
    if !cursor.eat("create") {
        return None;
    }
    let name_in = |cursor: &mut Cursor<'_>| {
        cursor.eat_all(&["if", "not", "exists"]);
        cursor.qualified_name().map(|(_, name)| folded(&name.name))
    };
    if cursor.eat("table") {
        let name = name_in(&mut cursor)?;
        // Without a list of columns it is CREATE TABLE AS, which reads other tables.
        return cursor.at_symbol("(").then(|| Piece::Alone(vec![name]));
    }
    if cursor.eat("view") {
        return name_in(&mut cursor).map(|name| Piece::Alone(vec![name]));
    }
    if cursor.eat_all(&["virtual", "table"]) {
        let mut names = vec![name_in(&mut cursor)?];
        names.extend(rules.shadows(sql).iter().map(|name| folded(name)));
        return Some(Piece::Alone(names));
    }
    let is_trigger = cursor.eat("trigger");
    if !is_trigger {
        cursor.eat("unique");
        if !cursor.eat("index") {
            return None;
        }
    }
    let name = name_in(&mut cursor)?;
    while !cursor.eat("on") {
        cursor.take()?;
    }
    let needs = folded(&cursor.name()?.name);
    let creates = if is_trigger { trigger(name) } else { name };
    Some(Piece::On { creates, needs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dialect::Engine,
        target::{
            files::SqlFile,
            statements::{Permits, statements},
        },
    };

    /// The parts of so many tables and what follows them, or `None` when they cannot be cut.
    fn cut(tables: usize, more: &str) -> Option<Vec<Vec<String>>> {
        let tables: Vec<String> = (0..tables)
            .map(|n| format!("CREATE TABLE t{n} (a int);"))
            .collect();
        let text = tables.concat() + more;
        let files = [SqlFile {
            path: "a.sql".into(),
            text,
        }];
        let rules = Rules::of(Engine::Sqlite);
        let found = statements(&files, rules, Permits::default()).unwrap();
        let parts = parts(&found.runs, rules)?;
        Some(
            parts
                .iter()
                .map(|part| part.iter().map(|&n| found.runs[n].sql.to_string()).collect())
                .collect(),
        )
    }

    #[test]
    fn what_stands_on_a_table_goes_with_it() {
        let parts = cut(
            300,
            "DROP TRIGGER IF EXISTS t1; DROP INDEX IF EXISTS i;
             CREATE UNIQUE INDEX IF NOT EXISTS main.i ON \"T70\" (a);
             CREATE VIEW v AS SELECT * FROM t0;
             CREATE TRIGGER v INSTEAD OF UPDATE OF \"on\" ON V BEGIN SELECT 1; END;
             CREATE VIRTUAL TABLE f USING fts5(a);",
        )
        .unwrap();
        assert_eq!(parts.len(), 5);
        let home = |start: &str| {
            parts
                .iter()
                .position(|part| part.iter().any(|sql| sql.starts_with(start)))
        };
        assert_eq!(home("CREATE TABLE t70 "), Some(1));
        assert_eq!(home("CREATE UNIQUE INDEX"), Some(1));
        assert_eq!(home("CREATE TRIGGER v"), home("CREATE VIEW v"));
        assert_eq!(home("CREATE VIRTUAL TABLE"), Some(4));
    }

    #[test]
    fn what_means_something_only_together_is_not_cut() {
        for more in [
            "ALTER TABLE t1 RENAME TO u;",
            "DROP TABLE t1;",
            "DROP TABLE IF EXISTS T1;",
            "DROP VIEW nowhere;",
            "PRAGMA legacy_alter_table = ON;",
            "CREATE TABLE u AS SELECT * FROM t1;",
            "CREATE TABLE IF NOT EXISTS T1 (b int);",
            "CREATE VIEW t1 AS SELECT 1;",
            "CREATE INDEX t2 ON t1 (a);",
            "CREATE INDEX i ON nowhere (a);",
            "CREATE TABLE f_data (a); CREATE VIRTUAL TABLE f USING fts5(a);",
            "CREATE INDEX",
            "CREATE TRIGGER g AFTER INSERT t1 BEGIN SELECT 1; END;",
        ] {
            assert_eq!(cut(300, more), None, "{more}");
        }
        assert_eq!(cut(100, ""), None);
    }
}
