//! What a session is set to while scripts run, beyond what their directives need: how long it waits and how long it works.
//!
//! Comes in: the engine and the options. Goes out: statements for before and after. The session gets back what it began with.

use super::Options;
use crate::Notice;
use crate::dialect::Engine;
use std::time::Duration;

/// Statements around a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
    /// What a person should know who relies on them.
    pub(super) notice: Option<Notice>,
}

impl Settings {
    pub(super) fn of(engine: Engine, options: &Options) -> Self {
        match engine {
            Engine::Sqlite => Self::default(),
            // Whole seconds for locks; MySQL's `max_execution_time` is heeded by SELECT only.
            Engine::Mysql | Engine::Mariadb => {
                let wait = options.lock_timeout.as_secs().clamp(1, 31_536_000);
                let mut settings = vec![
                    ("lock_wait_timeout", wait.to_string()),
                    ("innodb_lock_wait_timeout", wait.to_string()),
                ];
                settings.extend(options.statement_timeout.map(|limit| match engine {
                    Engine::Mariadb => ("max_statement_time", format!("{:.3}", limit.as_secs_f64())),
                    _ => ("max_execution_time", milliseconds(Some(limit)).to_string()),
                }));
                let all = |value: &dyn Fn(&str) -> String| {
                    let settings = settings.iter();
                    let settings: Vec<String> = settings
                        .map(|(name, given)| format!("SESSION {name} = {}", value(given)))
                        .collect();
                    vec![format!("SET {}", settings.join(", "))]
                };
                Self {
                    before: all(&|given| given.to_owned()),
                    after: all(&|_| "DEFAULT".to_owned()),
                    notice: (engine == Engine::Mysql && options.statement_timeout.is_some()).then(|| {
                        Notice::warning(
                            "`statement_timeout` ends no statement that changes the schema: MySQL has nothing for that",
                        )
                        .hint("`lock_timeout` limits how long such a statement waits for others")
                    }),
                }
            }
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
                    notice: None,
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
        let of = |engine| Settings::of(engine, &options);
        assert_eq!(
            of(Engine::Mariadb).before,
            [
                "SET SESSION lock_wait_timeout = 1, SESSION innodb_lock_wait_timeout = 1, SESSION max_statement_time = 2.000"
            ]
        );
        assert!(of(Engine::Mysql).before[0].ends_with("SESSION max_execution_time = 2000"));
        assert!(of(Engine::Mysql).notice.is_some() && of(Engine::Mariadb).notice.is_none());
        assert!(Settings::of(Engine::Sqlite, &options).before.is_empty());
    }
}
