use super::*;
use crate::{
    sql::split,
    target::classify::{About, Manner, Refusal, Stand},
};

fn verdicts(sql: &str) -> Vec<Verdict<'_>> {
    split(sql, &Lexicon::POSTGRES)
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

fn code(sql: &str) -> Refusal {
    match verdict(sql) {
        Verdict::Code(refusal) => refusal,
        other => panic!("{sql}: {other:?}"),
    }
}

/// How a statement runs that does not just run.
fn manner(sql: &str) -> Manner<'_> {
    match verdict(sql) {
        Verdict::RunWith(manner) => manner,
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn statements_that_declare_run() {
    for sql in [
        "CREATE TABLE t (a int DEFAULT f() GENERATED ALWAYS AS (1) STORED)",
        "create temp table t (a int)",
        "CREATE UNLOGGED TABLE IF NOT EXISTS public.t (a int) PARTITION BY RANGE (a)",
        "CREATE TABLE a PARTITION OF b FOR VALUES IN (1)",
        "CREATE TABLE t AS SELECT f() WITH NO DATA",
        "CREATE UNIQUE INDEX ON ONLY t USING gist (a)",
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DROP DATABASE x; END $$",
        "CREATE FUNCTION f(int) RETURNS int AS '$libdir/postgis-3', 'f' LANGUAGE c",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "CREATE CONSTRAINT TRIGGER a AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plpython3u",
        "CREATE DEFAULT CONVERSION a FOR 'UTF8' TO 'LATIN1' FROM f",
        "CREATE OR REPLACE RECURSIVE VIEW v (a) AS SELECT 1",
        "CREATE USER MAPPING FOR CURRENT_USER SERVER s",
        "CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA x",
        "CREATE SCHEMA a CREATE TABLE t (a int)",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM t; SELECT f())",
        "ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK ((a > 0))",
        "ALTER TABLE t RENAME COLUMN owner TO holder",
        "ALTER TYPE t ADD ATTRIBUTE value int",
        "DROP INDEX i",
        "DROP SCHEMA IF EXISTS utils CASCADE",
        "COMMENT ON CONSTRAINT c ON t IS 'x'",
        "COMMENT ON COLUMN t.a IS NULL",
        "SELECT a, 1 AS b INTO t FROM u",
        "RESET search_path",
        "RESET ALL",
        "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "DO LANGUAGE plpgsql $x$ begin
            IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname IN ('a', 'b')) AND to_regclass('t') IS NULL THEN
                CREATE TABLE t (a int);
            ELSIF true THEN RAISE NOTICE 'x';
            ELSE NULL;
            END IF;
         end; $x$",
        // The engine says what is wrong with these.
        "CREATE TABLE",
        "ALTER TABLE 1",
        "DO",
        "DO 1",
    ] {
        assert_eq!(verdict(sql), Verdict::Run, "{sql}");
    }
}

#[test]
fn rows_transactions_and_idle_settings_are_passed_over() {
    for sql in [
        "BEGIN",
        "START TRANSACTION",
        "COMMIT",
        "END",
        "SAVEPOINT a",
        "LOCK TABLE t",
        "SET statement_timeout = 0",
        "SET SESSION client_encoding TO 'UTF8'",
        "SET LOCAL lock_timeout = '1s'",
        "SET standard_conforming_strings = on",
        "SET CONSTRAINTS ALL DEFERRED",
        "SET TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SELECT pg_catalog.set_config('row_security', 'off', false)",
        "\\restrict 8nv",
        "\\set ON_ERROR_STOP on",
        "\\connect -",
    ] {
        assert_eq!(verdict(sql), Verdict::PassOver, "{sql}");
    }
    for (sql, word) in [
        ("INSERT INTO t VALUES (f())", "insert"),
        ("WITH a AS (SELECT f()) UPDATE t SET a = 1", "update"),
        ("SELECT 1", "select"),
        ("SELECT pg_catalog.setval('public.t_id_seq', 3, true)", "select"),
        (
            "SELECT setval('s', (SELECT max(a) FROM t WHERE a IN (1)))",
            "select",
        ),
        ("SELECT pg_catalog.lo_create('1')", "select"),
        ("COPY t (a, b) FROM '/tmp/a.csv'", "copy"),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "refresh"),
        ("ALTER LARGE OBJECT 1 OWNER TO a", "alter large object"),
        ("GRANT SELECT ON LARGE OBJECT 1 TO a", "grant on large object"),
    ] {
        assert_eq!(verdict(sql), Verdict::Rows(word), "{sql}");
    }
    assert_eq!(
        verdicts("COPY t FROM stdin;\n1\n\\.\nSELECT 1"),
        [Verdict::Rows("copy"), Verdict::PassOver, Verdict::Rows("select")]
    );
}

