//! What a comparison takes into account.

use super::{Rename, RenameOf};
use crate::extend::{Elements, Extensions};
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
    /// What is compared at all.
    pub elements: Elements,
    /// What a program adds: callbacks and comparators.
    pub extensions: Extensions,
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
