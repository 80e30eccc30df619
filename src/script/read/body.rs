//! The bodies of `upgrade` and `downgrade`: statements, one after the other.

use super::calls::{begin_statement, call_chain};
use super::evaluate::{Scope, expression, method, unreadable_rest};
use super::fault::{Fault, Read};
use super::tokens::Tokens;
use crate::Place;
use crate::directive::Directive;
use crate::directive::operations::Operations;
use crate::nearest::nearest;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenTree};

/// A function of a script.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) name: Ident,
    pub(super) parameters: Group,
    pub(super) body: Group,
}

/// What the function records on an engine of that name. `place` tells where a token stands.
pub(super) fn run(
    function: &Function,
    dialect: &str,
    scope: Scope<'_>,
    place: &dyn Fn(Span) -> Place,
) -> Read<Vec<Directive>> {
    let op = parameter(function)?;
    let mut scope = scope.with_operations(&op);
    let mut body = Body {
        op,
        operations: Operations::new(dialect),
        scope: &mut scope,
        place,
    };
    body.statements(&mut Tokens::inside(&function.body))?;
    body.operations
        .finish()
        .map_err(|e| Fault::new(function.body.span_close(), e.message()))
}

/// The name of the parameter: `op` in `(op: &mut Operations)`.
fn parameter(function: &Function) -> Read<String> {
    let signature = || {
        let name = &function.name;
        Fault::new(
            function.parameters.span_open(),
            format!("`{name}` must take one argument"),
        )
        .hint(format!("write `pub fn {name}(op: &mut Operations) {{ .. }}`"))
    };
    let mut tokens = Tokens::inside(&function.parameters);
    let name = tokens.ident("a name").map_err(|_| signature())?;
    let is_reference = tokens.take_puncts(":") && tokens.take_puncts("&") && tokens.take_word("mut");
    let mut last = None;
    while let Some(TokenTree::Ident(ident)) = tokens.peek() {
        last = Some(ident.to_string());
        tokens.next();
        tokens.take_puncts("::");
    }
    tokens.take_puncts(",");
    if is_reference && last.as_deref() == Some("Operations") && tokens.is_at_end() {
        Ok(name.to_string())
    } else {
        Err(signature())
    }
}

struct Body<'s, 'c> {
    op: String,
    operations: Operations,
    scope: &'s mut Scope<'c>,
    /// Where a token stands in the file.
    place: &'s dyn Fn(Span) -> Place,
}

impl Body<'_, '_> {
    fn block(&mut self, group: &Group) -> Read<()> {
        let entered = self.scope.enter();
        let result = self.statements(&mut Tokens::inside(group));
        self.scope.leave(entered);
        result
    }

    fn statements(&mut self, tokens: &mut Tokens) -> Read<()> {
        while !tokens.is_at_end() {
            if tokens.take_puncts(";") || attribute(tokens)? {
                continue;
            }
            if tokens.peek_word("if") {
                self.condition(tokens)?;
            } else if tokens.peek_word("let") || tokens.peek_word("const") {
                self.definition(tokens)?;
            } else if let Some(block) = tokens.peek_group(Delimiter::Brace).cloned() {
                tokens.next();
                self.block(&block)?;
            } else {
                self.statement(tokens)?;
            }
        }
        Ok(())
    }

    /// `op.create_table(..)..;`
    fn statement(&mut self, tokens: &mut Tokens) -> Read<()> {
        let start = tokens.span();
        if !tokens.peek_word(&self.op) {
            return Err(self.not_a_statement(tokens));
        }
        tokens.next();
        let Some(first) = method(tokens, self.scope)? else {
            return Err(tokens.expected(&format!("a call such as `{}.create_table(..)`", self.op)));
        };
        if first.word == "dialect" {
            return Err(Fault::outside(
                first.span,
                "the engine's name outside the condition of an `if`",
            ));
        }
        let mut chain = begin_statement(&mut self.operations, first)?;
        while let Some(call) = method(tokens, self.scope)? {
            chain = call_chain(chain, call)?;
        }
        if !tokens.take_puncts(";") && !tokens.is_at_end() {
            return Err(unreadable_rest(tokens, "`;`"));
        }
        if let Some(mistake) = self.operations.take_mistake() {
            return Err(Fault::new(start, mistake));
        }
        if let Some(custom) = self.operations.last_custom() {
            custom.set_place((self.place)(start));
        }
        Ok(())
    }

    fn not_a_statement(&self, tokens: &Tokens) -> Fault {
        let span = tokens.span();
        let Some(TokenTree::Ident(word)) = tokens.peek() else {
            return Fault::outside(span, "a statement that does not begin with a call on `op`");
        };
        let text = word.to_string();
        if matches!(tokens.peek_at(1), Some(TokenTree::Punct(punct)) if punct.as_char() == '!') {
            return Fault::outside(span, format!("the macro `{text}!`"));
        }
        match text.as_str() {
            "for" | "while" | "loop" => Fault::outside(span, format!("a `{text}` loop")),
            "match" => {
                Fault::outside(span, "`match`").hint("write `if op.dialect() == \"..\" { .. } else { .. }`")
            }
            "return" | "unsafe" | "async" | "fn" | "use" | "struct" | "enum" | "impl" | "static" | "mod" => {
                Fault::outside(span, format!("`{text}` in the body of a function"))
            }
            _ if matches!(tokens.peek_at(1), Some(TokenTree::Group(_))) => {
                Fault::outside(span, format!("a call of `{text}(..)` as a statement"))
            }
            _ => {
                let fault = Fault::outside(span, format!("a statement on `{text}`"));
                match nearest(&text, [self.op.as_str()]) {
                    Some(op) => fault.hint(format!("did you mean `{op}`?")),
                    None => fault,
                }
            }
        }
    }

