//! Names that stand in printed code for what the printer knows nothing of: comments, and line breaks of our own choice.
//!
//! The printer knows no comments and breaks fewer lines than rustfmt does. So a comment inside a chain is printed as a call of
//! a name of its own, and is put in its place when all is printed; a break is printed as such a call or argument, and taken
//! out again. The names are longer than a line, so that everything around them is printed one piece a line.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The names of one statement.
#[derive(Debug)]
pub(super) struct Marks {
    prefix: String,
    /// What each stands for: a comment, or nothing but a break.
    comments: Vec<Option<String>>,
}

/// What a printed line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// What it says.
    Code,
    /// A name that only broke lines.
    Break,
    /// A name that stands for a comment.
    Comment(&'a str),
}

const LONGER_THAN_A_LINE: usize = 120;

impl Marks {
    /// No names yet. `attempt` makes another set of them.
    pub(super) fn new(attempt: u32) -> Self {
        Self {
            prefix: format!("autogen_mark_{attempt}_"),
            comments: Vec::new(),
        }
    }

    fn name(&mut self, comment: Option<String>) -> Ident {
        let name = format!("{}{}_", self.prefix, self.comments.len());
        self.comments.push(comment);
        Ident::new(&format!("{name:_<LONGER_THAN_A_LINE$}"), Span::call_site())
    }

    /// A call in a chain for a comment on a line of its own.
    pub(super) fn comment(&mut self, words: String) -> TokenStream {
        let name = self.name(Some(words));
        quote!(.#name())
    }

    /// A call in a chain that puts every call on a line of its own.
    pub(super) fn break_chain(&mut self) -> TokenStream {
        let name = self.name(None);
        quote!(.#name())
    }

    /// A last argument or element that puts every one on a line of its own.
    pub(super) fn break_list(&mut self) -> TokenStream {
        let name = self.name(None);
        quote!(, #name)
    }

    /// Whether the token is one of the names.
    pub(super) fn is_mark(&self, ident: &Ident) -> bool {
        ident.to_string().starts_with(&self.prefix)
    }

    /// What the line stands for.
    pub(super) fn on_line(&self, line: &str) -> Line<'_> {
        let line = line.trim_start();
        let number = line
            .strip_prefix('.')
            .unwrap_or(line)
            .strip_prefix(&self.prefix)
            .and_then(|rest| rest.split_once('_'))
            .and_then(|(number, _)| number.parse::<usize>().ok());
        match number.and_then(|number| self.comments.get(number)) {
            None => Line::Code,
            Some(None) => Line::Break,
            Some(Some(words)) => Line::Comment(words),
        }
    }

    /// Whether the names are nowhere in `text` but where they were put.
    pub(super) fn hold_their_places_in(&self, text: &str) -> bool {
        text.matches(&self.prefix).count() == self.comments.len()
    }
}
