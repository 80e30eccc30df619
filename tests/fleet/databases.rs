//! Several databases in one file: one by its name, all of them with a sum.

use crate::program::Program;

fn project() -> Program {
    let program = Program::in_empty_folder();
    for folder in ["orders", "log"] {
        std::fs::create_dir(program.path(folder)).unwrap();
    }
    program.write(
        "autogen.toml",
        "file_template = '{rev}'\n\
         [databases.orders]\nurl = 'sqlite://orders.db'\ntarget = 'orders.sql'\nscript_location = 'orders'\n\
         [databases.log]\nurl = 'sqlite://${file}.db'\ntarget = 'log.sql'\nscript_location = 'log'\n",
    );
    program.write("orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY);");
    program.write("log.sql", "CREATE TABLE log (id integer PRIMARY KEY);");
    program
}

#[test]
fn x_03_a_command_is_for_one_or_for_all_and_sums_up() {
    let program = project();
    let run = program.run(&["check"]).with_code(1);
    assert!(
        run.stderr.contains("there are several databases: orders, log"),
        "{}",
        run.stderr
    );
    let run = program.run(&["check", "-n", "order"]).with_code(1);
    assert!(run.stderr.contains("did you mean `orders`?"), "{}", run.stderr);

    let run = program.run(&["check", "--all", "-x", "file=log"]).with_code(2);
    assert!(
        run.stdout.contains("== orders\n") && run.stdout.contains("== log\n"),
        "{}",
        run.stdout
    );
    program
        .run(&["revision", "-m", "first", "--all", "-x", "file=log"])
        .ok();
    assert_eq!(
        (program.files("orders").len(), program.files("log").len()),
        (1, 1)
    );
    program.run(&["upgrade", "-n", "orders"]).ok();
    program.run(&["check", "-n", "orders"]).ok();
    // Behind weighs more than in step.
    program.run(&["check", "--all", "-x", "file=log"]).with_code(3);
    // One that cannot be reached does not keep the others from being served.
    program.write(
        "orders.sql",
        "CREATE TABLE orders (id integer PRIMARY KEY, note text);",
    );
    program.run(&["revision", "-m", "note", "-n", "orders"]).ok();
    let run = program.run(&["upgrade", "--all"]).with_code(1);
    assert!(
        run.stderr.contains("log: the variable `file` is not set"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("1 of 2 done; failed: log"), "{}", run.stderr);
    program.run(&["check", "-n", "orders"]).ok();
    let json = program
        .run(&["upgrade", "--all", "-x", "file=log", "--format", "json"])
        .ok()
        .json();
    assert_eq!(json["units"][1]["database"], "log");
    assert_eq!(
        json["units"][1]["document"]["scripts"].as_array().unwrap().len(),
        1
    );
    program.run(&["check", "--all", "-x", "file=log"]).ok();
}

#[test]
fn a_variable_of_the_process_is_not_taken_for_each_of_them() {
    let program = project();
    let mut command = program.command(&["upgrade", "--all", "-x", "file=log"]);
    command.env("DATABASE_URL", "sqlite://other.db");
    assert!(command.status().unwrap().success());
    assert!(!program.path("other.db").exists() && program.path("log.db").exists());
}
