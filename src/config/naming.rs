//! The naming convention for constraints that the target leaves without a name.

use std::collections::BTreeMap;

use crate::{Error, ErrorKind, Result, nearest::nearest, schema::ConstraintKind};

/// What a name may be made from.
const TOKENS: [&str; 3] = ["table", "columns", "referred_table"];

/// How constraints are called that have no name of their own; a kind without an entry is called as the engine does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamingConvention(BTreeMap<ConstraintKind, String>);

impl NamingConvention {
    /// The words for the kinds.
    pub(super) const KINDS: [(&str, ConstraintKind); 5] = [
        ("primary_key", ConstraintKind::PrimaryKey),
        ("unique", ConstraintKind::Unique),
        ("foreign_key", ConstraintKind::ForeignKey),
        ("check", ConstraintKind::Check),
        ("exclude", ConstraintKind::Exclude),
    ];

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says how constraints of a kind are called: `fk_{table}_{columns}`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a `{word}` that is not known, and when not even the table is part of the name.
    pub fn set(&mut self, kind: ConstraintKind, template: &str) -> Result<()> {
        let wrong = |message: String| Error::new(ErrorKind::Config, message);
        let mut rest = template;
        while let Some((_, behind)) = rest.split_once('{') {
            let (token, behind) = behind
                .split_once('}')
                .ok_or_else(|| wrong("`{` has no `}`".to_owned()))?;
            if !TOKENS.contains(&token) {
                let error = wrong(format!("unknown `{{{token}}}`"));
                return Err(match nearest(token, TOKENS) {
                    Some(known) => error.hint(format!("did you mean `{{{known}}}`?")),
                    None => error.hint("write `{table}`, `{columns}` or `{referred_table}`"),
                });
            }
            rest = behind;
        }
        if !template.contains("{table}") {
            return Err(wrong("the name is not told apart by its table".to_owned())
                .hint("write `{table}` where the name of the table stands"));
        }
        self.0.insert(kind, template.to_owned());
        Ok(())
    }

    /// The name of a constraint of a kind; `None` when nothing is said about it.
    pub fn name(
        &self,
        kind: ConstraintKind,
        table: &str,
        columns: &[&str],
        referred_table: Option<&str>,
    ) -> Option<String> {
        let name = self
            .0
            .get(&kind)?
            .replace("{table}", table)
            .replace("{columns}", &columns.join("_"))
            .replace("{referred_table}", referred_table.unwrap_or_default());
        // What a check or an expression has no columns for.
        Some(name.trim_end_matches('_').replace("__", "_"))
    }
}
