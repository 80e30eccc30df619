//! What reading a schema and a whole `check` cost on PostgreSQL, by the number of tables, beside what `pg_dump` and bare catalog
//! queries cost on the same database in the same run.
//!
//! `cargo bench --bench postgres` measures 10, 100, 1,000 and 5,000 tables on the first version that is installed;
//! `cargo bench --bench postgres -- pg18 10 100` other sizes on another one. Each table has eleven columns, an identity, a foreign
//! key, a check, two indexes and a comment. A time is the median of several runs. Reading is to connect and to reflect, in this
//! process; the others are processes of their own, as users start them.

use measure::Subject;
use std::fmt::Write;

mod measure;
#[path = "../tests/support/server.rs"]
mod server;

/// The least that has to be asked for.
const CATALOG: &str = include_str!("catalog.sql");

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let servers = server::postgres();
    let named = |server: &&server::Server| words.contains(&format!("pg{}", server.installation.version));
    let Some(server) = servers.iter().find(named).or(servers.first()) else {
        return;
    };
    println!("PostgreSQL {}", server.installation.version);
    measure::head("pg_dump -s", "catalog");
    for tables in measure::sizes(&words) {
        let database = server.database("bench");
        let sql = sql(tables);
        database.sql(&format!("BEGIN;\n{sql}COMMIT;"));
        // As the server would do it by itself before long.
        database.sql("VACUUM ANALYZE");
        measure::measure(&Subject {
            tables,
            url: database.url(),
            schema: &sql,
            dump: &|| assert!(!database.dump().is_empty()),
            catalog: &|| assert!(!database.sql(CATALOG).is_empty()),
        });
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
