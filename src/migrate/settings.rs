//! What a session is set to while scripts run, beyond what their directives need: how long it waits and how long it works.
//!
//! Comes in: the engine and the options. Goes out: statements for before and after. The session gets back what it began with.

use super::Options;
use crate::dialect::Engine;
use std::time::Duration;

/// Statements around a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
}

impl Settings {
    pub(super) fn of(engine: Engine, options: &Options) -> Self {
        match engine {
            Engine::Sqlite | Engine::Mysql | Engine::Mariadb => Self::default(),
            Engine::Postgres => {
                // Planning may take longer than some servers let an idle transaction live.
                let mut settings = vec![
                    ("lock_timeout", Some(options.lock_timeout)),
                    ("idle_in_transaction_session_timeout", None),
                ];
                if let Some(limit) = options.statement_timeout {
                    settings.push(("statement_timeout", Some(limit)));
                }
                let all = |text: &dyn Fn(&str, Option<Duration>) -> String| {
                    let statements: Vec<String> =
                        settings.iter().map(|(name, value)| text(name, *value)).collect();
                    vec![statements.join(";\n")]
                };
                Self {
                    before: all(&|name, value| format!("SET {name} = {}", milliseconds(value))),
                    after: all(&|name, _| format!("RESET {name}")),
                }
            }
        }
    }
}

/// A time as the server takes it, where 0 means for ever.
fn milliseconds(time: Option<Duration>) -> u128 {
    time.map_or(0, |time| time.as_millis().clamp(1, 2_147_483_647))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_patience_is_not_endless_patience() {
        let options = Options {
            lock_timeout: Duration::ZERO,
            statement_timeout: Some(Duration::from_secs(2)),
            ..Options::default()
        };
        let settings = Settings::of(Engine::Postgres, &options);
        assert_eq!(
            settings.before,
            [
                "SET lock_timeout = 1;\nSET idle_in_transaction_session_timeout = 0;\nSET statement_timeout = 2000"
            ]
        );
        assert_eq!(
            settings.after,
            ["RESET lock_timeout;\nRESET idle_in_transaction_session_timeout;\nRESET statement_timeout"]
        );
        assert!(Settings::of(Engine::Sqlite, &options).before.is_empty());
    }
}
