//! The engines by name.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// SQLite.
    Sqlite,
}

impl Engine {
    /// All engines.
    pub const ALL: [Self; 4] = [Self::Postgres, Self::Mysql, Self::Mariadb, Self::Sqlite];

    /// The name in scripts, JSON and messages, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }

    /// Whether both speak one protocol and nearly one language, so that only the server says which of them it is: MySQL and MariaDB.
    pub fn is_kin(self, other: Self) -> bool {
        let family = |engine| match engine {
            Self::Mysql | Self::Mariadb => Self::Mysql,
            Self::Postgres | Self::Sqlite => engine,
        };
        family(self) == family(other)
    }

    /// Whether its databases are kept by a server.
    pub fn has_server(self) -> bool {
        match self {
            Self::Postgres | Self::Mysql | Self::Mariadb => true,
            Self::Sqlite => false,
        }
    }

    /// The engine of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
            Self::Sqlite => "SQLite",
        })
    }
}