#[test]
fn what_belongs_to_the_server_is_passed_over_and_said() {
    for (sql, topic) in [
        ("CREATE ROLE a LOGIN", &ROLES),
        ("CREATE USER a", &ROLES),
        ("ALTER ROLE a SET x.y = '1'", &ROLES),
        ("DROP GROUP a", &ROLES),
        ("COMMENT ON ROLE a IS 'x'", &ROLES),
        ("GRANT a TO b WITH ADMIN OPTION", &ROLES),
        ("REVOKE ADMIN OPTION FOR a FROM b", &ROLES),
        ("GRANT CONNECT ON DATABASE x TO b", &DATABASES),
        ("SET ROLE a", &SESSION_ROLE),
        ("SET LOCAL ROLE a", &SESSION_ROLE),
        ("RESET ROLE", &SESSION_ROLE),
        ("SET SESSION AUTHORIZATION 'a'", &SESSION_ROLE),
        ("SELECT set_config('role', 'a', true)", &SESSION_ROLE),
        ("SET standard_conforming_strings TO 'off'", &BACKSLASHES),
        ("SECURITY LABEL FOR x ON TABLE t IS 'y'", &LABELS),
        ("ALTER SUBSCRIPTION s ENABLE", &SUBSCRIPTIONS),
        ("ALTER SUBSCRIPTION s SET (failover = true)", &SUBSCRIPTIONS),
        ("DROP SUBSCRIPTION s", &SUBSCRIPTIONS),
        (
            "DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'a') THEN CREATE ROLE a; END IF;
             END $$",
            &ROLES,
        ),
        (
            "DO 'BEGIN CREATE ROLE a LOGIN PASSWORD ''x''; EXCEPTION WHEN duplicate_object THEN
                RAISE NOTICE ''there''; WHEN others THEN NULL; END' LANGUAGE plpgsql",
            &ROLES,
        ),
    ] {
        assert_eq!(verdict(sql), Verdict::Outside(topic), "{sql}");
    }
}

#[test]
fn what_reaches_beyond_the_database_is_refused_where_it_stands() {
    for (sql, offset, message) in [
        (
            "ALTER SYSTEM SET a = 1",
            0,
            "ALTER SYSTEM changes the server's settings",
        ),
        (
            "CREATE TABLESPACE a LOCATION '/x'",
            0,
            "a tablespace is a folder of the server",
        ),
        (
            "COPY t FROM PROGRAM 'curl x'",
            12,
            "COPY .. PROGRAM runs a program on the server",
        ),
        (
            "COPY (SELECT 1 FROM a) TO '/tmp/x'",
            26,
            "COPY .. TO writes a file of the server",
        ),
        (
            "CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p",
            0,
            "CREATE SUBSCRIPTION reaches another server",
        ),
        (
            "CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p WITH (connect, copy_data = false)",
            0,
            "CREATE SUBSCRIPTION reaches another server",
        ),
        ("LOAD 'x'", 0, "LOAD loads code from a file of the server"),
        (
            "IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b",
            0,
            "IMPORT FOREIGN SCHEMA reaches another server",
        ),
        (
            "REASSIGN OWNED BY a TO b",
            0,
            "REASSIGN OWNED reaches all databases of the server",
        ),
        (
            "DROP OWNED BY a",
            0,
            "DROP OWNED reaches all databases of the server",
        ),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE C STRICT AS '/tmp/evil.so', 'f'",
            53,
            "the function is loaded from a file of the server",
        ),
        ("ROLLBACK", 0, "a target cannot take statements back"),
        ("\\i other.sql", 0, "`\\i` is a command of psql, not SQL"),
        ("\\! rm -rf x", 0, "`\\!` is a command of psql, not SQL"),
        ("\\set x 1", 0, "variables of psql are not understood"),
        (
            "CREATE TABEL t (a int)",
            7,
            "a target cannot hold the statement `CREATE TABEL`",
        ),
        ("LISTEN a", 0, "a target cannot hold the statement `LISTEN`"),
    ] {
        let refusal = refusal(sql);
        assert_eq!(
            (refusal.message.as_str(), refusal.offset),
            (message, offset),
            "{sql}"
        );
        assert!(refusal.hint.is_some(), "{sql}");
    }
    assert_eq!(
        refusal("CREATE TABEL t (a)").hint.as_deref(),
        Some("did you mean CREATE TABLE?")
    );
}

