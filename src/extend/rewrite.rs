//! Rewriters: what a program changes in new scripts before they are written.
//!
//! Comes in: the script that a comparison gave. Goes out: the scripts to write: the same, others, several, or none. Alembic has this
//! twice, as `process_revision_directives` and as `Rewriter`; here a whole-script function and [`Rewrite`] are one trait.

use super::Extensions;
use crate::dialect::Dialect;
use crate::directive::{AlterTable, Directive, TableChange};
use crate::schema::{Index, QName, Schema, Table};
use crate::script::{RevisionId, Script};
use crate::{Error, ErrorKind, Result};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Changes new scripts before they are written.
pub trait Rewriter: Send + Sync {
    /// The scripts to write instead of `drafts`, in the order in which they follow each other. One that holds nothing in its upgrade is
    /// not written, unless a [blank](Drafting::blank) one is asked for; without any script, nothing is.
    ///
    /// # Errors
    /// Whatever should stop the revision from being written.
    fn rewrite(&self, drafts: Vec<Script>, drafting: &Drafting<'_>) -> Result<Vec<Script>>;
}

/// What a script is drafted from.
#[derive(Debug, Clone, Copy)]
pub struct Drafting<'a> {
    /// The engine; `None` where no database was looked at (`revision --empty`).
    pub dialect: Option<&'a dyn Dialect>,
    /// What is.
    pub live: &'a Schema,
    /// What is wanted.
    pub target: &'a Schema,
    /// Whether a script is asked for though there may be nothing in it (`revision --empty`).
    pub blank: bool,
}

/// Which function of a script a directive is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `upgrade`.
    Upgrade,
    /// `downgrade`.
    Downgrade,
}

/// A rewriter that is a function over whole scripts.
pub(super) struct Whole<F>(pub(super) F);

