use super::*;
use crate::{
    config::Definer,
    sql::{Statement, split},
    target::classify::{About, Adjusted, EventChange, Home, Manner, Refusal},
};

fn only(sql: &str) -> Statement<'_> {
    let mut all: Vec<_> = split(sql, &Lexicon::MYSQL).collect();
    assert_eq!(all.len(), 1, "{sql}");
    all.remove(0)
}

fn verdict(sql: &str) -> Verdict<'_> {
    MYSQL.judge(&only(sql))
}

fn refusal(sql: &str) -> Refusal {
    match verdict(sql) {
        Verdict::Refuse(refusal) => refusal,
        other => panic!("{sql}: {other:?}"),
    }
}

fn manner(sql: &str) -> Manner<'_> {
    match verdict(sql) {
        Verdict::RunWith(manner) => manner,
        other => panic!("{sql}: {other:?}"),
    }
}

const HOME: Home<'static> = Home {
    own: Some("shop"),
    adopted: Some("dump"),
    names_fold: false,
    definer: Definer::Current,
};

fn adjusted(sql: &str, home: Home<'_>) -> Result<Adjusted, Refusal> {
    adjust::adjusted(&only(sql), &home)
}

/// The text that runs, with runs of blanks as one.
fn runs(sql: &str) -> String {
    let adjusted = adjusted(sql, HOME).unwrap();
    assert_eq!(adjusted.names_home, None, "{sql}");
    let text = adjusted.text.unwrap_or_else(|| sql.to_owned());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn statements_that_declare_run() {
    for sql in [
        "CREATE TABLE t (a int, `select` int) ENGINE=InnoDB /*!50100 PARTITION BY HASH (a) */",
        "create temporary table if not exists t like u",
        "CREATE TABLE t AS SELECT a, concat(b, 'x') FROM u",
        "CREATE OR REPLACE TABLE t (a int) WITH SYSTEM VERSIONING",
        "CREATE UNIQUE INDEX i ON t (a)",
        "CREATE FULLTEXT INDEX i ON t (a)",
        "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`%` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select f(1) AS `x` */",
        "CREATE AGGREGATE FUNCTION f(x INT) RETURNS INT RETURN 1",
        "CREATE DEFINER=CURRENT_USER() PROCEDURE p(a int) BEGIN CALL other.q(); DROP DATABASE x; END",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = f()",
        "CREATE SEQUENCE s START WITH 1",
        "CREATE OR REPLACE PACKAGE p AS END",
        "CREATE LIBRARY l LANGUAGE JAVASCRIPT AS 'x'",
        "ALTER TABLE t DISABLE KEYS",
        "ALTER TABLE t ADD COLUMN engine varchar(10)",
        "ALTER ALGORITHM=MERGE VIEW v AS SELECT 1",
        "DROP TABLE IF EXISTS a, b CASCADE",
        "DROP INDEX i ON t",
        "DROP PACKAGE BODY p",
        "RENAME TABLE a TO b",
        // The server says what is wrong with these.
        "CREATE TABLE",
        "SET",
        "USE",
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
        "LOCK TABLES `t` WRITE",
        "UNLOCK TABLES",
        "/*!999999 x */ /*!50003 */",
        "SET autocommit = 0",
        "/*!40111 SET SQL_NOTES=0 */",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET FOREIGN_KEY_CHECKS=0, unique_checks = 0",
        "SET @@SESSION.SQL_LOG_BIN= 0",
        "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'a:1-2'",
        "SHOW TABLES",
        "ALTER DATABASE CHARACTER SET utf8mb4",
    ] {
        assert_eq!(verdict(sql), Verdict::PassOver, "{sql}");
    }
    for (sql, word) in [
        ("INSERT INTO t VALUES (f())", "insert"),
        ("REPLACE INTO t VALUES (1)", "replace"),
        ("WITH a AS (SELECT 1) UPDATE t SET a = 1", "update"),
        ("SELECT count(*) FROM t WHERE a IN (1)", "select"),
        ("SELECT 1 INTO @a", "select"),
        ("DO SETVAL(`s`, 1, 0)", "do"),
        ("TRUNCATE t", "truncate"),
    ] {
        assert_eq!(verdict(sql), Verdict::Rows(word), "{sql}");
    }
}

#[test]
fn what_reaches_beyond_the_database_is_refused_where_it_stands() {
    for (sql, offset, message) in [
        (
            "GRANT SELECT ON t TO a",
            0,
            "GRANT is about accounts, which belong to the server",
        ),
        (
            "CREATE USER a",
            0,
            "CREATE USER is about accounts, which belong to the server",
        ),
        (
            "SET PASSWORD = 'x'",
            0,
            "SET is about accounts, which belong to the server",
        ),
        (
            "SET GLOBAL max_connections = 1",
            4,
            "`max_connections` is set for the whole server",
        ),
        (
            "SET a = 1, @@global.event_scheduler = ON",
            11,
            "`event_scheduler` is set for the whole server",
        ),
        ("LOAD DATA INFILE 'x' INTO TABLE t", 0, "LOAD reads a file"),
        (
            "SELECT 1 INTO OUTFILE '/tmp/x'",
            9,
            "SELECT .. INTO writes a file of the server",
        ),
        (
            "INSTALL PLUGIN x SONAME 'x.so'",
            0,
            "INSTALL loads code into the server",
        ),
        (
            "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
            33,
            "the function is loaded from a file of the server",
        ),
        (
            "CREATE TABLESPACE a ADD DATAFILE 'x'",
            0,
            "a tablespace is a file of the server",
        ),
        (
            "CREATE TABLE t (a int) ENGINE=FEDERATED CONNECTION='mysql://x'",
            30,
            "tables of this engine are on another server or in files of any place",
        ),
        (
            "ALTER TABLE t ENGINE CONNECT",
            21,
            "tables of this engine are on another server or in files of any place",
        ),
        (
            "SET default_storage_engine = 'federated'",
            4,
            "tables of this engine are on another server or in files of any place",
        ),
        (
            "ALTER TABLE t IMPORT TABLESPACE",
            14,
            "the files of a tablespace are moved by hand",
        ),
        ("SOURCE x.sql", 0, "a command of the mysql client is not SQL"),
        (
            "CREATE TABEL t (a int)",
            7,
            "a target cannot hold the statement `CREATE TABEL`",
        ),
        ("SHUTDOWN", 0, "a target cannot hold the statement `SHUTDOWN`"),
    ] {
        let refusal = refusal(sql);
        assert_eq!(
            (refusal.offset, refusal.message.as_str()),
            (offset, message),
            "{sql}"
        );
    }
    for sql in [
        "USE x",
        "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `x`",
        "DROP SCHEMA IF EXISTS x",
    ] {
        assert!(
            matches!(verdict(sql), Verdict::OnDatabase(name, _) if name == "x"),
            "{sql}"
        );
    }
}

#[test]
fn what_runs_code_is_known() {
    for sql in [
        "CALL p()",
        "SELECT f()",
        "SELECT shop.now()",
        "DO f()",
        "SET @a = f()",
        "CREATE TABLE t AS SELECT f(1)",
        "PREPARE s FROM 'DROP TABLE t'",
        "EXECUTE s",
    ] {
        assert!(matches!(verdict(sql), Verdict::Code(_)), "{sql}");
    }
}

#[test]
fn settings_that_matter_are_obeyed_up_to_the_end_of_the_file() {
    for (sql, names, text) in [
        ("SET NAMES utf8mb4", vec!["names"], None),
        ("SET sql_mode = 'ANSI_QUOTES'", vec!["sql_mode"], None),
        ("SET @@session.time_zone = '+00:00'", vec!["time_zone"], None),
        ("SET @OLD_SQL_MODE=@@SQL_MODE", vec![], None),
        (
            "/*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0, SQL_MODE=concat(@@sql_mode, ',x') */",
            vec!["SQL_MODE"],
            Some("SET @OLD=@@FOREIGN_KEY_CHECKS, SQL_MODE=concat(@@sql_mode, ',x')"),
        ),
    ] {
        let manner = manner(sql);
        assert_eq!(
            manner.about,
            About::Settings(names.into_iter().map(Into::into).collect()),
            "{sql}"
        );
        assert_eq!(manner.text.as_deref(), text, "{sql}");
    }
    assert_eq!(settings::reset("sql_mode"), "SET SESSION sql_mode = DEFAULT");
}

#[test]
fn a_dump_of_a_database_is_about_that_database() {
    for (sql, name) in [
        (
            "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `x` /*!40100 DEFAULT CHARACTER SET utf8 */; USE `x`; CREATE TABLE t (a int)",
            Some("x"),
        ),
        ("DROP SCHEMA IF EXISTS x; CREATE SCHEMA x; USE x;", Some("x")),
        ("CREATE DATABASE x; USE y", None),
        ("CREATE DATABASE x", None),
        ("USE x", None),
    ] {
        assert_eq!(
            databases::founded(split(sql, &Lexicon::MYSQL)).as_deref(),
            name,
            "{sql}"
        );
    }
}

#[test]
fn the_name_of_the_database_itself_is_taken_away() {
    for (sql, text) in [
        (
            "CREATE TABLE `shop`.`t` (a int, FOREIGN KEY (a) REFERENCES shop.u (a))",
            "CREATE TABLE `t` (a int, FOREIGN KEY (a) REFERENCES u (a))",
        ),
        ("CREATE TABLE shop.t LIKE dump . u", "CREATE TABLE t LIKE u"),
        (
            "ALTER TABLE shop.t ADD a int, RENAME TO shop.u",
            "ALTER TABLE t ADD a int, RENAME TO u",
        ),
        (
            "CREATE VIEW dump.v AS SELECT shop.t.a, shop.f(1) FROM shop.t JOIN other.x",
            "CREATE VIEW v AS SELECT t.a, f(1) FROM t JOIN other.x",
        ),
        (
            "CREATE VIEW v AS SELECT shop.id, shop.a.b FROM shop.shop JOIN shop.a",
            "CREATE VIEW v AS SELECT shop.id, a.b FROM shop JOIN a",
        ),
        ("CREATE INDEX i ON shop.t (a)", "CREATE INDEX i ON t (a)"),
        (
            "DROP TABLE IF EXISTS shop.a, b, shop.c",
            "DROP TABLE IF EXISTS a, b, c",
        ),
        (
            "RENAME TABLE shop.a TO shop.b, c TO dump.d",
            "RENAME TABLE a TO b, c TO d",
        ),
        (
            "CREATE TRIGGER shop.g BEFORE INSERT ON shop.t FOR EACH ROW INSERT INTO dump.u VALUES ('shop.x')",
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW INSERT INTO u VALUES ('shop.x')",
        ),
    ] {
        assert_eq!(runs(sql), text);
    }
}

#[test]
fn a_body_that_names_the_database_stays_as_it_is() {
    let sql = "CREATE PROCEDURE shop.p() DELETE FROM shop.t";
    let found = adjusted(sql, HOME).unwrap();
    assert_eq!(
        found.text.as_deref(),
        Some("CREATE PROCEDURE      p() DELETE FROM shop.t")
    );
    assert_eq!(found.names_home, sql.rfind("shop"));
}

#[test]
fn what_is_made_in_another_database_is_refused() {
    for (sql, offset) in [
        ("CREATE TABLE other.t (a int)", 13),
        ("ALTER TABLE t RENAME TO other.t", 24),
        ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE other.t", 46),
        ("DROP TABLE a, other.b", 14),
        ("RENAME TABLE a TO other.a", 18),
        ("CREATE INDEX i ON other.t (a)", 18),
        (
            "CREATE TRIGGER g BEFORE INSERT ON other.t FOR EACH ROW SET @a = 1",
            34,
        ),
        ("CREATE TABLE t AS SELECT * FROM other.t", 32),
        ("DROP PROCEDURE IF EXISTS other.p", 25),
    ] {
        let refusal = adjusted(sql, HOME).unwrap_err();
        assert_eq!(refusal.offset, offset, "{sql}");
        assert!(
            refusal.message.starts_with("`other` is another database"),
            "{sql}"
        );
    }
    assert!(adjusted("ALTER TABLE t RENAME COLUMN a TO b, RENAME INDEX c TO d", HOME).is_ok());
}

#[test]
fn definers_are_taken_away_unless_they_are_managed() {
    let sql = "CREATE /*!50017 DEFINER=`a b`@`%`*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @definer = 1 */";
    assert_eq!(
        runs(sql),
        "CREATE /*!50017 */ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @definer = 1 */"
    );
    assert_eq!(
        runs("CREATE DEFINER = a@localhost SQL SECURITY DEFINER VIEW v AS SELECT 1"),
        "CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1"
    );
    let keep = Home {
        definer: Definer::Keep,
        ..HOME
    };
    assert_eq!(adjusted(sql, keep).unwrap(), Adjusted::default());
}

#[test]
fn events_never_run_on_a_scratch() {
    for (sql, text, enabled) in [
        (
            "CREATE EVENT shop.e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM t",
            Some(true),
        ),
        (
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY ON COMPLETION PRESERVE ENABLE COMMENT 'x' DO SET @a = 1",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY ON COMPLETION PRESERVE DISABLE COMMENT 'x' DO SET @a = 1",
            Some(true),
        ),
        (
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE ON SLAVE DO SET @a = 1",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE ON SLAVE DO SET @a = 1",
            Some(false),
        ),
        ("ALTER EVENT e ENABLE", "ALTER EVENT e DISABLE", Some(true)),
        ("ALTER EVENT e COMMENT 'x'", "ALTER EVENT e COMMENT 'x'", None),
    ] {
        assert_eq!(runs(sql), text);
        let change = EventChange {
            name: "e".into(),
            renamed: None,
            enabled,
        };
        assert_eq!(manner(sql).about, About::Event(change), "{sql}");
    }
    match manner("ALTER EVENT e ON SCHEDULE EVERY 2 DAY RENAME TO f DISABLE").about {
        About::Event(change) => assert_eq!(
            (change.renamed.as_deref(), change.enabled),
            (Some("f"), Some(false))
        ),
        other => panic!("{other:?}"),
    }
}
