//! Settings: `autogen.toml`, the environment and `.env` come in, one checked [`Config`] comes out.
//!
//! Every mistake in the file is an error with its place. Nothing is read from the process environment unless an
//! [`Variables`] is handed in that does so, nothing is ever written to it, and no database is opened.

mod filter;
mod hooks;
mod naming;
mod read;
mod sections;
mod settings;
mod template;
mod tenants;
mod variables;

pub use crate::compare::ConstraintNames;
pub use crate::script::Format;
pub use filter::{Definer, Filter};
pub use hooks::{HookCommand, Hooks};
pub use naming::NamingConvention;
pub use settings::{ChangedScripts, Config, Manage, OutOfOrder, TargetCode, TransactionScope};
pub use template::FileTemplate;
pub use tenants::Tenants;
pub use variables::Variables;
