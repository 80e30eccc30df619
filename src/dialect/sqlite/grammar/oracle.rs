//! The grammar against SQLite itself: whatever SQLite takes, the grammar reads the same.
//!
//! Tests only. Statements of the list below and thousands of broken variants of them go through both.

use std::{borrow::Cow, collections::BTreeMap};

use sqlx::{Connection, Row, SqliteConnection};

use super::{
    ColumnRule, Definition, PartTarget, Reference, Table, TableRule, TriggerEvent, TriggerTime, parse,
    parse_table,
};
use crate::{
    schema::{GeneratedKind, Order},
    sql::{Lexicon, Scanner, Token, split, unquote},
};

/// Tables that SQLite takes.
const TABLES: &[&str] = &[
    "CREATE TABLE t (a)",
    "CREATE TABLE t (a int, b INTEGER PRIMARY KEY AUTOINCREMENT, c VARCHAR(255))",
    "create table \"t\" (a VARYING CHARACTER(255), b DECIMAL(10, -2), c BLOB SUB_TYPE TEXT, d 'my type', e \"x y\" z)",
    "CREATE TEMP TABLE IF NOT EXISTS t (a UNSIGNED BIG INT NOT NULL ON CONFLICT REPLACE DEFAULT -1 UNIQUE ON CONFLICT IGNORE)",
    "CREATE TABLE main.t (a int NULL, b text DEFAULT 'it''s' COLLATE NOCASE, c DEFAULT (1 + (2)), d DEFAULT +5.0, e DEFAULT null)",
    "CREATE TABLE t (a DEFAULT yes, b DEFAULT \"no\", c DEFAULT CURRENT_TIMESTAMP, d DEFAULT x'00ff', e DEFAULT true, f DEFAULT - 1)",
    "CREATE TABLE t (a INT CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT ROLLBACK CONSTRAINT nn NOT NULL CONSTRAINT c CHECK (a > 0))",
    "CREATE TABLE t (a INT CONSTRAINT dangling, b INT CONSTRAINT x CONSTRAINT y UNIQUE, CONSTRAINT z)",
    "CREATE TABLE t (a INT, b INT AS (a * 2) STORED, c INT GENERATED ALWAYS AS (a + b) VIRTUAL NOT NULL, d AS (a))",
    "CREATE TABLE t (a TEXT, b INT, PRIMARY KEY (a COLLATE nocase DESC, b ASC) ON CONFLICT FAIL, UNIQUE (b) ON CONFLICT ABORT)",
    "CREATE TABLE t (a TEXT PRIMARY KEY, b ANY) STRICT, WITHOUT ROWID",
    "CREATE TABLE t (a TEXT, PRIMARY KEY (a)) WITHOUT ROWID, STRICT",
    "CREATE TABLE t (a INTEGER, PRIMARY KEY (a AUTOINCREMENT))",
    "CREATE TABLE t (a INT, b INT, CHECK (a > b) ON CONFLICT IGNORE CONSTRAINT ck CHECK (b > 1) UNIQUE (a) FOREIGN KEY (b) REFERENCES u, PRIMARY KEY (a))",
    "CREATE TABLE t (a INT REFERENCES u, b INT REFERENCES u (x) ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL DEFERRABLE INITIALLY DEFERRED NOT NULL)",
    "CREATE TABLE t (a INT REFERENCES u NOT NULL NOT DEFERRABLE INITIALLY IMMEDIATE, b REFERENCES \"u v\" (\"x y\") ON UPDATE NO ACTION ON DELETE RESTRICT)",
    "CREATE TABLE t (a, b, c, CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES u (x, y) MATCH simple ON DELETE SET DEFAULT DEFERRABLE, FOREIGN KEY (c) REFERENCES t (a) ON UPDATE RESTRICT NOT DEFERRABLE)",
    "CREATE TABLE [t] (\"a b\" int, `c``d` int, [e f] int, 'g''h' int, \"i\"\"j\" int, \"\" int, [;] int, \"日本 😀\" int, \"select\" int)",
    "CREATE TABLE t (key text, action text, offset int, desc text, order_ int, match int, \"order\" int, left int, indexed int, window int)",
    "CREATE TABLE t -- a\n( -- b\n a /* c */ INT /* d */ (3 /* e */) -- f\n , /* g */ b INT DEFAULT /* h */ (1 /* i */ + 2) CHECK ( /* j */ b > 0 -- k\n ) ) -- l\n",
    "CREATE TABLE t(a CHECK(a IN ('x)', \"y(\")), b CHECK (((b)) > 1), c DEFAULT ')')",
    "CREATE TABLE t(a\nint\n,b\tDATETIME\nDEFAULT(datetime('now','localtime')),c as(1))",
    "CREATE TABLE t(a generated, b always, c generated text, d int asc, e key key)",
    "CREATE TABLE t(a int primary key asc, b text not null default '' collate rtrim check (length(b) > 0) unique)",
    "CREATE TABLE t(a \"int\"\"eger\", b [int], c `real`, d ''  , e text(10), f numeric(+1,-2.5), g float(1e3))",
    "CREATE TABLE if_(a int default current_date, b int default current_time unique)",
    "CREATE TABLE t(a integer primary key, b text unique, c int, unique((c), b), unique('a'))",
];

