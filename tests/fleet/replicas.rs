//! E-03: ten processes do `upgrade head` at the same moment, on each engine: each script is applied once, and all end well.

use crate::{
    program::Program,
    server::{self, mysql},
};

const ROUNDS: usize = 20;

/// Rounds on one database. What `count` gives is how many rows the scripts have inserted by now.
fn rounds(url: &str, count: impl Fn(&Program) -> String) {
    let program = Program::on(url);
    let mut parent = String::new();
    for round in 1..=ROUNDS {
        for script in 1..=2 {
            let revision = format!("r{round:02}s{script}");
            let first = if parent.is_empty() {
                "    op.create_table(\"done\").column(\"round\", integer());\n"
            } else {
                ""
            };
            // Inserted twice, it would show.
            let body = format!("{first}    op.execute(\"INSERT INTO done VALUES ({round})\");\n");
            program.script_calling(&revision, &parent, &body, "");
            parent = revision;
        }
        let replicas: Vec<_> = (0..10).map(|_| program.start(&["upgrade", "head"])).collect();
        for replica in replicas {
            replica.wait().ok();
        }
        assert_eq!(
            count(&program).trim(),
            (round * 2).to_string(),
            "{url}, round {round}"
        );
    }
    let history = program.run(&["current", "-v", "--format", "json"]).ok().json();
    assert_eq!(history["history"].as_array().unwrap().len(), ROUNDS * 2);
}

#[test]
fn e_03_ten_processes_on_sqlite() {
    rounds("sqlite://app.db", |program| {
        program.sqlite("SELECT count(*) FROM done")
    });
}

#[test]
fn e_03_ten_processes_on_postgres() {
    for server in server::postgres() {
        let database = server.database("ten");
        rounds(&database.url(), |_| database.sql("SELECT count(*) FROM done"));
    }
}

#[test]
fn e_03_ten_processes_on_mysql_and_mariadb() {
    for server in mysql::servers() {
        let database = server.database("ten");
        rounds(&database.url(), |_| database.sql("SELECT count(*) FROM done"));
    }
}
