//! Settings and database URLs that are wrong.

use crate::{
    program::Program,
    refusal::{PASSWORD, refused, says},
};

const TARGET: &str = "CREATE TABLE t (a integer PRIMARY KEY);";

/// A project with these settings.
fn with_config(config: impl AsRef<[u8]>) -> Program {
    let program = Program::with_target(TARGET);
    program.write("autogen.toml", config);
    program
}

#[test]
fn a_folder_without_settings_says_how_to_get_some() {
    let program = Program::in_empty_folder();
    // So that no settings further up are found.
    std::fs::create_dir(program.path(".git")).unwrap();
    for verb in ["check", "upgrade", "current"] {
        refused(
            &program,
            &[verb],
            1,
            &["there is no autogen.toml", "autogen init", "--config"],
        );
    }
    refused(
        &program,
        &["check", "--config", "nope.toml"],
        1,
        &["nope.toml: no such file"],
    );
}

#[test]
fn empty_settings_say_what_is_missing() {
    let program = with_config("");
    for args in [
        &["check"][..],
        &["diff"],
        &["upgrade"],
        &["current"],
        &["revision", "-m", "x"],
    ] {
        refused(
            &program,
            args,
            1,
            &["no database is given", "--url", "DATABASE_URL", "autogen.toml"],
        );
    }
    refused(
        &program,
        &["check", "--url", "sqlite://app.db"],
        1,
        &["target", "autogen.toml"],
    );
}

#[test]
fn malformed_settings_are_shown_where_they_are_wrong() {
    for (config, words) in [
        (
            "url = \"sqlite://app.db\"\ntarget = [\n",
            &["autogen.toml:2:11", "unclosed array"][..],
        ),
        (
            "url = \"sqlite://app.db\"\ntarge = [\"schema.sql\"]\n",
            &[
                "autogen.toml:2:1",
                "unknown key `targe`",
                "did you mean `target`?",
            ],
        ),
        (
            "url = \"sqlite://app.db\"\n[frobnicate]\nx = 1\n",
            &["autogen.toml:2", "unknown key `frobnicate`"],
        ),
        ("url = 5\n", &["autogen.toml:1:7", "`url` must be a string"]),
        (
            "lock_timeout = \"soon\"\n",
            &["autogen.toml:1:16", "`soon` is no duration", "30s"],
        ),
        (
            "url = \"${NOT_SET_ANYWHERE}\"\n",
            &["autogen.toml:1", "`NOT_SET_ANYWHERE` is not set"],
        ),
        (
            "url = \"a\"\nurl = \"b\"\n",
            &["autogen.toml:2:1", "duplicate key"],
        ),
    ] {
        refused(&with_config(config), &["check"], 1, words);
    }
    let program = with_config(b"\xff\xfe");
    refused(&program, &["check"], 1, &["autogen.toml", "not UTF-8"]);
}

#[test]
fn a_url_is_refused_without_its_password() {
    for (url, words) in [
        (
            "oracle://u:hunter2@h/db",
            &["unknown database scheme `oracle`", "sqlite:"][..],
        ),
        ("oracle://u:hun@hunter2/x y@h/db", &["unknown database scheme"]),
        ("postgres://u:hunter2@h/db", &["no connection to h:5432"]),
        ("mysql://u:hunter2@h/db?password=hunter2", &["MySQL"]),
        ("u:hunter2@h/db", &["is not a database URL"]),
        ("postgres//u:hunter2@h/db", &["is not a database URL"]),
    ] {
        let program = with_config("target = [\"schema.sql\"]\n");
        refused(&program, &["check", "--url", url], 1, words);
        refused(&program, &["upgrade", "--url", url, "-v"], 1, words);
        refused(&program, &["check", "--format", "json", "--url", url], 1, words);
        refused(&program, &["diff", "--from", url, "--to", "schema.sql"], 1, &[]);

        let run = program
            .command(&["check"])
            .env("DATABASE_URL", url)
            .output()
            .unwrap();
        let shown = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{shown}");
        assert!(
            shown.contains(words[0]) && !shown.contains(PASSWORD),
            "{url}: {shown}"
        );

        let program = with_config(format!("target = [\"schema.sql\"]\nurl = \"{url}\"\n"));
        refused(&program, &["check"], 1, &[]);
        // The quote that is missing leaves the URL in a line that is shown.
        let program = with_config(format!("target = [\"schema.sql\"]\nurl = \"{url}\n"));
        refused(&program, &["check"], 1, &["autogen.toml:2"]);
    }
}

#[test]
fn a_url_that_names_no_file_says_what_one_looks_like() {
    let program = with_config("target = [\"schema.sql\"]\n");
    for (url, words) in [
        ("", &["the database URL is empty", "sqlite://app.db"][..]),
        ("app.db", &["is not a database URL", "sqlite://app.db"]),
        ("sqlite:", &["names no file", "sqlite://app.db"]),
        ("sqlite://", &["names no file", "sqlite://app.db"]),
        ("sqlite://app.db?mode=zz", &["`mode`", "`ro`"]),
        ("sqlite://app.db?frob=1", &["unknown parameter `frob`"]),
    ] {
        refused(&program, &["check", "--url", url], 1, words);
    }
}

#[test]
fn a_database_is_named_by_a_relative_or_an_absolute_path() {
    for (relative, file) in [(true, "relative.db"), (false, "absolute.db")] {
        let program = with_config("target = [\"schema.sql\"]\n");
        let url = if relative {
            format!("sqlite://{file}")
        } else {
            format!("sqlite://{}", program.path(file).display())
        };
        assert_eq!(url.starts_with("sqlite:///"), !relative);
        let run = refused(&program, &["check", "--url", &url], 2, &["does not exist"]);
        assert!(run.stdout.contains("1 new table"), "{}", run.stdout);
        program.run(&["revision", "-m", "first", "--url", &url]).ok();
        program.run(&["upgrade", "--url", &url]).ok();
        says(&program.run(&["check", "--url", &url]).ok(), &["in step"]);
        assert!(program.path(file).exists());
    }
}
