//! Method chains as tokens.

use super::marks::Marks;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// A chain of calls that begins with an expression.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    tokens: TokenStream,
    calls: usize,
}

impl Chain {
    /// `start`, an expression.
    pub(super) fn new(start: TokenStream) -> Self {
        Self {
            tokens: start,
            calls: 0,
        }
    }

    /// `function(arguments)`.
    pub(super) fn function(function: &str, arguments: impl IntoIterator<Item = TokenStream>) -> Self {
        let function = Ident::new(function, Span::call_site());
        let arguments = arguments.into_iter();
        Self::new(quote!(#function(#(#arguments),*)))
    }

    /// `.method(arguments)`.
    pub(super) fn call(&mut self, method: &str, arguments: impl IntoIterator<Item = TokenStream>) {
        let method = Ident::new(method, Span::call_site());
        let arguments = arguments.into_iter();
        self.tokens.extend(quote!(.#method(#(#arguments),*)));
        self.calls += 1;
    }

    /// A comment on the line before the next call.
    pub(super) fn comment(&mut self, marks: &mut Marks, words: String) {
        self.tokens.extend(marks.comment(words));
    }

    /// How many calls it has.
    pub(super) fn calls(&self) -> usize {
        self.calls
    }
}

impl From<Chain> for TokenStream {
    fn from(chain: Chain) -> Self {
        chain.tokens
    }
}
