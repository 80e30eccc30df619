//! W-01 to W-04 and the runs of V over a database: the rows of the ledger.

use super::{fork, line, refused, rows, script, tables};

#[test]
fn w_01_rows_follow_branches_and_merges() {
    let program = fork();
    script(&program, "eeee", &["d111", "d222"], "");
    script(&program, "ffff", &["eeee"], "");
    for (args, after, made) in [
        (&["upgrade", "aaaa"][..], "aaaa", "aaaa"),
        (&["upgrade", "+1"], "bbbb", "aaaa bbbb"),
        (&["upgrade", "c111"], "c111", "aaaa bbbb c111"),
        (&["upgrade", "c2branch@+1"], "c111 c222", "aaaa bbbb c111 c222"),
        (
            &["upgrade", "c2branch@+1"],
            "c111 d222",
            "aaaa bbbb c111 c222 d222",
        ),
        (&["upgrade", "eeee"], "eeee", "aaaa bbbb c111 c222 d111 d222 eeee"),
        (&["upgrade"], "ffff", "aaaa bbbb c111 c222 d111 d222 eeee ffff"),
        (
            &["downgrade", "d111"],
            "d111 d222",
            "aaaa bbbb c111 c222 d111 d222",
        ),
        (&["downgrade", "c1branch@bbbb"], "d222", "aaaa bbbb c222 d222"),
        (&["downgrade", "-1"], "c222", "aaaa bbbb c222"),
        (&["downgrade", "base"], "", ""),
    ] {
        program.run(args).ok();
        assert_eq!(rows(&program), after, "{args:?}");
        assert_eq!(tables(&program), made, "{args:?}");
    }
}

#[test]
fn v_10_a_step_down_from_two_heads_is_refused_with_both_named() {
    let program = fork();
    program.run(&["upgrade", "heads"]).ok();
    refused(
        program.run(&["downgrade", "-1"]),
        1,
        "the database is at d111, d222",
    );
    refused(
        program.run(&["upgrade", "+1"]),
        1,
        "the database is at d111, d222",
    );
    refused(program.run(&["upgrade"]), 1, "there are several heads");
    assert_eq!(rows(&program), "d111 d222");
}

#[test]
fn v_16_what_another_branch_depends_on_has_no_row() {
    let program = super::project();
    script(&program, "a111", &[], ".branch_labels(&[\"lib\"])");
    script(&program, "b111", &["a111"], "");
    script(&program, "a222", &[], ".depends_on(&[\"lib\"])");
    script(&program, "b222", &["a222"], ".depends_on(&[\"b111\"])");
    program.run(&["upgrade", "a222"]).ok();
    assert_eq!(
        (rows(&program), tables(&program)),
        ("a222".into(), "a111 a222".into())
    );
    program.run(&["upgrade", "heads"]).ok();
    assert_eq!(rows(&program), "b222");
    program.run(&["downgrade", "b222-1"]).ok();
    assert_eq!(rows(&program), "a222 b111");
    program.run(&["downgrade", "lib@base"]).ok();
    assert_eq!((rows(&program), tables(&program)), (String::new(), String::new()));
}

#[test]
fn w_02_a_row_that_is_gone_or_there_twice_is_an_error() {
    let program = line();
    program.run(&["upgrade", "aaaa"]).ok();
    program.sqlite(
        "CREATE TRIGGER gone BEFORE UPDATE ON autogen_version BEGIN DELETE FROM autogen_version; END",
    );
    refused(program.run(&["upgrade"]), 3, "expected to match one row");
    assert_eq!(tables(&program), "aaaa", "nothing of the script is left");
    program.sqlite("DROP TRIGGER gone");
    program.run(&["upgrade"]).ok();
}

#[test]
fn w_03_looking_never_makes_the_tables() {
    let program = line();
    program.sqlite("CREATE TABLE mine (a)");
    for args in [
        &["current"][..],
        &["current", "--check-heads"],
        &["history", "-i"],
        &["heads"],
        &["show", "current"],
    ] {
        program.run(args);
    }
    assert_eq!(program.sqlite("SELECT name FROM sqlite_schema").trim(), "mine");
}

#[test]
fn w_04_another_table_without_a_key_is_read_and_what_stands_twice_reported() {
    let program = line();
    program.write(
        "autogen.toml",
        "url = \"sqlite://app.db\"\nversion_table = \"schema_version\"\n",
    );
    program.run(&["upgrade", "aaaa"]).ok();
    let text = program.sqlite("SELECT version_num FROM schema_version");
    assert_eq!(text.trim(), "aaaa");
    program.sqlite(
        "DROP TABLE schema_version; CREATE TABLE schema_version (version_num varchar(32) NOT NULL);
         INSERT INTO schema_version VALUES ('aaaa')",
    );
    program.run(&["upgrade", "bbbb"]).ok();
    program.sqlite("INSERT INTO schema_version VALUES ('bbbb')");
    refused(
        program.run(&["upgrade"]),
        3,
        "bbbb stands twice in schema_version",
    );
    program.run(&["stamp", "bbbb", "--purge"]).ok();
    program.run(&["upgrade"]).ok();
}

#[test]
fn v_24_stamps_touch_only_the_branch_they_name() {
    let program = fork();
    program.run(&["ensure-version", "--url", "sqlite://app.db"]).ok();
    for (to, after) in [
        (&["heads"][..], "d111 d222"),
        (&["heads"], "d111 d222"),
        (&["c1branch@base"], "d222"),
        (&["c111"], "c111 d222"),
        (&["c1branch@head"], "d111 d222"),
        (&["bbbb"], "bbbb"),
        (&["c111", "c222"], "c111 c222"),
        (&["base"], ""),
    ] {
        program.run(&[&["stamp"], to].concat()).ok();
        assert_eq!(rows(&program), after, "{to:?}");
    }
    refused(
        program.run(&["stamp", "c111", "d111"]),
        1,
        "cannot both be stamped",
    );
    assert_eq!(tables(&program), "");
}
