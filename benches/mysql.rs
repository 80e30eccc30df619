//! What reading a schema and a whole `check` cost on MySQL and MariaDB, by the number of tables, beside what their dump tool and bare
//! reads of `information_schema` cost on the same database in the same run.
//!
//! `cargo bench --bench mysql` measures 10, 100, 1,000 and 5,000 tables on both; `cargo bench --bench mysql -- mariadb 10 100` other
//! sizes on one of them. Each table has eleven columns, a counter, a foreign key, a check, two indexes and a comment. A time is the
//! median of several runs. Reading is to connect and to reflect, in this process; the others are processes of their own, as users
//! start them. Connections go without TLS, whose set-up is no reading (some 40 ms with MySQL, which asks for another curve than it is
//! offered); the word `tls` leaves it on.

use autogen::Engine;
use measure::Subject;
use server::mysql::{Server, installations};
use std::fmt::Write;

mod measure;
#[path = "../tests/support/server.rs"]
mod server;

/// The least that has to be asked for.
const CATALOG: &str = include_str!("information_schema.sql");

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is_named = |name: &str| words.iter().any(|word| word == name);
    let installed = installations();
    let is_any_named = installed.iter().any(|one| is_named(one.engine.name()));
    for installation in &installed {
        let engine = installation.engine;
        if is_any_named && !is_named(engine.name()) {
            continue;
        }
        let mut settings = vec!["--innodb-buffer-pool-size=512M"];
        if engine == Engine::Mysql && !is_named("tls") {
            settings.push("--tls-version=");
        }
        // Databases of a server want it to stay.
        let server: &'static Server = Box::leak(Box::new(Server::start(installation, &settings)));
        println!("{engine}");
        measure::head("dump", "inf. schema");
        for tables in measure::sizes(&words) {
            let database = server.database("bench");
            let sql = sql(tables);
            database.sql(&sql);
            measure::measure(&Subject {
                tables,
                url: database.url(),
                schema: &sql,
                dump: &|| assert!(!database.dump().is_empty()),
                catalog: &|| assert!(!database.sql(CATALOG).is_empty()),
            });
        }
    }
    measure::legend();
}

/// Tables that refer to each other.
fn sql(tables: usize) -> String {
    let mut out = String::new();
    for n in 0..tables {
        let parent = n / 2;
        let _ = write!(
            out,
            "CREATE TABLE table_{n} (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id bigint,
  name varchar(100) NOT NULL,
  email varchar(200) CHARACTER SET latin1,
  quantity int NOT NULL DEFAULT 0,
  price decimal(10, 2),
  status varchar(20) NOT NULL DEFAULT 'new',
  created_at datetime DEFAULT CURRENT_TIMESTAMP,
  updated_at datetime,
  tags set('a', 'b'),
  payload json,
  KEY table_{n}_name_idx (name(20)),
  UNIQUE KEY table_{n}_email_idx (email),
  CONSTRAINT table_{n}_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES table_{parent} (id) ON DELETE CASCADE,
  CONSTRAINT table_{n}_quantity_check CHECK (quantity >= 0)
) COMMENT 'The table number {n}';
"
        );
    }
    out
}
