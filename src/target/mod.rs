//! The declared side: a [`Source`] comes in, a [`Schema`](crate::schema::Schema) comes out.
//!
//! SQL is executed on a scratch database of the same engine and reflected, so that both sides of a comparison are in the
//! engine's own form. Nothing here compares, and nothing but the scratch is ever written to.

#[cfg(feature = "connect")]
mod any_order;
#[cfg(feature = "connect")]
mod cache;
#[cfg(feature = "connect")]
mod classify;
#[cfg(feature = "connect")]
mod cursor;
#[cfg(feature = "connect")]
mod events;
#[cfg(feature = "connect")]
mod files;
#[cfg(feature = "connect")]
mod hints;
#[cfg(feature = "connect")]
mod load;
#[cfg(feature = "connect")]
mod manage;
#[cfg(feature = "cli")]
mod naming;
#[cfg(feature = "sqlite")]
mod parts;
#[cfg(feature = "connect")]
mod prints;
#[cfg(feature = "connect")]
mod realise;
#[cfg(feature = "connect")]
mod refused;
#[cfg(feature = "connect")]
mod scratch;
#[cfg(feature = "connect")]
mod server;
mod source;
#[cfg(feature = "connect")]
mod statements;
#[cfg(feature = "connect")]
mod subscriptions;

#[cfg(feature = "connect")]
pub use manage::{Declares, leave_out_unmanaged};
#[cfg(feature = "cli")]
pub(crate) use naming::follow_convention;
#[cfg(feature = "cli")]
pub(crate) use realise::realise_opened;
#[cfg(feature = "connect")]
pub use realise::{Context, Missing, Realised, realise, realise_both};
#[cfg(feature = "connect")]
pub use server::Server;
pub use source::Source;
