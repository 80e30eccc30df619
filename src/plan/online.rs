//! Changes of tables that others use meanwhile: what is asked of an engine that has several ways, and what is said about it.
//!
//! In comes a plan whose statements know [how they are done](crate::dialect::Online); out comes one that asks for it in words, as the
//! setting `online` wants it. A statement that the engine has only one way for stays as it is.

use super::Plan;
use crate::dialect::{Online, Statement};
use crate::directive::Directive;
use crate::{Error, ErrorKind, Place, Result};

/// The setting `online`: what happens when a table changes that others use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnlineChanges {
    /// The engine chooses how it changes a table.
    #[default]
    Off,
    /// The best way that the engine has is asked for; where it turns out not to have it, the engine chooses.
    Prefer,
    /// As with [`Prefer`](Self::Prefer), and a change while which writes would wait is refused.
    Require,
}

impl OnlineChanges {
    /// The statement in the ways in which it may run, to be tried in this order until the engine has one.
    pub(crate) fn ways(self, statement: &Statement) -> Vec<&str> {
        let asking = statement.online.iter().flat_map(|online| &online.asking);
        let mut ways: Vec<&str> = match self {
            Self::Off => Vec::new(),
            Self::Prefer | Self::Require => asking.map(String::as_str).collect(),
        };
        // Some statements have no words that ask for anything.
        if self != Self::Require || ways.is_empty() {
            ways.push(&statement.sql);
        }
        ways
    }
}

impl Plan {
    /// Says beside each statement what others will notice of it, if anything but what the engine chooses is wanted.
    ///
    /// # Errors
    /// [`ErrorKind::Script`] when writes would wait and that is not allowed.
    pub fn online(self, wanted: OnlineChanges) -> Result<Self> {
        if wanted == OnlineChanges::Off {
            return Ok(self);
        }
        let statements = self.steps.iter().flat_map(|step| {
            let directive = &step.directive;
            step.statements
                .iter()
                .map(move |statement| (directive, statement))
        });
        for (directive, statement) in statements {
            if let Some(online) = &statement.online
                && wanted == OnlineChanges::Require
                && !online.effect.lets_write()
            {
                return Err(refused(online, statement, directive));
            }
        }
        Ok(self.telling())
    }

    /// The plan as it is going to run, for reading: with what others will notice, and with the words that ask for the best way first.
    ///
    /// # Errors
    /// As [`online`](Self::online).
    pub fn online_preview(self, wanted: OnlineChanges) -> Result<Self> {
        match wanted {
            OnlineChanges::Off => Ok(self.telling()),
            OnlineChanges::Prefer | OnlineChanges::Require => Ok(self.online(wanted)?.asking(wanted)),
        }
    }

    /// The plan for a text that goes from hand to hand, where nobody is there to try another way: it asks in words only where nothing
    /// else will do.
    ///
    /// # Errors
    /// As [`online`](Self::online).
    pub fn online_text(self, wanted: OnlineChanges) -> Result<Self> {
        match wanted {
            OnlineChanges::Off | OnlineChanges::Prefer => self.online(wanted),
            OnlineChanges::Require => Ok(self.online(wanted)?.asking(wanted)),
        }
    }

    fn telling(mut self) -> Self {
        for statement in self.statements() {
            if let Some(online) = &statement.online {
                let told = online.to_string();
                statement.note = Some(match statement.note.take() {
                    Some(note) => format!("{note}\n{told}"),
                    None => told,
                });
            }
        }
        self
    }

    fn asking(mut self, wanted: OnlineChanges) -> Self {
        for statement in self.statements() {
            if let Some(way) = wanted.ways(statement).first().map(ToString::to_string) {
                statement.sql = way;
            }
        }
        self
    }

    fn statements(&mut self) -> impl Iterator<Item = &mut Statement> {
        self.steps.iter_mut().flat_map(|step| &mut step.statements)
    }
}

