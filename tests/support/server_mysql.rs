//! MySQL and MariaDB servers for tests, as `server.rs` has those of PostgreSQL: one of each for a test binary, a database for each
//! test. MariaDB is that of this machine, MySQL is looked for in the tree of Debian sid. With `AUTOGEN_TEST_EVERY_SERVER` set, the newer
//! MariaDB of a tree of Debian trixie takes part too (`TRIXIE_ROOT`, else `/opt/trixie`; made by `debootstrap
//! --include=mariadb-server-core,mariadb-client trixie`). `AUTOGEN_TEST_SERVER` names the one that is to be tested alone: `mariadb`,
//! `mysql` or `trixie`.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use autogen::Engine;

use super::{Keeper, Tree, free_port, missing, sid, succeeded};

/// What makes a server that is thrown away fast, for both.
const FAST: [&str; 4] = [
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=64M",
    "--max-connections=100",
];

const FAST_MARIADB: [&str; 4] = [
    "--innodb-doublewrite=0",
    "--debug-no-sync",
    "--sync-frm=0",
    "--character-set-server=utf8mb4",
];

const FAST_MYSQL: [&str; 6] = [
    "--innodb-doublewrite=OFF",
    "--innodb-flush-method=nosync",
    "--performance-schema=OFF",
    "--mysqlx=OFF",
    "--secure-file-priv=",
    "--log-bin-trust-function-creators=1",
];

/// The programs of an engine.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) engine: Engine,
    tree: Tree,
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) installation: Installation,
    pub(crate) port: u16,
    /// Its folder, as this process sees it.
    folder: PathBuf,
    /// What it is started with besides.
    settings: Vec<String>,
    keeper: Keeper,
}

/// A database of a test.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) server: &'static Server,
    pub(crate) name: String,
}

/// The servers of this test process, MariaDB and MySQL.
pub(crate) fn servers() -> &'static [Server] {
    static SERVERS: LazyLock<Vec<Server>> = LazyLock::new(|| {
        // Both at once: initialising takes some seconds.
        let installed = installations();
        thread::scope(|scope| {
            let started: Vec<_> = installed
                .iter()
                .map(|installation| scope.spawn(|| Server::start(installation, &[])))
                .collect();
            started.into_iter().map(|server| server.join().unwrap()).collect()
        })
    });
    &SERVERS
}

/// What is installed of both.
///
/// # Panics
/// When one is missing that has to be there.
pub(crate) fn installations() -> Vec<Installation> {
    let alone = env::var("AUTOGEN_TEST_SERVER").ok();
    let wanted = |name: &str| alone.as_deref().is_none_or(|alone| alone == name);
    let mut found = Vec::new();
    if wanted("mariadb") {
        if Path::new("/usr/sbin/mariadbd").exists() {
            found.push(Installation {
                engine: Engine::Mariadb,
                tree: Tree { root: None },
            });
        } else {
            missing("MariaDB");
        }
    }
    if wanted("mysql") {
        // Debian calls MariaDB's server `mysqld` too.
        if super::is_root() && sid().join("usr/sbin/mysqld").exists() {
            found.push(Installation {
                engine: Engine::Mysql,
                tree: Tree { root: Some(sid()) },
            });
        } else {
            missing("MySQL");
        }
    }
    let every = alone.is_some() || env::var_os("AUTOGEN_TEST_EVERY_SERVER").is_some();
    if every && wanted("trixie") && super::is_root() && trixie().join("usr/sbin/mariadbd").exists() {
        found.push(Installation {
            engine: Engine::Mariadb,
            tree: Tree { root: Some(trixie()) },
        });
    }
    found
}

/// The tree of Debian trixie.
fn trixie() -> PathBuf {
    PathBuf::from(env::var_os("TRIXIE_ROOT").unwrap_or("/opt/trixie".into()))
}

impl Installation {
    fn is_mariadb(&self) -> bool {
        self.engine == Engine::Mariadb
    }

    /// A program by its name in either distribution.
    fn command(&self, mariadb: &str, mysql: &str) -> Command {
        let program = if self.is_mariadb() { mariadb } else { mysql };
        let mut command = self.tree.command(Path::new(program), None);
        for name in ["MYSQL_PWD", "MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT"] {
            command.env_remove(name);
        }
        command
    }

    /// A client program that connects to a server as root.
    fn client(&self, mariadb: &str, mysql: &str, port: u16) -> Command {
        let mut command = self.command(mariadb, mysql);
        command
            .args(["--no-defaults", "-h127.0.0.1", "-uroot"])
            .arg(format!("-P{port}"));
        command
    }

    /// The user that the server runs as, by the numbers in its own tree.
    fn user(&self) -> Option<(u32, u32)> {
        self.tree.user(&["mysql", "nobody"])
    }

    fn initialise(&self, folder: &Path, settings: &[String]) {
        let data = self.tree.inside(folder).join("data");
        let made = if self.is_mariadb() {
            self.tree
                .command(Path::new("/usr/bin/mariadb-install-db"), self.user())
                // (In a tree, the name of this machine is not known.)
                .args(["--no-defaults", "--skip-test-db", "--force"])
                .arg("--auth-root-authentication-method=normal")
                .arg(format!("--datadir={}", data.display()))
                .args(settings)
                .output()
        } else {
            self.tree
                .command(Path::new("/usr/sbin/mysqld"), self.user())
                .args(["--no-defaults", "--initialize-insecure"])
                .arg(format!("--datadir={}", data.display()))
                .args(FAST.iter().chain(&FAST_MYSQL))
                .args(settings)
                .output()
        };
        succeeded(&made.unwrap());
    }
}

