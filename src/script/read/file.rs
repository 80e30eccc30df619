//! The items of a script, and the reading of the whole.

use super::body::{Function, run};
use super::evaluate::Scope;
use super::fault::{Fault, Read};
use super::header::{find_header, header};
use super::tokens::{Tokens, lex, normal_lines};
use crate::script::stack::with_stack;
use crate::script::{Header, Script};
use crate::sql::LineIndex;
use crate::{Error, ErrorKind, Result};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use std::collections::BTreeMap;
use std::path::Path;

/// Enough for brackets nested as deep as is allowed.
const STACK: usize = 8 << 20;

/// Reads a script in Rust: its header, and its directives on the engine named `dialect`.
///
/// `file` is for the places of errors.
///
/// # Errors
/// When the text is not Rust, has no header or not both functions, or holds what cannot be read without a compiler. The
/// error says where, what is allowed and the way out.
pub fn read(text: &str, file: Option<&Path>, dialect: &str) -> Result<Script> {
    with_stack(STACK, || read_here(text, file, dialect))
}

/// Reads only the header of a script in Rust.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn read_header(text: &str, file: Option<&Path>) -> Result<Header> {
    let found = with_stack(STACK, || find_header(text, file))?;
    found.ok_or_else(|| no_header(text, file))
}

fn no_header(text: &str, file: Option<&Path>) -> Error {
    let place = LineIndex::new(text).place(file, 0);
    Error::new(
        ErrorKind::Script,
        "this is no migration script: it has no constant `REVISION`",
    )
    .at(place)
    .hint("a script states `pub const REVISION: Revision = Revision::new(\"..\");`")
}

/// [`read`] on the stack of the caller.
pub(in crate::script) fn read_here(text: &str, file: Option<&Path>, dialect: &str) -> Result<Script> {
    let text = normal_lines(text);
    let text = text.as_ref();
    let script = script(text, file, dialect).map_err(|fault| fault.into_error(text, file))?;
    script.ok_or_else(|| no_header(text, file))
}

fn script(text: &str, file: Option<&Path>, dialect: &str) -> Read<Option<Script>> {
    let items = Items::read(lex(text)?)?;
    let Some(constant) = items.header else {
        return Ok(None);
    };
    let header = header(constant, text)?;
    let place = |span: Span| LineIndex::new(text).place(file, span.byte_range().start);
    let direction = |name: &str| {
        let function = items.functions.get(name).ok_or_else(|| {
            Fault::new(items.end, format!("the script has no function `{name}`"))
                .hint(format!("add `pub fn {name}(op: &mut Operations) {{}}`"))
        })?;
        run(function, dialect, Scope::new(&items.constants), &place)
    };
    Ok(Some(Script {
        header,
        upgrade: direction("upgrade")?,
        downgrade: direction("downgrade")?,
    }))
}

/// The items of a file that matter to a script.
#[derive(Debug)]
pub(super) struct Items {
    /// The value of `REVISION`.
    pub(super) header: Option<Tokens>,
    /// The values of the other constants.
    constants: BTreeMap<String, Tokens>,
    functions: BTreeMap<String, Function>,
    end: Span,
}

impl Items {
    /// Finds the items; what is in them is not looked at, and those that a script has no use for are passed over.
    pub(super) fn read(tokens: TokenStream) -> Read<Self> {
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        let end = all.last().map_or_else(Span::call_site, TokenTree::span);
        let mut tokens = Tokens::new(all, end);
        let mut items = Self {
            header: None,
            constants: BTreeMap::new(),
            functions: BTreeMap::new(),
            end,
        };
        while !tokens.is_at_end() {
            items.item(&mut tokens)?;
        }
        Ok(items)
    }

    fn item(&mut self, tokens: &mut Tokens) -> Read<()> {
        if tokens.take_puncts("#") {
            tokens.take_puncts("!");
            tokens.group(Delimiter::Bracket, "`[`")?;
            return Ok(());
        }
        if tokens.take_word("pub") {
            if tokens.peek_group(Delimiter::Parenthesis).is_some() {
                tokens.next();
            }
            return Ok(());
        }
        if tokens.take_puncts(";") {
            return Ok(());
        }
        let next_is_fn = matches!(tokens.peek_at(1), Some(TokenTree::Ident(word)) if word == "fn");
        if (tokens.peek_word("const") || tokens.peek_word("static")) && !next_is_fn {
            return self.constant(tokens);
        }
        if tokens.peek_word("fn") {
            return self.function(tokens);
        }
        if ["use", "extern", "type"]
            .iter()
            .any(|word| tokens.peek_word(word))
        {
            let fault = tokens.expected("an item that ends with `;`");
            return tokens.until(';').map(drop).ok_or(fault);
        }
        tokens.ident("an item: `use`, `const`, `fn`")?;
        pass_over(tokens);
        Ok(())
    }

    fn constant(&mut self, tokens: &mut Tokens) -> Read<()> {
        let fault = tokens.expected("a constant that ends with `;`");
        let mut constant = tokens.until(';').ok_or(fault)?;
        constant.next();
        constant.take_word("mut");
        let name = constant.ident("the name of the constant")?.to_string();
        let fault = constant.expected("`= value`");
        let mut declared = constant.until('=').ok_or(fault)?;
        let mut ty = None;
        while let Some(token) = declared.next() {
            ty = Some(token.to_string());
        }
        if name == "REVISION" && ty.as_deref() == Some("Revision") {
            self.header = Some(constant);
        } else {
            self.constants.insert(name, constant);
        }
        Ok(())
    }

    fn function(&mut self, tokens: &mut Tokens) -> Read<()> {
        tokens.next();
        let name = tokens.ident("the name of the function")?;
        let text = name.to_string();
        if text != "upgrade" && text != "downgrade" {
            pass_over(tokens);
            return Ok(());
        }
        let parameters = tokens.group(Delimiter::Parenthesis, "`(op: &mut Operations)`")?;
        let body = tokens.group(Delimiter::Brace, "`{`").map_err(|fault| {
            fault.hint(format!(
                "`{text}` gives nothing back: `pub fn {text}(op: &mut Operations) {{ .. }}`"
            ))
        })?;
        let span = name.span();
        if self
            .functions
            .insert(
                text.clone(),
                Function {
                    name,
                    parameters,
                    body,
                },
            )
            .is_some()
        {
            return Err(Fault::new(span, format!("the script has two functions `{text}`")));
        }
        Ok(())
    }
}

/// Passes over the rest of an item: up to its `;` or its block.
fn pass_over(tokens: &mut Tokens) {
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}
