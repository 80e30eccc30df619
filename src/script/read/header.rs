//! The header of a script: the constant `REVISION`, and the comment above it.

use super::fault::{Fault, Read};
use super::file::Items;
use super::tokens::{Tokens, lex, normal_lines};
use crate::Result;
use crate::script::revision::read_time;
use crate::script::{Header, RevisionId};
use proc_macro2::{Delimiter, Span, TokenTree};
use std::path::Path;

/// The header of a Rust script; `None` for a text that is no script.
///
/// Only the part before the first function is looked at, when the constant is there.
///
/// # Errors
/// When the constant cannot be read, or the text mentions it and is not Rust.
pub(in crate::script) fn find_header(text: &str, file: Option<&Path>) -> Result<Option<Header>> {
    if !text.contains("REVISION") {
        return Ok(None);
    }
    let text = normal_lines(text);
    let text = text.as_ref();
    let before_functions = ["\npub fn ", "\nfn "]
        .iter()
        .filter_map(|word| text.find(word))
        .min()
        .unwrap_or(text.len());
    if let Ok(Some(header)) = header_in(&text[..before_functions]) {
        return Ok(Some(header));
    }
    header_in(text).map_err(|fault| fault.into_error(text, file))
}

fn header_in(text: &str) -> Read<Option<Header>> {
    let items = Items::read(lex(text)?)?;
    items.header.map(|constant| header(constant, text)).transpose()
}

/// The header from the value of the constant.
pub(super) fn header(mut constant: Tokens, text: &str) -> Read<Header> {
    let mut header = revision(&mut constant)?;
    (header.message, header.created) = comment(text);
    Ok(header)
}

/// `Revision::new("..").revises(&[".."])`
fn revision(tokens: &mut Tokens) -> Read<Header> {
    let begins = tokens.take_word("Revision") && tokens.take_puncts("::") && tokens.take_word("new");
    if !begins {
        return Err(tokens.expected("`Revision::new(\"..\")`"));
    }
    let group = tokens.group(Delimiter::Parenthesis, "`(\"..\")`")?;
    let mut header = Header::new(id(&text(&mut Tokens::inside(&group))?)?);
    while tokens.take_puncts(".") {
        let method = tokens.ident("a method of `Revision`")?;
        let group = tokens.group(Delimiter::Parenthesis, "`(&[..])`")?;
        let words = texts(&mut Tokens::inside(&group))?;
        let plain = |words: &[(String, Span)]| words.iter().map(|(word, _)| word.clone()).collect();
        match method.to_string().as_str() {
            "revises" => header.revises = words.iter().map(id).collect::<Read<_>>()?,
            "branch_labels" => header.branch_labels = plain(&words),
            "depends_on" => header.depends_on = plain(&words),
            "replaces" => header.replaces = words.iter().map(id).collect::<Read<_>>()?,
            other => {
                return Err(
                    Fault::new(method.span(), format!("`Revision` has no method `{other}`"))
                        .hint("known here: revises, branch_labels, depends_on, replaces"),
                );
            }
        }
    }
    if tokens.is_at_end() {
        Ok(header)
    } else {
        Err(tokens.expected("`;`"))
    }
}

fn id((text, span): &(String, Span)) -> Read<RevisionId> {
    RevisionId::new(text).map_err(|e| Fault::new(*span, e.message()))
}

fn text(tokens: &mut Tokens) -> Read<(String, Span)> {
    let fault = tokens.expected("a text");
    match tokens.next() {
        Some(TokenTree::Literal(literal)) => match syn::Lit::new(literal) {
            syn::Lit::Str(text) if tokens.is_at_end() => Ok((text.value(), text.span())),
            _ => Err(fault),
        },
        _ => Err(fault),
    }
}

/// `&["a", "b"]`
fn texts(tokens: &mut Tokens) -> Read<Vec<(String, Span)>> {
    tokens.take_puncts("&");
    let group = tokens.group(Delimiter::Bracket, "`&[..]`")?;
    let mut inside = Tokens::inside(&group);
    let mut found = Vec::new();
    while !inside.is_at_end() {
        let mut item = match inside.until(',') {
            Some(item) => item,
            None => std::mem::replace(&mut inside, Tokens::new([], group.span_close())),
        };
        found.push(text(&mut item)?);
    }
    Ok(found)
}

/// Message and time from the comment at the top. The last paragraph that begins with `Revision:` is ours, what stands before
/// it is the message.
fn comment(text: &str) -> (String, Option<jiff::Timestamp>) {
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .map_while(|line| line.trim_start().strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let ours = lines
        .iter()
        .rposition(|line| line.starts_with("Revision:"))
        .unwrap_or(lines.len());
    let message = lines[..ours].join("\n").trim().to_owned();
    let created = lines[ours..]
        .iter()
        .find_map(|line| line.strip_prefix("Created:"))
        .and_then(read_time);
    (message, created)
}
