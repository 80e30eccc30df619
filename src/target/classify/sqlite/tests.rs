use super::*;
use crate::sql::split;

fn verdicts(sql: &str) -> Vec<Verdict<'_>> {
    split(sql, &Lexicon::SQLITE)
        .map(|statement| RULES.judge(&statement))
        .collect()
}

fn verdict(sql: &str) -> Verdict<'_> {
    let mut all = verdicts(sql);
    assert_eq!(all.len(), 1, "{sql}");
    all.remove(0)
}

fn refusal(sql: &str) -> Refusal {
    match verdict(sql) {
        Verdict::Refuse(refusal) => refusal,
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn statements_that_declare_run() {
    for sql in [
        "CREATE TABLE t (a)",
        "create table if not exists main.t (a)",
        "CREATE TABLE \"MAIN\".[t] AS SELECT upper(a) FROM b",
        "CREATE UNIQUE INDEX i ON t (a)",
        "CREATE INDEX IF NOT EXISTS main.i ON t (a)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING fts5(a)",
        "CREATE VIRTUAL TABLE IF NOT EXISTS f USING \"RTREE\"(a, b, c)",
        "ALTER TABLE t RENAME TO u",
        "DROP TABLE IF EXISTS t",
        "DROP INDEX i",
        "DROP VIEW v",
        "DROP TRIGGER IF EXISTS main.g",
        "/* a */ CREATE -- b\n TABLE t (a)",
        "PRAGMA legacy_alter_table = ON",
        // The engine says what is wrong with these.
        "CREATE TABLE",
        "ALTER TABLE 1",
        "CREATE VIRTUAL TABLE f",
    ] {
        assert_eq!(verdict(sql), Verdict::Run, "{sql}");
    }
}

#[test]
fn transactions_and_settings_are_passed_over() {
    for sql in [
        "BEGIN TRANSACTION",
        "begin immediate",
        "COMMIT",
        "END",
        "SAVEPOINT a",
        "RELEASE a",
        "PRAGMA foreign_keys=OFF",
        "PRAGMA main.encoding = 'UTF-16'",
        "PRAGMA writable_schema=ON",
        "PRAGMA",
        "CREATE TABLE sqlite_sequence(name,seq)",
        "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    ] {
        assert_eq!(verdict(sql), Verdict::PassOver, "{sql}");
    }
}

#[test]
fn statements_about_rows_are_counted_by_their_verb() {
    for (sql, verb) in [
        ("INSERT INTO t VALUES (1)", "insert"),
        ("insert or replace into other.t values (1)", "insert"),
        ("REPLACE INTO t VALUES (1)", "replace"),
        ("UPDATE OR IGNORE t SET a = 1", "update"),
        ("DELETE FROM sqlite_sequence", "delete"),
        (
            "WITH a AS (SELECT 1), b AS (DELETE) INSERT INTO t SELECT * FROM a",
            "insert",
        ),
        ("WITH a AS (SELECT 1) SELECT replace(a, 1, 2) FROM a", "select"),
        ("SELECT load_extension('x')", "select"),
        ("ANALYZE sqlite_schema", "analyze"),
        ("VACUUM main", "vacuum"),
        ("EXPLAIN QUERY PLAN SELECT 1", "explain"),
    ] {
        assert_eq!(verdict(sql), Verdict::Rows(verb), "{sql}");
    }
}

#[test]
fn whatever_reaches_beyond_the_scratch_is_refused_where_it_stands() {
    for (sql, at, message) in [
        (
            "ATTACH 'a.db' AS b",
            "ATTACH",
            "a target cannot reach another database",
        ),
        ("DETACH b", "DETACH", "a target cannot reach another database"),
        ("VACUUM main INTO 'copy.db'", "INTO", "VACUUM INTO writes a file"),
        ("CREATE TABLE other.t (a)", "other", "`other` is another database"),
        (
            "DROP INDEX \"oth er\".i",
            "\"oth er\"",
            "`oth er` is another database",
        ),
        ("PRAGMA aux.foreign_keys = 1", "aux", "`aux` is another database"),
        (
            "CREATE TEMP VIEW v AS SELECT 1",
            "CREATE",
            "what is temporary is not part of a schema",
        ),
        (
            "CREATE TABLE temp.t (a)",
            "temp",
            "what is temporary is not part of a schema",
        ),
        (
            "CREATE TABLE t AS SELECT \"Load_Extension\" /**/ ('x')",
            "\"Load",
            "`load_extension` loads code from a file",
        ),
        (
            "PRAGMA temp_store_directory = '/'",
            "temp_store_d",
            "a target cannot hold `PRAGMA temp_store_directory`",
        ),
        (
            "PRAGMA forein_keys = 1",
            "forein",
            "a target cannot hold `PRAGMA forein_keys`",
        ),
        (
            "CREATE VIRTUAL TABLE z USING zipfile('a.zip')",
            "zipfile",
            "the module `zipfile` is not part of autogen's SQLite",
        ),
        ("ROLLBACK", "ROLLBACK", "a target cannot take statements back"),
        (
            "UPDATE main.sqlite_master SET sql = ''",
            "sqlite_master",
            "a target cannot write to `sqlite_master` itself",
        ),
        (
            "WITH a AS (SELECT 1) DELETE FROM sqlite_schema",
            "sqlite_schema",
            "a target cannot write to `sqlite_schema` itself",
        ),
        (
            "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','t','t',0,'CREATE TABLE t(a)')",
            "sqlite_schema",
            "a target cannot write to `sqlite_schema` itself",
        ),
        (
            "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','t','t',0,'CREATE VIRTUAL TABLE t USING csv(f)')",
            "'CREATE",
            "the module `csv` is not part of autogen's SQLite",
        ),
        (
            ".mode csv\nCREATE TABLE t (a)",
            ".mode",
            "`.mode` is a command of the sqlite3 shell, not SQL",
        ),
        (
            "GRANT ALL ON t TO a",
            "GRANT",
            "a target cannot hold the statement `GRANT`",
        ),
        (
            "CREATE DATABASE a",
            "CREATE",
            "a target cannot hold the statement `CREATE DATABASE`",
        ),
        ("a.b", "a", "a target cannot hold the statement `a`"),
        (
            "CREATE TABLE t (a DEFAULT 'x)",
            "'x",
            "the string that begins here is never closed",
        ),
        (
            "CREATE TABLE t (a) /* x",
            "/*",
            "the comment that begins here is never closed",
        ),
    ] {
        let refusal = refusal(sql);
        assert_eq!(refusal.message, message, "{sql}");
        assert_eq!(Some(refusal.offset), sql.find(at), "{sql}");
    }
}

#[test]
fn a_slip_is_named() {
    assert!(
        refusal("CRAETE TABLE t (a)")
            .hint
            .unwrap()
            .starts_with("did you mean CREATE? a target holds")
    );
    assert!(
        refusal("CREATE TABEL t (a)")
            .hint
            .unwrap()
            .starts_with("did you mean CREATE TABLE?")
    );
    assert!(
        refusal("PRAGMA forein_keys = 1")
            .hint
            .unwrap()
            .contains("`foreign_keys`")
    );
    assert!(refusal(".read b.sql").hint.unwrap().contains("target = ["));
    let long = "x".repeat(1000);
    assert!(refusal(&long).message.len() < 120);
}

#[test]
fn a_virtual_table_in_a_dump_is_the_statement_it_stores() {
    let dump = "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','it''s','it''s',0,'CREATE VIRTUAL TABLE \"it''s\" USING fts5(a)')";
    let Verdict::Stores(sql) = verdict(dump) else {
        panic!("{:?}", verdict(dump))
    };
    assert_eq!(sql, "CREATE VIRTUAL TABLE \"it's\" USING fts5(a)");
    assert_eq!(
        RULES.shadows(&sql),
        [
            "it's_data",
            "it's_idx",
            "it's_content",
            "it's_docsize",
            "it's_config"
        ]
    );
    assert_eq!(RULES.shadows("CREATE TABLE t (a)"), Vec::<String>::new());
    assert_eq!(
        RULES
            .perhaps_shadow("CREATE TABLE IF NOT EXISTS 'it''s_data'(id)")
            .as_deref(),
        Some("it's_data")
    );
    assert_eq!(
        RULES.perhaps_shadow("CREATE TABLE IF NOT EXISTS plain_data(id)"),
        None
    );
    assert_eq!(RULES.perhaps_shadow("CREATE TABLE 'a'(id)"), None);
}
