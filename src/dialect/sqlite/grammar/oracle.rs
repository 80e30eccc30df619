//! The grammar against SQLite itself: whatever SQLite takes, the grammar reads the same.
//!
//! Tests only. Statements of the list below and thousands of broken variants of them go through both.

use std::collections::BTreeMap;

use sqlx::{Connection, Row, SqliteConnection};

use super::{
    ColumnRule, Definition, PartTarget, Reference, Table, TableRule, TriggerEvent, TriggerTime, parse,
    parse_table,
};
use crate::{
    schema::{Action, Deferral, GeneratedKind, Order},
    sql::{Lexicon, Scanner, Token},
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
    "CREATE TABLE t(a integer primary key, b text unique, c int, unique(c, b), unique('a'))",
];

/// Text that is no CREATE TABLE of SQLite, though parts of it are.
const REFUSED: &[(&str, &str)] = &[
    ("", "expected CREATE, found the end"),
    ("SELECT 1", "expected CREATE, found `SELECT`"),
    ("CREATE TABLE t", "expected `(`, found the end"),
    ("CREATE TABLE t ()", "expected a column name, found `)`"),
    ("CREATE TABLE t (a,)", "expected a column name, found `)`"),
    ("CREATE TABLE t AS SELECT 1", "expected `(`, found `AS`"),
    (
        "CREATE TABLE t (a VARCHAR(max))",
        "expected a number, found `max`",
    ),
    (
        "CREATE TABLE t (a, CHECK (a), b int)",
        "expected a table constraint, found `b`",
    ),
    (
        "CREATE TABLE t (a) STRICT WITHOUT ROWID",
        "expected the end of the statement, found `WITHOUT`",
    ),
    (
        "CREATE TABLE t (a) WITHOUT OIDS",
        "expected STRICT or WITHOUT ROWID, found `WITHOUT`",
    ),
    ("CREATE TABLE t (a CHECK ())", "expected an expression, found `)`"),
    (
        "CREATE TABLE t (a CHECK ((a))",
        "expected a column constraint, `,` or `)`, found the end",
    ),
    ("CREATE TABLE t (a CHECK (((a))", "expected `)`, found the end"),
    ("CREATE TABLE t (a CHECK ((((a))", "expected a `)` for this `(`"),
    ("CREATE TABLE t (a CHECK (a; b))", "expected `)`, found `;`"),
    (
        "CREATE TABLE t (a DEFAULT)",
        "expected a default value, found `)`",
    ),
    (
        "CREATE TABLE t (a DEFAULT -yes)",
        "expected a default value, found `yes`",
    ),
    ("CREATE TABLE t (a 'open)", "found a quote that is never closed"),
    ("CREATE TABLE t (a\0)", "found `\u{fffd}`"),
    (
        "CREATE TABLE t (a) x",
        "expected STRICT or WITHOUT ROWID, found `x`",
    ),
    (
        "CREATE TABLE t (a); SELECT 1",
        "expected the end of the statement, found `SELECT`",
    ),
    (
        "CREATE TABLE t (select int)",
        "expected a column name, found `select`",
    ),
    (
        "CREATE VIEW v AS DELETE FROM t",
        "expected a query, found `DELETE`",
    ),
    ("CREATE INDEX i ON t (a NULLS FIRST)", "found `NULLS`"),
    ("CREATE INDEX i ON t ()", "expected an expression, found `)`"),
    (
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN END",
        "expected statements and END, found `END`",
    ),
    (
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1 END",
        "expected a `;` before END, found `END`",
    ),
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
            column.type_name().to_ascii_uppercase(),
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

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    for (sql, message) in REFUSED {
        let error = parse(sql).expect_err(sql);
        assert!(error.message.contains(message), "{sql}: {error}");
        assert!(
            error.offset <= sql.len() && sql.is_char_boundary(error.offset),
            "{sql}: {}",
            error.offset
        );
    }
    let sql = "CREATE TABLE t (a, b nonsense(x))";
    assert_eq!(
        parse(sql).expect_err(sql).offset,
        sql.find("x)").expect("in the text")
    );
}

