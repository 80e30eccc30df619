//! The model: a schema as plain data.
//!
//! What comes in: what a reflector read from a database. What goes out: values that can be compared, printed, serialized
//! (see [`Schema::to_json`]) and changed by directives. Nothing here talks to a database or knows an engine: what only one
//! engine has is an entry in an [`Options`] map, or an [`Object`] with its definition.

mod constraint;
mod dependency;
mod index;
mod model;
mod name;
mod object;
mod table;

pub use constraint::{
    Action, Check, Constraint, ConstraintKind, Deferral, Exclude, ForeignKey, MatchKind, PrimaryKey, Unique,
};
pub use dependency::{Dependencies, Needs, Part, Shapes};
pub use index::{CONCURRENTLY, Index, IndexPart, Nulls, Order, PartTarget};
pub use model::{FORMAT_VERSION, Schema};
pub use name::{Name, QName, Sql, TypeName};
pub use object::{EnumType, Namespace, Object, ObjectId, ObjectKind, Sequence};
pub use table::{
    Column, Generated, GeneratedKind, INHERITED, Identity, ONLY, Options, SequenceOptions, Table,
};
