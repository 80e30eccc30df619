//! SQL as text: scanning, splitting and comparing it, by the lexical rules of an engine.
//!
//! In comes source text and a [`Lexicon`]; out come tokens, statements, places and canonical spellings. Nothing here
//! runs a statement, knows a schema or talks to a database, and no text is ever refused: what cannot be read is
//! passed on marked as such, so that the engine gives the error.

#![cfg_attr(
    not(feature = "connect"),
    expect(
        dead_code,
        unused_imports,
        reason = "reading catalogs and targets is left out of a driver-free build"
    )
)]

mod body;
mod keywords;
mod lexicon;
mod lines;
mod modes;
mod normal;
mod quote;
mod relations;
mod scan;
mod split;

pub(crate) use keywords::is_sqlite_keyword;
pub(crate) use lexicon::Lexicon;
pub(crate) use lines::{LineIndex, line_column};
pub(crate) use modes::Modes;
pub(crate) use normal::{comparison_key, expects_operand, mentions, rename_identifier, replace_qualifier};
pub(crate) use quote::unquote;
pub(crate) use relations::relations;
pub(crate) use scan::{Scanner, Token, TokenKind};
pub(crate) use split::{Comment, Split, Statement, StatementKind, comments, split};
