//! What reading a schema and a whole `check` cost on PostgreSQL, by the number of tables, beside what `pg_dump` and bare catalog
//! queries cost on the same database in the same run.
//!
//! `cargo bench --bench postgres` measures 10, 100, 1,000 and 5,000 tables on the first version that is installed;
//! `cargo bench --bench postgres -- pg18 10 100` other sizes on another one. Each table has eleven columns, an identity, a foreign
//! key, a check, two indexes and a comment. A time is the median of several runs. Reading is to connect and to reflect, in this
//! process; the others are processes of their own, as users start them.

use autogen::config::Filter;
use autogen::database::Open;
use autogen::reflect::reflect;
use autogen::{Connection, DatabaseUrl};
use server::Database;
use std::fmt::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[path = "../tests/support/server.rs"]
mod server;

/// The least that has to be asked for.
const CATALOG: &str = include_str!("catalog.sql");

const TABLES: [usize; 4] = [10, 100, 1_000, 5_000];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let sizes = if sizes.is_empty() { TABLES.to_vec() } else { sizes };
    let servers = server::postgres();
    let named = |server: &&server::Server| words.contains(&format!("pg{}", server.installation.version));
    let Some(server) = servers.iter().find(named).or(servers.first()) else {
        return;
    };
    println!("PostgreSQL {}", server.installation.version);
    println!(
        "{:>7} {:>11} {:>11} {:>11} {:>11} {:>9} {:>9} {:>9} {:>9}",
        "tables", "reflect", "pg_dump -s", "catalog", "check", "to dump", "to cat.", "check", "peak MB"
    );
    for tables in sizes {
        let database = server.database("bench");
        let sql = sql(tables);
        database.sql(&format!("BEGIN;\n{sql}COMMIT;"));
        // As the server would do it by itself before long.
        database.sql("VACUUM ANALYZE");
        let project = Project::new(&database, &sql);
        let runs = match tables {
            0..=100 => 15,
            101..=1_000 => 7,
            _ => 3,
        };
        let read = median(runs, || reflection(&database, tables));
        let dump = median(runs, || assert!(!database.dump().is_empty()));
        let catalog = median(runs, || assert!(!database.sql(CATALOG).is_empty()));
        let mut peaks = Vec::new();
        let check = median(runs, || peaks.push(project.check()));
        let peak = peaks.into_iter().max().unwrap_or_default();
        println!(
            "{tables:>7} {read:>11.2?} {dump:>11.2?} {catalog:>11.2?} {check:>11.2?} {:>9.2} {:>9.2} {:>9.2} {:>9.1}",
            read.as_secs_f64() / dump.as_secs_f64(),
            read.as_secs_f64() / catalog.as_secs_f64(),
            check.as_secs_f64() / catalog.as_secs_f64(),
            f64::from(u32::try_from(peak).unwrap_or(u32::MAX)) / 1024.0,
        );
    }
    println!(
        "to dump, to cat.: reflection over pg_dump and over the catalog queries; check: over the catalog queries with the start of psql"
    );
}

/// Tables that refer to each other.
fn sql(tables: usize) -> String {
    let mut out = String::new();
    for n in 0..tables {
        let parent = n / 2;
        let _ = write!(
            out,
            "CREATE TABLE table_{n} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parent_id bigint REFERENCES table_{parent} (id) ON DELETE CASCADE,
  name varchar(100) NOT NULL,
  email text COLLATE \"C\",
  quantity integer NOT NULL DEFAULT 0,
  price numeric(10, 2),
  status text NOT NULL DEFAULT 'new',
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz,
  tags text[],
  payload jsonb,
  CONSTRAINT table_{n}_quantity_check CHECK (quantity >= 0)
);
CREATE INDEX table_{n}_name_idx ON table_{n} (lower(name));
CREATE UNIQUE INDEX table_{n}_email_idx ON table_{n} (email) WHERE email IS NOT NULL;
COMMENT ON TABLE table_{n} IS 'The table number {n}';
"
        );
    }
    out
}

fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    // The first fills what there is of caches.
    run();
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[runs / 2]
}

fn reflection(database: &Database, tables: usize) {
    let url = DatabaseUrl::parse(&database.url(), Path::new("")).expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let schema = runtime.block_on(async {
        let mut connection = Connection::open(&url, Open::ReadOnly)
            .await
            .expect("a connection");
        let reflected = reflect(&mut connection, &Filter::everything()).await;
        reflected.expect("a schema").schema
    });
    assert_eq!(schema.tables.len(), tables);
}

/// A project whose database is in step.
struct Project(tempfile::TempDir);

impl Project {
    fn new(database: &Database, sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        write("schema.sql", sql);
        write(
            "autogen.toml",
            &format!("url = \"{}\"\ntarget = [\"schema.sql\"]\n", database.url()),
        );
        Self(folder)
    }

    /// Runs `check` and gives the most memory it had, in KiB.
    fn check(&self) -> u64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        let mut check = command
            .arg("check")
            .current_dir(self.0.path())
            .env_remove("DATABASE_URL")
            .env("XDG_CACHE_HOME", self.0.path().join("cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut peak = 0;
        let status = loop {
            peak = peak.max(high_water(&check));
            if let Some(status) = check.try_wait().expect("the program can be waited for") {
                break status;
            }
            thread::sleep(Duration::from_micros(500));
        };
        assert_eq!(status.code(), Some(0), "the database is in step");
        peak
    }
}

/// The most memory that a process has had so far, in KiB, where the system tells.
fn high_water(process: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}
