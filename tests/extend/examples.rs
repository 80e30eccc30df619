//! The examples do what they say: each is the whole command line with something of its own.

#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/audit_trigger/main.rs"]
pub(crate) mod audit_trigger;
#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/compare_callback/main.rs"]
mod compare_callback;
#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/expand_contract/main.rs"]
mod expand_contract;
#[expect(
    dead_code,
    reason = "an example is a program, and its main is not called here"
)]
#[path = "../../examples/scheduled_jobs/main.rs"]
mod scheduled_jobs;

use autogen::database::Open;
use autogen::directive::{Directive, reverse};
use autogen::extend::Extensions;
use autogen::script::Operations;
use autogen::{Connection, DatabaseUrl, Environment};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use tempfile::TempDir;

/// A copy of an example's folder.
struct Copy(TempDir);

impl Copy {
    fn of(example: &str) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(example);
        for folder in ["", "migrations"] {
            let Ok(entries) = fs::read_dir(from.join(folder)) else {
                continue;
            };
            fs::create_dir_all(place.path().join(folder)).expect("a folder");
            for entry in entries {
                let path = entry.expect("an entry").path();
                let is_part = path.extension().is_some_and(|end| end != "db") && !path.ends_with("main.rs");
                if path.is_file() && is_part {
                    let name = path.file_name().expect("a name");
                    fs::copy(&path, place.path().join(folder).join(name)).expect("a copy");
                }
            }
        }
        Self(place)
    }

    /// What the program says to these arguments, as its exit code.
    fn run(&self, environment: Environment, arguments: &[&str]) -> u8 {
        let settings = self.0.path().join("autogen.toml");
        let fixed = [
            "example",
            "--quiet",
            "--config",
            settings.to_str().expect("a path"),
        ];
        let all = fixed.iter().chain(arguments).map(Into::into);
        let code = autogen::cli::run_with(environment, all);
        (0..4)
            .find(|number| code == ExitCode::from(*number))
            .expect("a known code")
    }

    /// The first column of each row, sorted.
    fn texts(&self, sql: &str) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let mut texts: Vec<String> = runtime.expect("a runtime").block_on(async {
            let url = DatabaseUrl::parse("sqlite://app.db", self.0.path()).expect("a URL");
            let mut connection = Connection::open(&url, Open::ReadWrite).await.expect("a database");
            let rows = connection.query(sql).await.expect("rows");
            rows.iter()
                .map(|row| row.text(0).expect("a text").to_owned())
                .collect()
        });
        texts.sort();
        texts
    }

    fn scripts(&self) -> usize {
        fs::read_dir(self.0.path().join("migrations"))
            .expect("a folder")
            .count()
    }
}

#[test]
fn audit_trigger_keeps_what_happens() {
    let copy = Copy::of("audit_trigger");
    let environment = audit_trigger::environment;
    // The plain program lists the script, and does not run it.
    assert_eq!(copy.run(Environment::new(), &["history"]), 0);
    assert_eq!(copy.run(Environment::new(), &["upgrade", "head"]), 1);
    assert_eq!(copy.run(environment(), &["upgrade", "head"]), 0);
    copy.texts("INSERT INTO orders VALUES (7), (8) RETURNING ''");
    copy.texts("DELETE FROM orders WHERE id = 7 RETURNING ''");
    assert_eq!(
        copy.texts("SELECT what || ' ' || row FROM orders_audit"),
        ["delete 7", "insert 7", "insert 8"]
    );
    assert_eq!(copy.run(environment(), &["downgrade", "base"]), 0);
    let left = "SELECT name FROM sqlite_master WHERE name LIKE 'orders%'";
    assert_eq!(copy.texts(left), Vec::<String>::new());

    let mut op = Operations::new("sqlite");
    audit_trigger::upgrade(&mut op);
    let mut directives = op.finish().expect("no mistake");
    audit_trigger::extensions().resolve(&mut directives);
    directives.extend(reverse(&directives));
    let said: Vec<String> = directives.iter().map(Directive::summary).collect();
    assert_eq!(said, ["audit orders", "stop auditing orders"]);
}

#[test]
fn expand_contract_makes_two_revisions_of_one() {
    let copy = Copy::of("expand_contract");
    let environment = expand_contract::environment;
    assert_eq!(copy.run(environment(), &["upgrade", "head"]), 0);
    assert_eq!(copy.run(environment(), &["revision", "-m", "one name"]), 0);
    assert_eq!(copy.scripts(), 3);
    let columns = "SELECT name FROM pragma_table_info('users')";
    assert_eq!(copy.run(environment(), &["upgrade", "+1"]), 0);
    assert_eq!(copy.texts(columns), ["first", "full_name", "id", "last"]);
    assert_eq!(copy.run(environment(), &["upgrade", "+1"]), 0);
    assert_eq!(copy.texts(columns), ["full_name", "id"]);
    assert_eq!(copy.run(environment(), &["check"]), 0);
    assert_eq!(copy.run(environment(), &["revision", "-m", "nothing"]), 0);
    assert_eq!(copy.scripts(), 3, "nothing differs, so nothing is written");
    assert_eq!(copy.run(environment(), &["downgrade", "-2"]), 0);
    assert_eq!(copy.texts(columns), ["first", "id", "last"]);
}

#[test]
fn scheduled_jobs_are_brought_in_step() {
    let copy = Copy::of("scheduled_jobs");
    let environment = scheduled_jobs::environment;
    let jobs = "SELECT name || ' ' || job FROM scheduled_jobs";
    assert_eq!(copy.run(environment(), &["revision", "-m", "jobs"]), 0);
    assert_eq!(copy.run(environment(), &["upgrade", "head"]), 0);
    assert_eq!(
        copy.texts(jobs),
        ["report daily: SELECT 1", "sweep hourly: DELETE FROM sessions"]
    );
    assert_eq!(copy.run(environment(), &["check"]), 0);
    // Somebody changes one by hand, and the program comes to want another set.
    copy.texts("UPDATE scheduled_jobs SET job = 'never' WHERE name = 'sweep' RETURNING ''");
    assert_eq!(copy.run(environment(), &["check"]), 2);
    let fewer = || {
        Environment::new().extensions(Extensions::new().object_kind(scheduled_jobs::Jobs {
            declared: vec![("sweep", "daily: DELETE FROM sessions")],
        }))
    };
    assert_eq!(copy.run(fewer(), &["revision", "-m", "fewer"]), 0);
    assert_eq!(copy.run(fewer(), &["upgrade", "head"]), 0);
    assert_eq!(copy.texts(jobs), ["sweep daily: DELETE FROM sessions"]);
    assert_eq!(copy.run(fewer(), &["check", "--to", "migrations"]), 0);
    assert_eq!(copy.run(fewer(), &["downgrade", "-1"]), 0);
    assert_eq!(copy.texts(jobs), ["report daily: SELECT 1", "sweep never"]);
}

#[test]
fn compare_callback_decides_what_differs() {
    let copy = Copy::of("compare_callback");
    assert_eq!(copy.run(Environment::new(), &["upgrade", "head"]), 0);
    assert_eq!(copy.run(compare_callback::environment(), &["check"]), 0);
    assert_eq!(copy.run(Environment::new(), &["check"]), 2);
    // What the settings leave out needs no program.
    let settings = copy.0.path().join("autogen.toml");
    let text = fs::read_to_string(&settings).expect("settings");
    let written = format!("{text}exclude = [\"legacy_*\"]\ncompare = {{ types = false }}\n");
    fs::write(&settings, written).expect("settings");
    assert_eq!(copy.run(Environment::new(), &["check"]), 0);
}
