//! What a comparison takes into account.

use super::{Rename, RenameOf};
use serde::{Deserialize, Serialize};

/// What a comparison takes into account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompareOptions {
    /// Renames that somebody declared.
    pub renames: Vec<Rename>,
    /// Pairs of which somebody said that they are no renames: neither asked nor warned about again.
    pub declined: Vec<RenameOf>,
    /// Whether another order of columns is a difference.
    pub column_order: bool,
    /// Whether another name of an equal constraint or index is a difference.
    pub constraint_names: ConstraintNames,
}

/// Whether another name of an equal constraint or index is a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConstraintNames {
    /// It is: renamed where the engine can, else dropped and added.
    #[default]
    Compare,
    /// It is not.
    Ignore,
}
