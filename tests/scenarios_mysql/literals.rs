//! Literals with backslashes and quotes, wherever a schema can have them, between sessions that read them otherwise; and the time zones of
//! events.

use std::fs;

use crate::project::Project;
use crate::support::server::mysql::servers;

/// Routines, triggers, events and views made in two modes, and tables with literals in all their parts.
const LITERALS: &str = include_str!("literals.sql");

/// A mode in which neither backslashes nor double quotes mean what they usually do.
const OTHER_MODE: &str = "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\n";

#[test]
fn literals_mean_the_same_whatever_the_mode_of_who_loads_them() {
    for server in servers() {
        let project = Project::new(server, LITERALS, "");
        let url = project.database.url();
        let output = project.command(&["inspect"]).output().expect("the program runs");
        let shown = String::from_utf8(output.stdout).expect("text");
        fs::write(project.folder.path().join("schema.sql"), &shown).expect("a file");
        project.ok(&["check"]);
        for mode in ["", OTHER_MODE] {
            let again = server.database("again");
            again.sql(&format!("{mode}{shown}"));
            project.ok(&["diff", "--exit-code", "--from", &url, "--to", &again.url()]);
        }
        // The same by a script, run here and as text elsewhere.
        let made = Project::new(server, "", &shown);
        made.ok(&["revision", "-m", "all"]);
        let output = made
            .command(&["upgrade", "--sql"])
            .output()
            .expect("the program runs");
        let text = String::from_utf8(output.stdout).expect("text");
        made.ok(&["upgrade"]);
        made.ok(&["check"]);
        let elsewhere = server.database("elsewhere");
        elsewhere.sql(&format!("{OTHER_MODE}{text}"));
        for database in [&made.database, &elsewhere] {
            made.ok(&["diff", "--exit-code", "--from", &url, "--to", &database.url()]);
            // The words themselves, as the server has them.
            let bodies = |database: &str| {
                let all = format!(
                    "SELECT ROUTINE_NAME, ROUTINE_DEFINITION, ROUTINE_COMMENT, SQL_MODE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '{database}' ORDER BY 1;
                     SELECT TRIGGER_NAME, ACTION_STATEMENT, SQL_MODE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '{database}' ORDER BY 1;
                     SELECT EVENT_NAME, EVENT_DEFINITION, EVENT_COMMENT, SQL_MODE FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '{database}' ORDER BY 1;
                     SELECT TABLE_NAME, COLUMN_NAME, COLUMN_DEFAULT, COLUMN_TYPE, COLUMN_COMMENT, GENERATION_EXPRESSION FROM information_schema.COLUMNS
                     WHERE TABLE_SCHEMA = '{database}' AND TABLE_NAME NOT LIKE 'autogen%' ORDER BY 1, 2"
                );
                server.sql("mysql", &all)
            };
            assert_eq!(bodies(&database.name), bodies(&project.database.name));
        }
        made.ok(&["downgrade", "base"]);
        made.ok(&["upgrade"]);
        made.ok(&["check"]);
    }
}

#[test]
fn an_event_keeps_its_time_zone() {
    for server in servers() {
        let event = |zone: &str, starts: &str| {
            format!(
                "SET time_zone = '{zone}';\nCREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '{starts}' ENDS '2035-01-01 00:00:00' DISABLE DO DO 1;\nSET time_zone = '+00:00';\n"
            )
        };
        let once = "CREATE EVENT once ON SCHEDULE AT '2034-05-06 07:08:09' DISABLE DO DO 1;\n";
        let first = event("+02:00", "2030-01-01 00:00:00") + once;
        let project = Project::new(server, &first, &first);
        let seen = || {
            project.database.sql(
                "SELECT EVENT_NAME, TIME_ZONE, STARTS, ENDS, EXECUTE_AT FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1",
            )
        };
        let begin = seen();
        assert!(begin.contains("+02:00"), "{begin}");
        project.ok(&["check"]);
        let target = |sql: &str| fs::write(project.folder.path().join("schema.sql"), sql).expect("a file");
        for (other, what) in [
            (event("-03:00", "2030-01-01 00:00:00") + once, "-03:00"),
            (
                event("-03:00", "2031-01-01 00:00:00") + once,
                "2031-01-01 00:00:00",
            ),
            (event("+00:00", "2031-01-01 00:00:00") + once, "+00:00"),
        ] {
            target(&other);
            assert_eq!(project.run(&["check"]).0, 2, "{what}");
            project.ok(&["revision", "-m", "zone"]);
            project.ok(&["upgrade"]);
            project.ok(&["check"]);
            assert!(seen().contains(what), "{what}: {}", seen());
        }
        project.ok(&["downgrade", "base"]);
        let back = seen();
        let text = project.ok(&["inspect"]);
        let again = server.database("again");
        assert_eq!(back, begin, "{}", server.engine());
        let sql = text.split("\nwarning:").next().unwrap_or_default();
        again.sql(&format!("SET time_zone = '+05:00';\n{sql}"));
        let sides = ["--from", &project.database.url(), "--to", &again.url()];
        project.ok(&[&["diff", "--exit-code"], &sides[..]].concat());
    }
}
