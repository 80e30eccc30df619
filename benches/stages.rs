//! What each stage costs, by the number of tables, and what the whole `check` costs.
//!
//! `cargo bench` runs all; `cargo bench -- reflect` one stage. Each table has eleven columns, a foreign key, a check and two indexes.

use autogen::compare::{CompareOptions, Pair, compare};
use autogen::config::Filter;
use autogen::dialect::sqlite::Sqlite;
use autogen::directive::Directive;
use autogen::plan::plan;
use autogen::reflect::reflect;
use autogen::schema::Schema;
use autogen::script::{Folder, Header, RevisionId, Script, read, render};
use autogen::target::{Context, Source, realise};
use autogen::{Connection, Engine};
use divan::Bencher;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const TABLES: [usize; 4] = [10, 100, 1_000, 10_000];

/// A schema of so many tables; `variant` changes one column type of every tenth.
fn sql(tables: usize, variant: bool) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for n in 0..tables {
        let ty = if variant && n % 10 == 0 {
            "BIGINT"
        } else {
            "INTEGER"
        };
        let parent = n / 2;
        let _ = write!(
            out,
            "CREATE TABLE table_{n} (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES table_{parent} (id) ON DELETE CASCADE,
  name VARCHAR(100) NOT NULL,
  email TEXT COLLATE NOCASE,
  quantity {ty} NOT NULL DEFAULT 0,
  price NUMERIC(10, 2),
  status TEXT NOT NULL DEFAULT 'new',
  created_at TEXT DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT,
  notes TEXT,
  payload BLOB,
  CONSTRAINT table_{n}_quantity_check CHECK (quantity >= 0)
);
CREATE INDEX table_{n}_name_idx ON table_{n} (name);
CREATE UNIQUE INDEX table_{n}_email_idx ON table_{n} (email) WHERE email IS NOT NULL;
"
        );
    }
    out
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

async fn loaded(sql: &str) -> Connection {
    let mut connection = Connection::memory().await.expect("a database");
    let statements: Vec<&str> = sql.split(";\n").filter(|s| !s.trim().is_empty()).collect();
    connection
        .execute_each(&statements)
        .await
        .unwrap_or_else(|e| panic!("{}", e.error));
    connection
}

/// The schema of a text, realised as a target is: faster than one database with all of it, because SQLite looks through its whole
/// catalog after each CREATE.
fn schema(sql: &str) -> Schema {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("schema.sql"), sql).expect("a file");
    let source = Source::parse("schema.sql", folder.path()).expect("a source");
    let filter = Filter::everything();
    let realised = runtime().block_on(async {
        realise(&source, &Context::new(Engine::Sqlite, &filter))
            .await
            .expect("a schema")
    });
    Arc::unwrap_or_clone(realised.schema)
}

/// All tables as new ones.
fn directives(tables: usize) -> Vec<Directive> {
    let target = schema(&sql(tables, false));
    compare(
        Pair::new(&Schema::new(), &target),
        &Sqlite,
        &CompareOptions::default(),
    )
    .expect("a comparison")
    .upgrade
}

fn script(tables: usize) -> Script {
    Script {
        header: Header::new(RevisionId::random()),
        upgrade: directives(tables),
        downgrade: Vec::new(),
    }
}

#[divan::bench(args = TABLES, sample_count = 5)]
fn reflect_live(bencher: Bencher, tables: usize) {
    let runtime = runtime();
    let mut connection = runtime.block_on(loaded(&sql(tables, false)));
    bencher.bench_local(|| {
        runtime.block_on(async {
            reflect(&mut connection, &Filter::everything())
                .await
                .expect("a schema")
        })
    });
}

#[divan::bench(args = TABLES, sample_count = 3)]
fn realise_target(bencher: Bencher, tables: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("schema.sql"), sql(tables, false)).expect("a file");
    let source = Source::parse("schema.sql", folder.path()).expect("a source");
    let filter = Filter::everything();
    let runtime = runtime();
    bencher.bench_local(|| {
        runtime.block_on(async {
            realise(&source, &Context::new(Engine::Sqlite, &filter))
                .await
                .expect("a schema")
        })
    });
}

#[divan::bench(args = TABLES, sample_count = 5)]
fn compare_equal(bencher: Bencher, tables: usize) {
    let schema = schema(&sql(tables, false));
    bencher.bench_local(|| {
        compare(Pair::new(&schema, &schema), &Sqlite, &CompareOptions::default()).expect("equal")
    });
}

#[divan::bench(args = TABLES, sample_count = 5)]
fn compare_one_in_ten_changed(bencher: Bencher, tables: usize) {
    let live = schema(&sql(tables, false));
    let target = schema(&sql(tables, true));
    bencher.bench_local(|| {
        compare(Pair::new(&live, &target), &Sqlite, &CompareOptions::default()).expect("changes")
    });
}

