//! The builder that scripts call: every statement on [`Operations`] records one [`Directive`](super::Directive).
//!
//! Comes in: method calls, from a compiled script or from the reader of scripts. Goes out: directives. A name is a text, or
//! `("namespace", "name")`; a dot in a text is only a dot. What the types let through but makes no sense (a row that is too
//! short) is an error of [`Operations::finish`]. Nothing here reads scripts or knows an engine.

mod alter_table;
mod alteration;
#[cfg(feature = "connect")]
mod code;
mod column;
mod constraint;
mod custom;
mod index;
mod object;
mod record;
mod rows;
mod sequence;
mod table;
mod types;

pub use alter_table::AlterTableChain;
pub use alteration::{Alteration, ColumnChanges};
pub use column::{
    ColumnAttributes, ColumnSpec, NewColumnAttributes, NewColumnSpec, generated_stored, generated_virtual,
};
pub use constraint::{
    Condition, ConstraintName, Exclusion, ForeignKeySpec, ForeignKeyStart, Key, condition, exclusion,
    foreign_key, key, unnamed,
};
pub use custom::CustomChain;
pub use index::{IndexAttributes, IndexChain, IndexSpec, Part, RenameIndexChain, expr, index, part};
pub use object::{
    AlterEnumChain, EnumChain, EnumSpec, NamespaceChain, ObjectAttributes, ObjectChain, ObjectSpec,
    enum_type, object, trigger, view,
};
pub use record::Operations;
pub use rows::{BulkInsertChain, null, value};
pub use sequence::{
    IdentitySpec, Numbering, SequenceAttributes, SequenceChain, SequenceDefinition, SequenceSpec,
    autoincrement, sequence,
};
pub use table::TableChain;
pub use types::*;

pub(crate) use object::{TRIGGER, VIEW};

use record::Notes;