async fn connect() -> SqliteConnection {
    SqliteConnection::connect("sqlite::memory:")
        .await
        .expect("an in-memory database")
}

async fn run(connection: &mut SqliteConnection, sql: &str) -> Result<(), String> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(|error| error.to_string())
}

async fn rows(connection: &mut SqliteConnection, sql: &str) -> Vec<Vec<Option<String>>> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_all(connection)
        .await
        .expect("a catalog query")
        .iter()
        .map(|row| {
            (0..row.len())
                .map(|at| row.get_unchecked::<Option<String>, _>(at))
                .collect()
        })
        .collect()
}

/// One line for everything that both sides know about a table.
type Facts = Vec<String>;

/// What the pragmas say of the only table there is.
async fn facts_of_sqlite(connection: &mut SqliteConnection) -> Facts {
    let mut facts = Vec::new();
    let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    for row in rows(
        connection,
        "SELECT 'table', name, schema = 'temp', strict, wr FROM pragma_table_list \
         WHERE name NOT LIKE 'sqlite_%' AND schema IN ('main', 'temp')",
    )
    .await
    {
        facts.push(row.iter().map(show).collect::<Vec<_>>().join("|"));
    }
    for row in rows(
        connection,
        "SELECT 'column', x.name, upper(x.type), \"notnull\", dflt_value, pk, hidden FROM pragma_table_list l, \
         pragma_table_xinfo(l.name) x WHERE l.name NOT LIKE 'sqlite_%' AND l.schema IN ('main', 'temp') ORDER BY cid",
    )
    .await
    {
        facts.push(row.iter().map(show).collect::<Vec<_>>().join("|"));
    }
    let mut keys = BTreeMap::<String, Vec<String>>::new();
    for row in rows(
        connection,
        "SELECT x.id, x.\"table\", on_update, on_delete, x.\"from\", x.\"to\" FROM pragma_table_list l, \
         pragma_foreign_key_list(l.name) x WHERE l.name NOT LIKE 'sqlite_%' AND l.schema IN ('main', 'temp') \
         ORDER BY x.id DESC, x.seq",
    )
    .await
    {
        let row: Vec<String> = row.iter().map(show).collect();
        // SQLite numbers keys from the last.
        let id = format!("{:09}", 1_000_000 - row[0].parse::<usize>().expect("a number"));
        keys.entry(id)
            .or_insert_with(|| vec!["key".into(), row[1].clone(), row[2].clone(), row[3].clone()])
            .push(format!("{}>{}", row[4], row[5]));
    }
    facts.extend(keys.into_values().map(|key| key.join("|")));
    facts
}