#[test]
fn slices_are_exact() {
    let sql = "CREATE TABLE main . \"t\" (\n-- autogen: renamed from x\n a INT (3) CHECK ( /* 1 */ a /* 2 */ > 0 -- 3\n ) DEFAULT ( 1 ),\n b, CONSTRAINT c CHECK (a <> b))";
    let table = parse_table(sql).expect(sql);
    assert_eq!(&sql[table.created.span.clone()], "main . \"t\"");
    let a = &table.columns[0];
    assert_eq!(a.ty, Some("INT (3)"));
    assert_eq!(a.constraints[0].rule, ColumnRule::Check("a /* 2 */ > 0"));
    assert_eq!(a.constraints[1].rule, ColumnRule::Default("( 1 )"));
    assert_eq!(&sql[a.constraints[1].span.clone()], "DEFAULT ( 1 )");
    assert!(sql[a.span.clone()].starts_with("a INT") && sql[a.span.clone()].ends_with("DEFAULT ( 1 )"));
    assert_eq!(
        &sql[table.constraints[0].span.clone()],
        "CONSTRAINT c CHECK (a <> b)"
    );
    let above = crate::sql::comments_above(sql, &Lexicon::SQLITE, a.span.start);
    assert_eq!(
        above.iter().map(crate::sql::Comment::body).collect::<Vec<_>>(),
        ["autogen: renamed from x"]
    );
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

#[test]
fn virtual_tables_are_read() {
    for (sql, module, arguments) in [
        ("CREATE VIRTUAL TABLE t USING fts5", "fts5", vec![]),
        ("CREATE VIRTUAL TABLE t USING fts5()", "fts5", vec![]),
        (
            "CREATE VIRTUAL TABLE IF NOT EXISTS main.t USING \"fts5\"(a, b UNINDEXED , content='x, y', tokenize = \"porter (ascii\", f(1, 2),)",
            "fts5",
            vec![
                "a",
                "b UNINDEXED",
                "content='x, y'",
                "tokenize = \"porter (ascii\"",
                "f(1, 2)",
                "",
            ],
        ),
    ] {
        let Ok(Definition::VirtualTable(table)) = parse(sql) else {
            panic!("{sql}: {:?}", parse(sql))
        };
        assert_eq!(table.created.name, "t");
        assert_eq!(table.module, module, "{sql}");
        assert_eq!(table.arguments, arguments, "{sql}");
    }
}

#[test]
fn views_are_read() {
    let sql = "CREATE TEMP VIEW IF NOT EXISTS [v w] (a, \"b c\") AS -- x\n WITH q AS (SELECT 1) SELECT * FROM q -- y\n ;";
    let Ok(Definition::View(view)) = parse(sql) else {
        panic!("{:?}", parse(sql))
    };
    assert!(view.created.temporary && view.created.if_not_exists);
    assert_eq!(view.created.name, "v w");
    assert_eq!(view.columns, ["a", "b c"]);
    assert_eq!(view.query, "WITH q AS (SELECT 1) SELECT * FROM q");
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

#[test]
fn references_keep_what_the_pragmas_hide() {
    let sql = "CREATE TABLE t (a CONSTRAINT fk REFERENCES u MATCH full ON DELETE CASCADE CHECK (a) DEFERRABLE INITIALLY DEFERRED)";
    let table = parse_table(sql).expect(sql);
    let constraint = &table.columns[0].constraints[0];
    assert_eq!(constraint.name.as_deref(), Some("fk"));
    let ColumnRule::References(reference) = &constraint.rule else {
        panic!("{constraint:?}")
    };
    assert_eq!(reference.match_name.as_deref(), Some("full"));
    assert_eq!(reference.on_delete, Action::Cascade);
    assert_eq!(reference.deferral, Deferral::Deferred);

    let sql = "CREATE TABLE t (a REFERENCES u, b DEFERRABLE INITIALLY DEFERRED)";
    let table = parse_table(sql).expect(sql);
    let ColumnRule::References(reference) = &table.columns[0].constraints[0].rule else {
        panic!("{table:?}")
    };
    assert_eq!(
        reference.deferral,
        Deferral::Deferred,
        "it speaks of the key before it"
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_grammar_panic(
        sql in "create (temp )?(table|view|trigger|index|virtual table) ([a(),;.'\"]| not| null| default| check| check \\(| references| on| as| begin| end;| collate| where| \\(|\\)|\\PC){0,30}"
    ) {
        if let Err(error) = parse(&sql) {
            proptest::prop_assert!(error.offset <= sql.len());
        }
    }
}
