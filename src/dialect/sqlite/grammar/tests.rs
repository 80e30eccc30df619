//! What the grammar gives back, by example. Tests only.

use super::{ColumnRule, Definition, parse, parse_table};
use crate::schema::{Action, Deferral};

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
