//! The tokens of a script, one after the other.

use super::fault::{Fault, Read};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use std::borrow::Cow;

/// The text as the compiler takes it: without a byte-order mark, with lines that end in a line feed only.
pub(in crate::script) fn normal_lines(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// How deep brackets may be nested: far deeper than any script, and no danger to the stack.
const DEEPEST: usize = 100;

/// Splits a text with normal lines into tokens.
pub(in crate::script) fn lex(text: &str) -> Read<TokenStream> {
    let tokens: TokenStream = text.parse().map_err(|e: proc_macro2::LexError| {
        Fault::new(
            e.span(),
            "this is not Rust: a bracket or a string does not end, or a character has no meaning",
        )
    })?;
    match too_deep(&tokens) {
        Some(span) => Err(Fault::new(span, "brackets are nested too deep")),
        None => Ok(tokens),
    }
}

fn too_deep(tokens: &TokenStream) -> Option<Span> {
    let mut open = vec![tokens.clone().into_iter()];
    while let Some(innermost) = open.last_mut() {
        match innermost.next() {
            None => drop(open.pop()),
            Some(TokenTree::Group(group)) if open.len() > DEEPEST => return Some(group.span_open()),
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
        }
    }
    None
}

/// A place in a sequence of tokens.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    all: Vec<TokenTree>,
    at: usize,
    end: Span,
}

impl Tokens {
    /// The tokens of a whole text, or of a part of one; `end` is where they end.
    pub(super) fn new(tokens: impl IntoIterator<Item = TokenTree>, end: Span) -> Self {
        Self {
            all: tokens.into_iter().collect(),
            at: 0,
            end,
        }
    }

    /// The tokens between brackets.
    pub(super) fn inside(group: &Group) -> Self {
        Self::new(group.stream(), group.span_close())
    }

    pub(super) fn peek(&self) -> Option<&TokenTree> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&TokenTree> {
        self.all.get(self.at + ahead)
    }

    pub(super) fn next(&mut self) -> Option<TokenTree> {
        let token = self.all.get(self.at).cloned()?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.all.len()
    }

    /// Where the next token is, or where they end.
    pub(super) fn span(&self) -> Span {
        self.peek().map_or(self.end, start_of)
    }

    /// Whether the next tokens are these characters.
    pub(super) fn peek_puncts(&self, puncts: &str) -> bool {
        puncts.chars().enumerate().all(
            |(ahead, c)| matches!(self.peek_at(ahead), Some(TokenTree::Punct(punct)) if punct.as_char() == c),
        )
    }

    /// Takes these characters if they are next.
    pub(super) fn take_puncts(&mut self, puncts: &str) -> bool {
        let found = self.peek_puncts(puncts);
        if found {
            self.at += puncts.len();
        }
        found
    }

    /// Whether the next token is this word.
    pub(super) fn peek_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(TokenTree::Ident(ident)) if ident == word)
    }

    /// Takes this word if it is next.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.at += usize::from(found);
        found
    }

    /// Takes a word.
    pub(super) fn ident(&mut self, wanted: &str) -> Read<Ident> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) => {
                let ident = ident.clone();
                self.at += 1;
                Ok(ident)
            }
            _ => Err(self.expected(wanted)),
        }
    }

    /// The next token, if it is such a group.
    pub(super) fn peek_group(&self, delimiter: Delimiter) -> Option<&Group> {
        self.peek_group_at(0, delimiter)
    }

    pub(super) fn peek_group_at(&self, ahead: usize, delimiter: Delimiter) -> Option<&Group> {
        match self.peek_at(ahead) {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
            _ => None,
        }
    }

    /// Takes a group.
    pub(super) fn group(&mut self, delimiter: Delimiter, wanted: &str) -> Read<Group> {
        let group = self
            .peek_group(delimiter)
            .cloned()
            .ok_or_else(|| self.expected(wanted))?;
        self.at += 1;
        Ok(group)
    }

    /// Takes everything before the next such character, which is taken too; `None` when there is none.
    pub(super) fn until(&mut self, punct: char) -> Option<Self> {
        let rest = &self.all[self.at..];
        let length = rest
            .iter()
            .position(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == punct))?;
        let end = start_of(&rest[length]);
        let taken = Self::new(rest[..length].iter().cloned(), end);
        self.at += length + 1;
        Some(taken)
    }

    /// The fault that something else was expected here.
    pub(super) fn expected(&self, wanted: &str) -> Fault {
        let found = self.peek().map_or("the end".to_owned(), |token| match token {
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Parenthesis => "`(`".to_owned(),
                Delimiter::Bracket => "`[`".to_owned(),
                Delimiter::Brace => "`{`".to_owned(),
                Delimiter::None => "an expression".to_owned(),
            },
            TokenTree::Literal(_) => "a literal".to_owned(),
            TokenTree::Ident(_) | TokenTree::Punct(_) => format!("`{token}`"),
        });
        Fault::new(self.span(), format!("expected {wanted}, found {found}"))
    }
}

fn start_of(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}