#[test]
fn what_names_a_database_depends_on_the_name() {
    for sql in [
        "\\connect shop",
        "\\c 'shop'",
        "\\connect -reuse-previous=on \"dbname='shop'\"",
        "CREATE DATABASE SHOP WITH TEMPLATE = template0",
        "ALTER DATABASE \"shop\" OWNER TO a",
        "DROP DATABASE IF EXISTS shop",
        "COMMENT ON DATABASE shop IS 'x'",
    ] {
        match verdict(sql) {
            Verdict::OnDatabase(name, refusal) => {
                assert_eq!(name, "shop", "{sql}");
                assert!(refusal.message.ends_with("is another database"), "{sql}");
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[test]
fn code_that_runs_while_the_target_is_loaded_is_told_apart() {
    for sql in [
        "DO $$ BEGIN PERFORM f(); END $$",
        "DO $$ BEGIN EXECUTE 'DROP DATABASE x'; END $$",
        "DO $$ DECLARE a int; BEGIN CREATE TABLE t (a int); END $$",
        "DO $$ BEGIN IF f() THEN CREATE TABLE t (a int); END IF; END $$",
        "DO $$ BEGIN RAISE NOTICE '%', f(); END $$",
        "DO $$ BEGIN INSERT INTO t VALUES (1); END $$",
        "DO $$ BEGIN CREATE ROLE a; CREATE TABLE t (a int); END $$",
        "DO $$ BEGIN ALTER SYSTEM SET a = 1; END $$",
        "DO $$ BEGIN CREATE TABLE t AS SELECT f(); END $$",
        "DO $$ CREATE TABLE t (a int); $$",
        "DO LANGUAGE plpython3u $$ pass $$",
        "CALL f()",
        "SELECT create_hypertable('t', 'a')",
        "SELECT 1, public.setval('x')",
        "SELECT \"in\"(1)",
        "WITH a AS (SELECT f()) SELECT * FROM a",
        "SELECT f() INTO t",
        "SELECT set_config('search_path', f(), false)",
    ] {
        assert!(code(sql).hint.unwrap().contains("target_code"), "{sql}");
    }
    assert_eq!(code("SELECT 1, f(2)").offset, 10);
}

#[test]
fn some_statements_run_in_other_words() {
    for (sql, text) in [
        (
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "CREATE INDEX              i ON t (a)",
        ),
        ("DROP INDEX CONCURRENTLY i", "DROP INDEX              i"),
        (
            "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
            "ALTER TABLE a DETACH PARTITION b             ",
        ),
        (
            "CREATE TABLE t (a) AS SELECT f()",
            "CREATE TABLE t (a) AS SELECT f()\nWITH NO DATA",
        ),
        (
            "CREATE TABLE t AS VALUES (1) WITH DATA",
            "CREATE TABLE t AS VALUES (1)          \nWITH NO DATA",
        ),
        (
            "CREATE MATERIALIZED VIEW v AS SELECT 1",
            "CREATE MATERIALIZED VIEW v AS SELECT 1\nWITH NO DATA",
        ),
        ("SET LOCAL search_path = a", "SET       search_path = a"),
    ] {
        assert_eq!(manner(sql).text.as_deref(), Some(text));
    }
    assert_eq!(
        verdict("CREATE MATERIALIZED VIEW v AS SELECT 1 WITH NO DATA"),
        Verdict::Run
    );
}

#[test]
fn what_a_statement_is_about_is_known() {
    let owner = |role: &'static str, only| About::Owner {
        role: Some(role.into()),
        only,
    };
    for (sql, about) in [
        ("GRANT SELECT (a), INSERT ON TABLE t TO b", About::Grants),
        ("REVOKE ALL ON SCHEMA public FROM PUBLIC", About::Grants),
        (
            "ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT SELECT ON TABLES TO b",
            About::Grants,
        ),
        ("ALTER TABLE public.t OWNER TO Bob", owner("bob", true)),
        (
            "ALTER FUNCTION f(int, text) OWNER TO \"Bob\"",
            owner("Bob", false),
        ),
        ("ALTER TABLE t OWNER TO bob, ADD a int", owner("bob", false)),
        ("CREATE SCHEMA a AUTHORIZATION bob", owner("bob", false)),
        (
            "ALTER VIEW v OWNER TO CURRENT_USER",
            About::Owner {
                role: None,
                only: true,
            },
        ),
        (
            "SET search_path TO a, b",
            About::Settings(vec!["search_path".into()]),
        ),
        ("SET TIME ZONE 'UTC'", About::Settings(vec!["timezone".into()])),
        ("SET app.user = 'x'", About::Settings(vec!["app.user".into()])),
        (
            "SELECT pg_catalog.set_config('search_path', '', false)",
            About::Settings(vec!["search_path".into()]),
        ),
        (
            "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'",
            About::Value,
        ),
    ] {
        assert_eq!(manner(sql).about, about, "{sql}");
    }
}

#[test]
fn subscriptions_that_connect_to_nothing_are_made_behind_the_rest() {
    let created =
        "CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p WITH (slot_name = NONE, connect = false)";
    for sql in [
        created,
        "ALTER SUBSCRIPTION s SET PUBLICATION p, q WITH (refresh = false)",
        "ALTER SUBSCRIPTION s CONNECTION 'host=b'",
        "COMMENT ON SUBSCRIPTION s IS 'x'",
    ] {
        let manner = manner(sql);
        assert_eq!(
            (manner.about, manner.stand),
            (About::Subscription, Stand::Late),
            "{sql}"
        );
    }
    assert_eq!(manner("ALTER SUBSCRIPTION s OWNER TO a").stand, Stand::Late);
}

#[test]
fn event_triggers_wait_for_everything_else() {
    for sql in [
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
        "ALTER EVENT TRIGGER e DISABLE",
        "COMMENT ON EVENT TRIGGER e IS 'x'",
        "DROP EVENT TRIGGER IF EXISTS e",
    ] {
        assert_eq!(manner(sql).stand, Stand::Last, "{sql}");
    }
}