    /// `let name = literal;`, or a constant.
    fn definition(&mut self, tokens: &mut Tokens) -> Read<()> {
        tokens.next();
        if tokens.peek_word("mut") {
            return Err(Fault::outside(
                tokens.span(),
                "a variable that changes (`let mut`)",
            ));
        }
        let name = tokens.ident("a name, as in `let name = literal;`")?;
        let no_semicolon = tokens.expected("`;` at the end of the `let`");
        let mut definition = tokens.until(';').ok_or(no_semicolon)?;
        let no_value = definition.expected("`= literal`");
        // A type may stand before the `=`.
        definition.until('=').ok_or(no_value)?;
        let value = super::evaluate::whole_expression(&mut definition, self.scope)?;
        if !value.value.is_plain() {
            return Err(
                Fault::outside(value.span, format!("a `let` that is {}", value.value.what()))
                    .hint("write it where it is used"),
            );
        }
        self.scope.define(name.to_string(), value.value);
        Ok(())
    }

    /// `if op.dialect() == "sqlite" { .. } else { .. }`
    fn condition(&mut self, tokens: &mut Tokens) -> Read<()> {
        let mut decided = false;
        loop {
            tokens.take_word("if");
            let holds = self.either(tokens)?;
            let block = tokens.group(Delimiter::Brace, "`{`")?;
            self.branch(&block, holds && !decided)?;
            decided |= holds;
            if !tokens.take_word("else") {
                return Ok(());
            }
            if !tokens.peek_word("if") {
                let block = tokens.group(Delimiter::Brace, "`{` or `if`")?;
                return self.branch(&block, !decided);
            }
        }
    }

    /// A branch that is not taken must be readable too: what a script may say does not depend on the engine.
    fn branch(&mut self, block: &Group, taken: bool) -> Read<()> {
        if taken {
            return self.block(block);
        }
        let aside = Operations::new(self.operations.dialect());
        let recorded = std::mem::replace(&mut self.operations, aside);
        let result = self.block(block);
        self.operations = recorded;
        result
    }

    fn either(&mut self, tokens: &mut Tokens) -> Read<bool> {
        let mut holds = self.both(tokens)?;
        while tokens.take_puncts("||") {
            holds |= self.both(tokens)?;
        }
        Ok(holds)
    }

    fn both(&mut self, tokens: &mut Tokens) -> Read<bool> {
        let mut holds = self.comparison(tokens)?;
        while tokens.take_puncts("&&") {
            holds &= self.comparison(tokens)?;
        }
        Ok(holds)
    }

    fn comparison(&mut self, tokens: &mut Tokens) -> Read<bool> {
        let mut negated = false;
        while tokens.take_puncts("!") {
            negated = !negated;
        }
        if let Some(group) = tokens.peek_group(Delimiter::Parenthesis).cloned() {
            tokens.next();
            let mut inner = Tokens::inside(&group);
            let holds = self.either(&mut inner)?;
            return if inner.is_at_end() {
                Ok(holds != negated)
            } else {
                Err(inner.expected("`)`"))
            };
        }
        let start = tokens.span();
        let left = self.engine_or_text(tokens)?;
        let equal = tokens.take_puncts("==");
        if negated || (!equal && !tokens.take_puncts("!=")) {
            return Err(Fault::outside(
                start,
                "a condition other than `op.dialect() == \"..\"`",
            ));
        }
        let right = self.engine_or_text(tokens)?;
        match (left, right) {
            (Some(name), None) | (None, Some(name)) => Ok((name == self.operations.dialect()) == equal),
            _ => Err(Fault::outside(
                start,
                "a condition other than `op.dialect() == \"..\"`",
            )),
        }
    }

    /// `op.dialect()`, which is none, or a text.
    fn engine_or_text(&mut self, tokens: &mut Tokens) -> Read<Option<String>> {
        let start = tokens.span();
        if tokens.peek_word(&self.op) {
            tokens.next();
            return match method(tokens, self.scope)? {
                Some(call) if call.word == "dialect" && call.arguments.is_empty() => Ok(None),
                _ => Err(Fault::outside(
                    start,
                    "a condition other than `op.dialect() == \"..\"`",
                )),
            };
        }
        let value = expression(tokens, self.scope)?;
        match value.value {
            super::value::Value::Text(text) => Ok(Some(text)),
            _ => Err(Fault::outside(
                start,
                "a condition other than `op.dialect() == \"..\"`",
            )),
        }
    }
}

/// Skips an attribute that changes nothing: documentation, lints, formatting.
fn attribute(tokens: &mut Tokens) -> Read<bool> {
    if !tokens.peek_puncts("#") {
        return Ok(false);
    }
    let span = tokens.span();
    tokens.take_puncts("#");
    tokens.take_puncts("!");
    let group = tokens.group(Delimiter::Bracket, "`[`")?;
    let name = Tokens::inside(&group).ident("the name of an attribute")?;
    match name.to_string().as_str() {
        "doc" | "allow" | "expect" | "warn" | "rustfmt" => Ok(true),
        other => Err(Fault::outside(span, format!("the attribute `{other}`"))),
    }
}