impl<F> Rewriter for Whole<F>
where
    F: Fn(Vec<Script>, &Drafting<'_>) -> Result<Vec<Script>> + Send + Sync,
{
    fn rewrite(&self, drafts: Vec<Script>, drafting: &Drafting<'_>) -> Result<Vec<Script>> {
        (self.0)(drafts, drafting)
    }
}

type Rule = Arc<dyn Fn(Directive, Way) -> Vec<Directive> + Send + Sync>;

#[derive(Clone)]
enum Step {
    Rule(Rule),
    Other(Arc<dyn Rewriter>),
}

/// A rewriter made of rules for single directives. Each rule sees every directive once, in both functions, and gives what stands in
/// its place; what it gives is seen by the rules after it, and not by itself.
///
/// ```
/// use autogen::directive::{Custom, Directive};
/// use autogen::extend::{Extensions, Rewrite, Way};
///
/// // Every new table is audited, and no script drops an index.
/// let rewrite = Rewrite::new()
///     .on_create_table(|table, way| {
///         let audit = Custom::new("audit_table").field("table", table.name.name.as_str());
///         let mut directives = vec![Directive::CreateTable(Box::new(table))];
///         directives.extend((way == Way::Upgrade).then_some(Directive::Custom(audit)));
///         directives
///     })
///     .on_drop_index(|_, _, _| Vec::new());
/// let extensions = Extensions::new().rewriter(rewrite);
/// ```
#[derive(Clone, Default)]
pub struct Rewrite {
    steps: Vec<Step>,
}

impl Rewrite {
    /// A rewriter without rules, which changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A rule for every directive.
    #[must_use]
    pub fn on_directive(
        mut self,
        rule: impl Fn(Directive, Way) -> Vec<Directive> + Send + Sync + 'static,
    ) -> Self {
        self.steps.push(Step::Rule(Arc::new(rule)));
        self
    }

    /// A rule for new tables. Their indexes are directives of their own.
    #[must_use]
    pub fn on_create_table(
        self,
        rule: impl Fn(Table, Way) -> Vec<Directive> + Send + Sync + 'static,
    ) -> Self {
        self.on_directive(move |directive, way| match directive {
            Directive::CreateTable(table) => rule(*table, way),
            other => vec![other],
        })
    }

    /// A rule for tables that are dropped; each remembers all of itself.
    #[must_use]
    pub fn on_drop_table(self, rule: impl Fn(Table, Way) -> Vec<Directive> + Send + Sync + 'static) -> Self {
        self.on_directive(move |directive, way| match directive {
            Directive::DropTable(table) => rule(*table, way),
            other => vec![other],
        })
    }

    /// A rule for all changes of one table.
    #[must_use]
    pub fn on_alter_table(
        self,
        rule: impl Fn(AlterTable, Way) -> Vec<Directive> + Send + Sync + 'static,
    ) -> Self {
        self.on_directive(move |directive, way| match directive {
            Directive::AlterTable(alter) => rule(alter, way),
            other => vec![other],
        })
    }

    /// A rule for each change of a table: a column that comes, goes or changes, a constraint, an option. A directive without changes
    /// is left out.
    #[must_use]
    pub fn on_table_change(
        self,
        rule: impl Fn(&QName, TableChange, Way) -> Vec<TableChange> + Send + Sync + 'static,
    ) -> Self {
        self.on_alter_table(move |AlterTable { table, changes }, way| {
            let changes: Vec<TableChange> = changes
                .into_iter()
                .flat_map(|change| rule(&table, change, way))
                .collect();
            let alter = (!changes.is_empty()).then_some(AlterTable { table, changes });
            alter.map(Directive::AlterTable).into_iter().collect()
        })
    }

    /// A rule for new indexes.
    #[must_use]
    pub fn on_create_index(
        self,
        rule: impl Fn(QName, Index, Way) -> Vec<Directive> + Send + Sync + 'static,
    ) -> Self {
        self.on_directive(move |directive, way| match directive {
            Directive::CreateIndex { table, index } => rule(table, *index, way),
            other => vec![other],
        })
    }

    /// A rule for indexes that are dropped.
    #[must_use]
    pub fn on_drop_index(
        self,
        rule: impl Fn(QName, Index, Way) -> Vec<Directive> + Send + Sync + 'static,
    ) -> Self {
        self.on_directive(move |directive, way| match directive {
            Directive::DropIndex { table, index } => rule(table, *index, way),
            other => vec![other],
        })
    }

    /// Another rewriter behind these rules.
    #[must_use]
    pub fn chain(mut self, next: impl Rewriter + 'static) -> Self {
        self.steps.push(Step::Other(Arc::new(next)));
        self
    }
}

impl Rewriter for Rewrite {
    fn rewrite(&self, mut drafts: Vec<Script>, drafting: &Drafting<'_>) -> Result<Vec<Script>> {
        for step in &self.steps {
            match step {
                Step::Other(next) => drafts = next.rewrite(drafts, drafting)?,
                Step::Rule(rule) => {
                    for draft in &mut drafts {
                        for (directives, way) in [
                            (&mut draft.upgrade, Way::Upgrade),
                            (&mut draft.downgrade, Way::Downgrade),
                        ] {
                            let before = std::mem::take(directives);
                            *directives = before.into_iter().flat_map(|d| rule(d, way)).collect();
                        }
                    }
                }
            }
        }
        Ok(drafts)
    }
}

impl Extensions {
    /// Lets the registered rewriters change a new script, and gives the scripts that are to be written, each behind the one before. One whose
    /// upgrade is empty is left out, and what followed it follows what it followed.
    ///
    /// # Errors
    /// Those of a rewriter; when two scripts have one revision.
    pub fn rewrite(&self, script: Script, drafting: &Drafting<'_>) -> Result<Vec<Script>> {
        let mut drafts = vec![script];
        for rewriter in self.rewriters() {
            drafts = rewriter.rewrite(drafts, drafting)?;
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = drafts
            .iter()
            .find(|draft| !seen.insert(draft.header.revision.clone()))
        {
            return Err(Error::new(
                ErrorKind::Script,
                format!(
                    "a rewriter gave two scripts the revision {}",
                    twice.header.revision
                ),
            )
            .hint("`Script::next` makes a script behind another, with a revision of its own"));
        }
        let mut written: Vec<Script> = Vec::with_capacity(drafts.len());
        let mut left_out: Vec<Script> = Vec::new();
        for mut draft in drafts {
            draft.header.revises = draft
                .header
                .revises
                .into_iter()
                .flat_map(|id| instead(id, &left_out))
                .collect();
            self.resolve(&mut draft.upgrade);
            self.resolve(&mut draft.downgrade);
            if draft.upgrade.is_empty() && !drafting.blank {
                left_out.push(draft);
            } else {
                written.push(draft);
            }
        }
        Ok(written)
    }
}

/// What follows a script that is left out follows what that followed.
fn instead(id: RevisionId, left_out: &[Script]) -> Vec<RevisionId> {
    match left_out.iter().find(|script| script.header.revision == id) {
        Some(script) => script.header.revises.clone(),
        None => vec![id],
    }
}