/// The same, from the tree.
fn facts_of(table: &Table<'_>) -> Facts {
    let mut facts = vec![format!(
        "table|{}|{}|{}|{}",
        table.created.name,
        u8::from(table.created.temporary || table.created.schema.as_deref() == Some("temp")),
        u8::from(table.strict),
        u8::from(table.without_rowid)
    )];
    let mut key: Vec<&str> = Vec::new();
    for constraint in &table.constraints {
        if let TableRule::PrimaryKey { parts, .. } = &constraint.rule {
            key = parts.iter().map(|part| part.column.as_str()).collect();
        }
    }
    for column in &table.columns {
        if column
            .constraints
            .iter()
            .any(|one| matches!(one.rule, ColumnRule::PrimaryKey { .. }))
        {
            key = vec![&column.name];
        }
    }
    let mut references: Vec<(Vec<&str>, &Reference)> = Vec::new();
    for column in &table.columns {
        let mut not_null = false;
        let mut default = None;
        let mut hidden = 0;
        for constraint in &column.constraints {
            match &constraint.rule {
                ColumnRule::NotNull { .. } => not_null = true,
                ColumnRule::Default(value) => default = Some(*value),
                ColumnRule::Generated {
                    kind: GeneratedKind::Virtual,
                    ..
                } => hidden = 2,
                ColumnRule::Generated {
                    kind: GeneratedKind::Stored,
                    ..
                } => hidden = 3,
                ColumnRule::References(reference) => references.push((vec![&column.name], reference)),
                _ => {}
            }
        }
        let mut seen = Vec::new();
        for name in &key {
            if !seen.iter().any(|one: &&str| one.eq_ignore_ascii_case(name)) {
                seen.push(*name);
            }
        }
        let pk = seen
            .iter()
            .position(|name| name.eq_ignore_ascii_case(&column.name))
            .map_or(0, |at| at + 1);
        let default =
            default.map(
                |value| match value.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
                    Some(inner) => inner.trim(),
                    None => value,
                },
            );
        facts.push(format!(
            "column|{}|{}|{}|{}|{pk}|{hidden}",
            column.name,
            pragma_type(column.ty.unwrap_or_default()).to_ascii_uppercase(),
            u8::from(not_null || (table.without_rowid && pk > 0)),
            default.unwrap_or("-"),
        ));
    }
    for constraint in &table.constraints {
        if let TableRule::ForeignKey { columns, reference } = &constraint.rule {
            references.push((columns.iter().map(String::as_str).collect(), reference));
        }
    }
    for (columns, reference) in references {
        let pairs: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                format!(
                    "{column}>{}",
                    reference.columns.get(at).map_or("-", String::as_str)
                )
            })
            .collect();
        facts.push(format!(
            "key|{}|{}|{}|{}",
            reference.table,
            reference.on_update.sql(),
            reference.on_delete.sql(),
            pairs.join("|")
        ));
    }
    facts
}

/// A type as the pragmas name it. Quotes come off as `sqlite3AddColumn` in `build.c` takes them off: of a type that is
/// one quoted word that is right; of a type that only begins with one, part of the rest is lost.
fn pragma_type(ty: &str) -> Cow<'_, str> {
    const QUOTES: [char; 4] = ['"', '\'', '`', '['];
    if !ty.starts_with(QUOTES) {
        return Cow::Borrowed(ty);
    }
    let mut inner = ty.chars();
    inner.next();
    inner.next_back();
    if ty.len() >= 3 && !inner.as_str().contains(QUOTES) {
        return Cow::Borrowed(inner.as_str());
    }
    let first = Scanner::new(ty, &Lexicon::SQLITE)
        .next()
        .map_or(ty, |first| first.text(ty));
    unquote(first, &Lexicon::SQLITE)
}

/// Whether SQLite takes the table, and then what it says of it.
async fn ask_sqlite(connection: &mut SqliteConnection, sql: &str) -> Result<Facts, String> {
    run(connection, "BEGIN").await.expect("a transaction");
    let taken = run(connection, sql).await;
    let facts = match taken {
        Ok(()) => Ok(facts_of_sqlite(connection).await),
        Err(error) => Err(error),
    };
    run(connection, "ROLLBACK").await.expect("a transaction");
    facts
}

#[tokio::test]
async fn sqlite_and_the_grammar_agree_on_every_table() {
    let mut connection = connect().await;
    for sql in TABLES {
        let theirs = ask_sqlite(&mut connection, sql).await;
        let ours = parse_table(sql).map(|table| facts_of(&table));
        assert_eq!(ours.map_err(|error| error.to_string()), theirs, "{sql}");
    }
}