fn refused(online: &Online, statement: &Statement, directive: &Directive) -> Error {
    let Online { effect, because, .. } = online;
    Error::new(
        ErrorKind::Script,
        format!("{because}, which the server does like this: {effect}; `online = \"require\"` forbids that"),
    )
    .at(Place {
        file: None,
        line: 1,
        column: 1,
        snippet: statement.sql.clone(),
    })
    .context(directive.summary())
    .hint("run it when nothing writes to the table, with `online = \"prefer\"` in autogen.toml")
    .hint("or change the table with a tool that copies it beside the writes (pt-online-schema-change, gh-ost), and say where the database is then with `autogen stamp REVISION`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::mysql::MYSQL;
    use crate::directive::{AlterTable, TableChange};
    use crate::plan::plan;
    use crate::schema::{Check, Column, Constraint, Options, Schema, Table};

    fn add(changes: Vec<TableChange>) -> Plan {
        let mut table = Table::new("t");
        table.columns.push(Column::new("a", "int"));
        let mut before = Schema::new();
        before.insert_table(table);
        let alter = Directive::AlterTable(AlterTable {
            table: "t".into(),
            changes,
        });
        plan(&[alter], &before, &MYSQL).expect("it can be planned")
    }

    fn column() -> TableChange {
        TableChange::AddColumn(Column::new("b", "int").into())
    }

    fn check() -> TableChange {
        TableChange::AddConstraint {
            constraint: Constraint::Check(Check {
                name: Some("c".into()),
                expression: "a > 0".into(),
                options: Options::new(),
            }),
        }
    }

    /// The ways of the only statement, and what is said of it.
    fn only(plan: &Plan, wanted: OnlineChanges) -> (Vec<&str>, Option<&str>) {
        let statement = &plan.steps[0].statements[0];
        (wanted.ways(statement), statement.note.as_deref())
    }

    #[test]
    fn the_best_way_is_asked_for_then_another_then_none() {
        use OnlineChanges::{Off, Prefer, Require};
        let ways = [
            "ALTER TABLE `t` ADD COLUMN `b` int, ALGORITHM=INSTANT",
            "ALTER TABLE `t` ADD COLUMN `b` int, ALGORITHM=INPLACE, LOCK=NONE",
            "ALTER TABLE `t` ADD COLUMN `b` int",
        ];
        for (wanted, expected, note) in [
            (Off, &ways[2..], None),
            (Prefer, &ways[..], Some("instant")),
            (Require, &ways[..2], Some("instant")),
        ] {
            let plan = add(vec![column()]).online(wanted).unwrap();
            assert_eq!(only(&plan, wanted), (expected.to_vec(), note));
        }
    }

    #[test]
    fn a_copy_is_told_or_refused() {
        let wanted = OnlineChanges::Prefer;
        let plan = add(vec![column(), check()]).online(wanted).unwrap();
        let (ways, note) = only(&plan, wanted);
        assert!(ways.len() == 1 && !ways[0].contains("ALGORITHM"), "{ways:?}");
        assert_eq!(note, Some("copies the table, writes wait: a check is added"));
        let error = add(vec![column(), check()])
            .online(OnlineChanges::Require)
            .unwrap_err();
        assert!(error.message().contains("a check is added"), "{error}");
        assert_eq!(error.hints().len(), 2);
    }

    #[test]
    fn a_text_asks_only_where_it_must() {
        let told = |wanted| {
            let plan = add(vec![column()]).online_text(wanted).unwrap();
            let statement = &plan.steps[0].statements[0];
            (
                statement.sql.contains("ALGORITHM=INSTANT"),
                statement.note.is_some(),
            )
        };
        assert_eq!(told(OnlineChanges::Off), (false, false));
        assert_eq!(told(OnlineChanges::Prefer), (false, true));
        assert_eq!(told(OnlineChanges::Require), (true, true));
    }
}