impl Server {
    /// Starts a server of its own, with more settings than all have (`--lower-case-table-names=1`).
    pub(crate) fn start(installation: &Installation, settings: &[&str]) -> Self {
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let folder = installation.tree.folder(installation.user());
        // (Only what the catalog is made by counts here, and `--read-only` would stop it.)
        let lasting: Vec<String> = settings
            .iter()
            .filter(|setting| setting.contains("lower-case-table-names"))
            .cloned()
            .collect();
        installation.initialise(&folder, &lasting);
        let port = free_port();
        let keeper = keep(installation, &folder, port, &settings);
        let server = Self {
            installation: installation.clone(),
            port,
            folder,
            settings,
            keeper,
        };
        server.wait();
        server
    }

    pub(crate) fn engine(&self) -> Engine {
        self.installation.engine
    }

    /// Whether it is the MariaDB of Debian trixie.
    pub(crate) fn is_trixie(&self) -> bool {
        self.installation.is_mariadb() && self.installation.tree.root.is_some()
    }

    /// Waits until it answers.
    pub(crate) fn wait(&self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let asked = self.client("mysql", "SELECT 1");
            if asked.status.success() {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{} did not start:\n{}\n{}",
                self.engine(),
                String::from_utf8_lossy(&asked.stderr),
                fs::read_to_string(self.folder.join("log")).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops it, whoever is connected, and starts it again on the same port.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.keeper = keep(&self.installation, &self.folder, self.port, &self.settings);
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
        self.sql("mysql", &format!("CREATE DATABASE {name}"));
        Database { server: self, name }
    }

    /// The URL of a database, as root.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url_as("root", database)
    }

    /// The URL of a database as a user, with its password behind a colon.
    pub(crate) fn url_as(&self, user: &str, database: &str) -> String {
        format!("mysql://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// The path of its socket, as a client on this machine sees it.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("s.sock")
    }

    /// Runs SQL with the client and gives what it prints: columns parted by tabs, rows by line ends.
    #[track_caller]
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let output = self.client(database, sql);
        succeeded(&output);
        String::from_utf8(output.stdout).unwrap()
    }

    fn client(&self, database: &str, sql: &str) -> Output {
        let mut client = self
            .installation
            .client("/usr/bin/mariadb", "/usr/bin/mysql", self.port)
            .args(["-NBr", "--default-character-set=utf8mb4", database])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = client.stdin.take().unwrap();
        let text = sql.to_owned();
        let writer = thread::spawn(move || {
            // A client that stops early closes its end.
            let _ = input.write_all(text.as_bytes());
        });
        let output = client.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    /// What `mysqldump` makes of the schema of a database, without comments and empty lines.
    #[track_caller]
    pub(crate) fn dump(&self, database: &str) -> String {
        let mut dump = self
            .installation
            .client("/usr/bin/mariadb-dump", "/usr/bin/mysqldump", self.port);
        dump.args([
            "--no-data",
            "--routines",
            "--events",
            "--triggers",
            "--skip-comments",
        ])
        .args(["--skip-add-drop-table", "--no-tablespaces"]);
        if !self.installation.is_mariadb() {
            dump.args(["--column-statistics=0", "--set-gtid-purged=OFF"]);
        }
        let output = dump.arg(database).output().unwrap();
        succeeded(&output);
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .filter(|line| !line.is_empty() && !line.starts_with("--"))
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

    /// Runs SQL with the client and gives what it prints.
    #[track_caller]
    pub(crate) fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, sql)
    }

    /// What `mysqldump` makes of its schema.
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
            .client("mysql", &format!("DROP DATABASE IF EXISTS {}", self.name));
    }
}

/// A session of its own that stays open, for tests in which somebody else is at work.
#[derive(Debug)]
pub(crate) struct Session {
    client: Child,
    answers: BufReader<ChildStdout>,
}

impl Session {
    pub(crate) fn new(database: &Database) -> Self {
        let server = database.server;
        let mut client = server
            .installation
            .client("/usr/bin/mariadb", "/usr/bin/mysql", server.port)
            .args(["-NB", "--unbuffered", "--quick", &database.name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(client.stdout.take().unwrap());
        Self { client, answers }
    }

    /// Runs SQL and waits until it is done.
    pub(crate) fn run(&mut self, sql: &str) {
        let input = self.client.stdin.as_mut().unwrap();
        writeln!(input, "{sql};\nSELECT 'it is done';").unwrap();
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
        drop(self.client.stdin.take());
        let _ = self.client.wait();
    }
}

fn keep(installation: &Installation, folder: &Path, port: u16, settings: &[String]) -> Keeper {
    let seen = installation.tree.inside(folder);
    let (program, fast) = if installation.is_mariadb() {
        ("/usr/sbin/mariadbd", FAST_MARIADB.as_slice())
    } else {
        ("/usr/sbin/mysqld", FAST_MYSQL.as_slice())
    };
    let mut words = installation.tree.words(Path::new(program), installation.user());
    words.extend([
        "--no-defaults".to_owned(),
        format!("--datadir={}", seen.join("data").display()),
        format!("--port={port}"),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--socket={}", seen.join("s.sock").display()),
        // Two servers in one folder for temporary tables take each other's away.
        format!("--tmpdir={}", seen.display()),
        format!("--pid-file={}", seen.join("pid").display()),
    ]);
    let more = FAST.iter().chain(fast).map(ToString::to_string);
    words.extend(more.chain(settings.iter().cloned()));
    // TERM shuts down in good order; what is thrown away needs no order.
    Keeper::start(folder, &words, "TERM", "KILL")
}
