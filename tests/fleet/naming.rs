//! The naming convention: constraints without a name of their own get one, on each engine, and a clean database stays clean.

use crate::{
    program::Program,
    server::{self, mysql},
};

const NAMING: &str = "naming = { primary_key = 'pk_{table}', unique = 'uq_{table}_{columns}', foreign_key = 'fk_{table}_{columns}_{referred_table}', check = 'ck_{table}' }\n";
const SCHEMA: &str = "CREATE TABLE a (id integer NOT NULL, n integer, PRIMARY KEY (id), UNIQUE (n), CHECK (n > 0), CHECK (n < 9));
CREATE TABLE b (id integer NOT NULL, a_id integer, CONSTRAINT mine PRIMARY KEY (id), FOREIGN KEY (a_id) REFERENCES a (id));";

/// Makes the tables, first without the convention and then by it; `names` asks for the names of constraints.
fn course(url: &str, names: impl Fn(&Program) -> String, wanted: &[&str]) {
    let program = Program::on(url);
    program.write("schema.sql", SCHEMA);
    program.run(&["revision", "-m", "first"]).ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    let settings = program.read("autogen.toml");
    program.write("autogen.toml", format!("{settings}{NAMING}"));
    program.run(&["check"]).with_code(2);
    program.run(&["revision", "-m", "names"]).ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
    let found = names(&program);
    for name in wanted {
        assert!(found.contains(name), "{url}: {name} in {found}");
    }
    program.run(&["downgrade", "-1"]).ok();
    program.run(&["downgrade", "base"]).ok();
    // From nothing, the names are right at once.
    for file in program.files("migrations") {
        std::fs::remove_file(program.path("migrations").join(file)).unwrap();
    }
    program.run(&["revision", "-m", "all"]).ok();
    program.run(&["upgrade"]).ok();
    program.run(&["check"]).ok();
}

#[test]
fn names_follow_the_convention_on_sqlite() {
    course(
        "sqlite://app.db",
        |program| program.definitions(),
        &["pk_a", "uq_a_n", "fk_b_a_id_a", "ck_a_2", "mine"],
    );
}

#[test]
fn names_follow_the_convention_on_postgres() {
    for server in server::postgres() {
        let database = server.database("naming");
        course(
            &database.url(),
            |_| database.sql("SELECT string_agg(conname, ' ') FROM pg_constraint"),
            &["pk_a", "uq_a_n", "fk_b_a_id_a", "ck_a_2", "mine"],
        );
    }
}

#[test]
fn names_follow_the_convention_on_mysql_and_mariadb() {
    for server in mysql::servers() {
        let database = server.database("naming");
        course(
            &database.url(),
            |_| {
                database.sql("SELECT group_concat(constraint_name) FROM information_schema.table_constraints WHERE table_schema = database()")
            },
            &["uq_a_n", "fk_b_a_id_a", "ck_a_2"],
        );
    }
}