#[divan::bench(args = TABLES, sample_count = 3)]
fn render_script(bencher: Bencher, tables: usize) {
    let script = script(tables);
    bencher.bench_local(|| render(&script).expect("a script"));
}

#[divan::bench(args = TABLES, sample_count = 3)]
fn read_script(bencher: Bencher, tables: usize) {
    let text = render(&script(tables)).expect("a script");
    bencher.bench_local(|| read(&text, None, "sqlite").expect("a script"));
}

#[divan::bench(args = TABLES, sample_count = 3)]
fn plan_new_tables(bencher: Bencher, tables: usize) {
    let directives = directives(tables);
    bencher.bench_local(|| plan(&directives, &Schema::new(), &Sqlite).expect("a plan"));
}

/// `autogen check` on a database in step, as a whole process.
#[divan::bench(args = TABLES, sample_count = 3)]
fn check_in_step(bencher: Bencher, tables: usize) {
    let folder = project(tables);
    bencher.bench_local(|| {
        let status = Command::new(env!("CARGO_BIN_EXE_autogen"))
            .arg("check")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the program runs");
        assert_eq!(status.code(), Some(0), "the database is in step");
    });
}

/// What the check is measured against: the sqlite3 shell prints the schema and loads the target into memory.
#[divan::bench(args = TABLES, sample_count = 3)]
fn sqlite3_schema_and_load(bencher: Bencher, tables: usize) {
    let folder = project(tables);
    bencher.bench_local(|| {
        for (database, command) in [("app.db", ".schema"), (":memory:", ".read schema.sql")] {
            let status = Command::new("sqlite3")
                .args([database, command])
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .status()
                .expect("the sqlite3 shell is there");
            assert!(status.success());
        }
    });
}

fn project(tables: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("schema.sql", &sql(tables, false));
    write(
        "autogen.toml",
        "url = \"sqlite://app.db\"\ntarget = [\"schema.sql\"]\nscript_location = \"migrations\"\n",
    );
    std::fs::create_dir(folder.path().join("migrations")).expect("a folder");
    create(&folder.path().join("app.db"), &sql(tables, false));
    folder
}

fn create(database: &Path, sql: &str) {
    let url = autogen::DatabaseUrl::sqlite_file(database);
    runtime().block_on(async {
        let mut connection = Connection::open(&url, autogen::database::Open::Create)
            .await
            .expect("a database");
        connection.execute("BEGIN").await.expect("a transaction");
        let statements: Vec<&str> = sql.split(";\n").filter(|s| !s.trim().is_empty()).collect();
        connection
            .execute_each(&statements)
            .await
            .unwrap_or_else(|e| panic!("{}", e.error));
        connection.execute("COMMIT").await.expect("a commit");
    });
}

/// A folder of so many scripts, each following the one before, one in ten on a branch that is merged again.
fn history(length: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let upgrade = directives(1);
    for n in 0..length {
        let id = |n: usize| RevisionId::new(format!("{n:012x}")).expect("an id");
        let mut header = Header::new(id(n));
        header.message = format!("what script {n} is for");
        header.revises = match (n, n % 10) {
            (0, _) => Vec::new(),
            (_, 5) => vec![id(n - 2)],
            (_, 6) => vec![id(n - 1), id(n - 2)],
            _ => vec![id(n - 1)],
        };
        let script = Script {
            header,
            upgrade: upgrade.clone(),
            downgrade: Vec::new(),
        };
        let path = folder.path().join(format!("{n:012x}_script.rs"));
        std::fs::write(path, render(&script).expect("a text")).expect("a file");
    }
    folder
}

const SCRIPTS: [usize; 3] = [100, 1_000, 5_000];

/// The headers of all scripts, from files: at most 60 microseconds a script.
#[divan::bench(args = SCRIPTS, sample_count = 5)]
fn load_headers(bencher: Bencher, scripts: usize) {
    let folder = history(scripts);
    bencher.bench_local(|| Folder::load(folder.path()).expect("a folder"));
}

/// The same by the program, with what `history` and `heads` print.
#[divan::bench(args = ["history", "heads"], sample_count = 5)]
fn list_5000_scripts(bencher: Bencher, verb: &str) {
    let scripts = history(5_000);
    let folder = tempfile::tempdir().expect("a folder");
    let settings = format!(
        "script_location = '{}'\nurl = \"sqlite://app.db\"\n",
        scripts.path().display()
    );
    std::fs::write(folder.path().join("autogen.toml"), settings).expect("a file");
    bencher.bench_local(|| {
        let status = Command::new(env!("CARGO_BIN_EXE_autogen"))
            .arg(verb)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the program runs");
        assert!(status.success());
    });
}