/// Words and symbols that break statements in interesting ways.
const INSERTIONS: &[&str] = &[
    "NOT",
    "NULL",
    "PRIMARY",
    "KEY",
    "DEFAULT",
    "CHECK",
    "(a)",
    "COLLATE",
    "x",
    "'y'",
    "\"z\"",
    "1",
    ",",
    "ASC",
    "CONSTRAINT",
    "ON CONFLICT IGNORE",
    "GENERATED",
    "ALWAYS",
    "AS",
    "STORED",
    "DEFERRABLE",
    "INITIALLY DEFERRED",
    "REFERENCES u",
    "UNIQUE",
    "left",
    "-",
    ")",
];

#[tokio::test]
async fn whatever_sqlite_makes_of_a_broken_table_the_grammar_makes_too() {
    let mut connection = connect().await;
    let (mut taken, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for (at, sql) in TABLES.iter().enumerate() {
        for variant in variants(sql, at) {
            let theirs = ask_sqlite(&mut connection, &variant).await;
            let ours = parse_table(&variant).map(|table| facts_of(&table));
            match (&theirs, &ours) {
                (Ok(theirs), Ok(ours)) if theirs == ours => taken += 1,
                // Whether names and expressions make sense is not looked at.
                (Err(_), _) => refused += 1,
                _ => wrong.push(format!("{variant}\n  sqlite {theirs:?}\n  ours   {ours:?}")),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(taken > 500 && refused > 500, "{taken} taken, {refused} refused");
}

/// The statement with each of its tokens left out, doubled, swapped with the next, or with something put before it.
fn variants(sql: &str, seed: usize) -> Vec<String> {
    let tokens: Vec<Token> = Scanner::new(sql, &Lexicon::SQLITE)
        .filter(|token| !token.is_trivia())
        .collect();
    let mut variants = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let (before, text, after) = (&sql[..token.start], token.text(sql), &sql[token.end..]);
        variants.push(format!("{before} {after}"));
        variants.push(format!("{before}{text} {text}{after}"));
        if let Some(next) = tokens.get(at + 1) {
            let (between, rest) = (&sql[token.end..next.start], &sql[next.end..]);
            variants.push(format!("{before}{} {between}{text} {rest}", next.text(sql)));
        }
        let insertion = INSERTIONS[(at * 7 + seed) % INSERTIONS.len()];
        variants.push(format!("{before} {insertion} {text}{after}"));
    }
    variants
}

#[tokio::test]
async fn a_keyword_is_a_name_wherever_sqlite_takes_it_for_one() {
    let mut connection = connect().await;
    let words = Lexicon::SQLITE.reserved.iter().chain(Lexicon::SQLITE.unreserved);
    for word in words {
        for sql in [
            format!("CREATE TABLE {word} (a)"),
            format!("CREATE TABLE t ({word} int)"),
            format!("CREATE TABLE t (a {word})"),
            format!("CREATE TABLE t (a int {word} (1))"),
            format!("CREATE TABLE t (a DEFAULT {word})"),
            format!("CREATE TABLE t (a CONSTRAINT {word} NOT NULL)"),
            format!("CREATE TABLE t (a REFERENCES {word})"),
            format!("CREATE TABLE t (a, CONSTRAINT {word} UNIQUE (a))"),
            format!("CREATE TABLE t ({word} int, UNIQUE ({word}))"),
        ] {
            let theirs = ask_sqlite(&mut connection, &sql).await;
            let ours = parse_table(&sql).map(|table| facts_of(&table));
            match theirs {
                Ok(theirs) => assert_eq!(ours, Ok(theirs), "{sql}"),
                // A table named `if`, and a key part named `cast`, make SQLite expect the rest of the phrase.
                Err(_) if word == &"if" || sql.contains("UNIQUE (") => {}
                Err(error) => assert!(ours.is_err() || !error.contains("syntax error"), "{sql}: {error}"),
            }
        }
    }
}

fn index(sql: &str) -> (Vec<String>, Option<&str>) {
    let Ok(Definition::Index(index)) = parse(sql) else {
        panic!("no index: {sql}: {:?}", parse(sql))
    };
    let parts = index
        .parts
        .iter()
        .map(|part| {
            let mut text = match &part.target {
                PartTarget::Column(name) => format!("column {name}"),
                PartTarget::Expression(slice) => format!("expression {slice}"),
            };
            if let Some(collation) = &part.collation {
                text.extend([" collate ", collation]);
            }
            if part.order == Order::Descending {
                text += " descending";
            }
            text
        })
        .collect();
    (parts, index.predicate)
}

#[tokio::test]
async fn index_parts_and_predicates_are_read() {
    let mut connection = connect().await;
    run(&mut connection, "CREATE TABLE t (a, b, \"c d\", desc, asc)")
        .await
        .expect("a table");
    for (sql, parts, predicate) in [
        ("CREATE INDEX i ON t (a)", vec!["column a"], None),
        (
            "CREATE UNIQUE INDEX IF NOT EXISTS main.\"i\" ON \"t\" (a COLLATE nocase DESC, [c d] ASC, 'b')",
            vec!["column a collate nocase descending", "column c d", "column b"],
            None,
        ),
        (
            "CREATE INDEX i ON t (lower(a) COLLATE \"rtrim\" DESC, (a + b) COLLATE nocase, a || b COLLATE nocase)",
            vec![
                "expression lower(a) collate rtrim descending",
                "expression (a + b) collate nocase",
                "expression a || b COLLATE nocase",
            ],
            None,
        ),
        (
            "CREATE INDEX i ON t (desc desc, a + desc, -asc asc, (a) || (b) COLLATE binary)",
            vec![
                "column desc descending",
                "expression a + desc",
                "expression -asc",
                "expression (a) || (b) COLLATE binary",
            ],
            None,
        ),
        (
            "CREATE INDEX i ON t (CASE WHEN a THEN b END DESC, NOT (a) COLLATE nocase, a, 1) WHERE a > ')' -- x\n AND b IS NOT NULL -- y",
            vec![
                "expression CASE WHEN a THEN b END descending",
                "expression NOT (a) COLLATE nocase",
                "column a",
                "expression 1",
            ],
            Some("a > ')' -- x\n AND b IS NOT NULL"),
        ),
    ] {
        let (found, found_predicate) = index(sql);
        assert_eq!(found, parts, "{sql}");
        assert_eq!(found_predicate, predicate, "{sql}");
        run(&mut connection, "BEGIN").await.expect("a transaction");
        run(&mut connection, sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let theirs = rows(
            &mut connection,
            "SELECT name, desc, coll FROM pragma_index_xinfo('i') WHERE key ORDER BY seqno",
        )
        .await;
        assert_eq!(theirs.len(), parts.len(), "{sql}");
        for (theirs, ours) in theirs.iter().zip(&parts) {
            assert_eq!(
                theirs[1].as_deref() == Some("1"),
                ours.ends_with(" descending"),
                "{sql}"
            );
            if let Some(name) = &theirs[0] {
                assert!(ours.starts_with(&format!("column {name}")), "{sql}: {ours}");
            }
            if let Some((_, collation)) = ours.split_once(" collate ") {
                assert!(
                    collation.starts_with(
                        theirs[2]
                            .as_deref()
                            .unwrap_or_default()
                            .to_ascii_lowercase()
                            .as_str()
                    )
                );
            }
        }
        run(&mut connection, "ROLLBACK").await.expect("a transaction");
    }
}

#[tokio::test]
async fn triggers_are_read() {
    let mut connection = connect().await;
    run(
        &mut connection,
        "CREATE TABLE t (a, begin, end); CREATE VIEW v AS SELECT * FROM t",
    )
    .await
    .expect("tables");
    for (sql, time, event, table, when, body) in [
        (
            "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
            TriggerTime::After,
            TriggerEvent::Insert,
            "t",
            None,
            "SELECT 1;",
        ),
        (
            "CREATE TEMP TRIGGER IF NOT EXISTS begin UPDATE OF a, \"end\" ON main.t FOR EACH ROW WHEN NEW.begin > begin AND CASE WHEN 1 THEN (2) END BEGIN -- c\n UPDATE t SET a = CASE 1 WHEN 1 THEN 2 END; SELECT end FROM t; END;",
            TriggerTime::Before,
            TriggerEvent::Update(vec!["a".to_owned(), "end".to_owned()]),
            "t",
            Some("NEW.begin > begin AND CASE WHEN 1 THEN (2) END"),
            "UPDATE t SET a = CASE 1 WHEN 1 THEN 2 END; SELECT end FROM t;",
        ),
        (
            "CREATE TRIGGER main.[x y] INSTEAD OF DELETE ON v BEGIN DELETE FROM t; END",
            TriggerTime::InsteadOf,
            TriggerEvent::Delete,
            "v",
            None,
            "DELETE FROM t;",
        ),
    ] {
        // The name in WHEN does not exist, which SQLite finds out only when the trigger fires.
        run(&mut connection, sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let Ok(Definition::Trigger(trigger)) = parse(sql) else {
            panic!("{sql}: {:?}", parse(sql))
        };
        assert_eq!(trigger.time, time, "{sql}");
        assert_eq!(trigger.event, event, "{sql}");
        assert_eq!(trigger.table, table, "{sql}");
        assert_eq!(trigger.when, when, "{sql}");
        assert_eq!(trigger.body, body, "{sql}");
    }
}

/// Indexes, views, triggers and virtual tables that SQLite takes.
const OBJECTS: &[&str] = &[
    "CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a COLLATE nocase DESC, lower(b) ASC, a + b COLLATE rtrim, (c), 'x', \"y\", desc desc, -a, NOT b, CASE WHEN a THEN b END, a IS NULL, a IN (1, 2)) WHERE a > 1 AND begin NOT NULL",
    "CREATE TEMP TRIGGER IF NOT EXISTS r BEFORE UPDATE OF a, b ON main.t FOR EACH ROW WHEN NEW.begin > 1 AND OLD.end IS NULL BEGIN SELECT RAISE(ABORT, 'x'); UPDATE t SET a = CASE WHEN 1 THEN 2 END; INSERT OR REPLACE INTO u(a) VALUES (NEW.a); END",
    "CREATE TRIGGER r INSTEAD OF DELETE ON w BEGIN DELETE FROM t WHERE a = OLD.a; SELECT end FROM t; END",
    "CREATE TEMP VIEW IF NOT EXISTS v (a, [b c]) AS WITH q AS (SELECT a, b FROM t) SELECT a, b FROM q UNION ALL VALUES (1, 2) ORDER BY 1 DESC LIMIT 3 OFFSET 1",
    "CREATE VIRTUAL TABLE IF NOT EXISTS main.f USING rtree(id, x0, x1, +label TEXT)",
];

#[tokio::test]
async fn whatever_sqlite_takes_of_broken_objects_the_grammar_reads() {
    let mut connection = connect().await;
    let tables = "CREATE TABLE t (a, b, c, desc, begin, end, x, y); CREATE TABLE u (a); CREATE VIEW w AS SELECT 1 AS a";
    run(&mut connection, tables).await.expect("tables");
    let mut taken = 0;
    for (seed, sql) in OBJECTS.iter().enumerate() {
        let variants = std::iter::once((*sql).to_owned()).chain(variants(sql, seed));
        for variant in variants.filter(|text| split(text, &Lexicon::SQLITE).count() == 1) {
            run(&mut connection, "BEGIN").await.expect("a transaction");
            if run(&mut connection, &variant).await.is_ok() {
                taken += 1;
                assert!(parse(&variant).is_ok(), "{variant}: {:?}", parse(&variant));
                let schema = "SELECT sql FROM sqlite_schema UNION ALL SELECT sql FROM sqlite_temp_schema";
                for stored in rows(&mut connection, schema)
                    .await
                    .into_iter()
                    .filter_map(|mut row| row.remove(0))
                {
                    assert!(parse(&stored).is_ok(), "{stored}: {:?}", parse(&stored));
                }
            }
            run(&mut connection, "ROLLBACK").await.expect("a transaction");
        }
    }
    assert!(taken > 40, "{taken} taken");
}
