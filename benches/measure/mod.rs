//! What the benches on servers share: medians, reading a schema, a project to check, and one line for each size.

use autogen::config::Filter;
use autogen::database::Open;
use autogen::reflect::reflect;
use autogen::{Connection, DatabaseUrl};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const TABLES: [usize; 4] = [10, 100, 1_000, 5_000];

/// How long one thing is measured: MySQL's dump of 5,000 tables takes minutes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The numbers of tables that the command line asks for, or all.
pub(crate) fn sizes(words: &[String]) -> Vec<usize> {
    let sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if sizes.is_empty() { TABLES.to_vec() } else { sizes }
}

/// A database with so many tables, and what it is measured against.
pub(crate) struct Subject<'a> {
    pub(crate) tables: usize,
    pub(crate) url: String,
    /// The SQL of its schema.
    pub(crate) schema: &'a str,
    /// Runs the engine's own dump tool.
    pub(crate) dump: &'a dyn Fn(),
    /// Runs the engine's own client with the bare queries.
    pub(crate) catalog: &'a dyn Fn(),
}

/// The line over the lines.
pub(crate) fn head(dump: &str, catalog: &str) {
    println!(
        "{:>7} {:>11} {dump:>11} {catalog:>11} {:>11} {:>9} {:>9} {:>9} {:>9}",
        "tables", "reflect", "check", "to dump", "to cat.", "check", "peak MB"
    );
}

/// Measures a database and prints the line.
pub(crate) fn measure(subject: &Subject<'_>) {
    let project = Project::new(&subject.url, subject.schema);
    let runs = match subject.tables {
        0..=100 => 15,
        101..=1_000 => 7,
        _ => 3,
    };
    let read = median(runs, || reflection(&subject.url, subject.tables));
    let dump = median(runs, subject.dump);
    let catalog = median(runs, subject.catalog);
    let mut peaks = Vec::new();
    let check = median(runs, || peaks.push(project.check()));
    let peak = peaks.into_iter().max().unwrap_or_default();
    println!(
        "{:>7} {read:>11.2?} {dump:>11.2?} {catalog:>11.2?} {check:>11.2?} {:>9.2} {:>9.2} {:>9.2} {:>9.1}",
        subject.tables,
        read.as_secs_f64() / dump.as_secs_f64(),
        read.as_secs_f64() / catalog.as_secs_f64(),
        check.as_secs_f64() / catalog.as_secs_f64(),
        f64::from(u32::try_from(peak).unwrap_or(u32::MAX)) / 1024.0,
    );
}

/// What the last columns say.
pub(crate) fn legend() {
    println!(
        "to dump, to cat.: reflection over the dump tool and over the bare queries; check: over the bare queries"
    );
}

/// The median of so many runs, or of as many as [`PATIENCE`] has room for.
fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let mut time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let since = Instant::now();
    // It fills what there is of caches, and counts only when there is no time for another.
    let first = time();
    let mut times: Vec<Duration> = Vec::with_capacity(runs);
    while times.len() < runs && since.elapsed() < PATIENCE {
        times.push(time());
    }
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or(first)
}

fn reflection(url: &str, tables: usize) {
    let url = DatabaseUrl::parse(url, Path::new("")).expect("a URL");
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
    fn new(url: &str, sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        write("schema.sql", sql);
        write(
            "autogen.toml",
            &format!("url = \"{url}\"\ntarget = [\"schema.sql\"]\n"),
        );
        Self(folder)
    }

    /// Runs `check` and gives the most memory it had, in KiB.
    fn check(&self) -> u64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autogen"));
        let speaks = |name: &str| name.starts_with("PG") || name.starts_with("MYSQL");
        for (name, _) in std::env::vars_os().filter(|(name, _)| speaks(&name.to_string_lossy())) {
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
