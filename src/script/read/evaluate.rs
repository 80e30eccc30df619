//! Expressions to values.

use super::calls::{Call, call_function, call_value};
use super::fault::{Fault, Read};
use super::tokens::Tokens;
use super::value::{Spanned, Tuple, Value};
use crate::directive::operations::Numbering;
use crate::schema::{Action, Deferral, MatchKind};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenTree};
use std::collections::BTreeMap;
use syn::Lit;

/// What names stand for.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    /// Constants of the file, evaluated where they are used.
    constants: Option<&'a BTreeMap<String, Tokens>>,
    /// The constants that are being evaluated, for those that are made of themselves.
    pending: Vec<String>,
    /// The name of the parameter, which is no value.
    operations: String,
    /// What `let` named, the innermost last.
    lets: Vec<(String, Value)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(constants: &'a BTreeMap<String, Tokens>) -> Self {
        Self {
            constants: Some(constants),
            ..Self::default()
        }
    }

    /// Names the parameter of the function.
    pub(super) fn with_operations(self, name: &str) -> Self {
        Self {
            operations: name.to_owned(),
            ..self
        }
    }

    pub(super) fn define(&mut self, name: String, value: Value) {
        self.lets.push((name, value));
    }

    /// How many names are defined, for [`Scope::leave`].
    pub(super) fn enter(&self) -> usize {
        self.lets.len()
    }

    /// Forgets the names that were defined since.
    pub(super) fn leave(&mut self, entered: usize) {
        self.lets.truncate(entered);
    }

    fn look_up(&mut self, name: &Ident) -> Read<Value> {
        let text = name.to_string();
        if let Some((_, value)) = self.lets.iter().rev().find(|(known, _)| *known == text) {
            return Ok(value.clone());
        }
        if let Some(value) = word(&text) {
            return Ok(value);
        }
        if text == self.operations {
            return Err(Fault::outside(name.span(), format!("`{text}` as a value")));
        }
        let Some(mut constant) = self.constants.and_then(|constants| constants.get(&text)).cloned() else {
            return Err(Fault::new(name.span(), format!("`{text}` is not defined here"))
                .hint("a name must be a `let` or a constant of this file, or a word such as `Cascade`"));
        };
        if self.pending.contains(&text) {
            return Err(Fault::new(
                name.span(),
                format!("the constant `{text}` is made of itself"),
            ));
        }
        self.pending.push(text);
        let value = whole_expression(&mut constant, self);
        self.pending.pop();
        let value = value?;
        if value.value.is_plain() {
            Ok(value.value)
        } else {
            Err(Fault::outside(
                value.span,
                format!("a constant that is {}", value.value.what()),
            ))
        }
    }
}

/// The words that stand for values.
fn word(name: &str) -> Option<Value> {
    Some(match name {
        "Always" => Numbering::Always.into(),
        "ByDefault" => Numbering::ByDefault.into(),
        "NoAction" => Action::NoAction.into(),
        "Restrict" => Action::Restrict.into(),
        "Cascade" => Action::Cascade.into(),
        "SetNull" => Action::SetNull.into(),
        "SetDefault" => Action::SetDefault.into(),
        "Simple" => MatchKind::Simple.into(),
        "Full" => MatchKind::Full.into(),
        "Partial" => MatchKind::Partial.into(),
        "NotDeferrable" => Deferral::NotDeferrable.into(),
        "Immediate" => Deferral::Immediate.into(),
        "Deferred" => Deferral::Deferred.into(),
        _ => return None,
    })
}

/// The value of an expression that ends where the tokens end.
pub(super) fn whole_expression(tokens: &mut Tokens, scope: &mut Scope<'_>) -> Read<Spanned> {
    let value = expression(tokens, scope)?;
    if tokens.is_at_end() {
        Ok(value)
    } else {
        Err(unreadable_rest(tokens, "the end of the expression"))
    }
}

/// What stands where an expression or a statement should end.
pub(super) fn unreadable_rest(tokens: &Tokens, wanted: &str) -> Fault {
    match tokens.peek() {
        Some(TokenTree::Punct(punct)) if "+-*/%&|^<>=?".contains(punct.as_char()) => {
            Fault::outside(punct.span(), format!("what the operator `{punct}` computes"))
        }
        Some(TokenTree::Ident(ident)) if ident == "as" => {
            Fault::outside(ident.span(), "a conversion with `as`")
        }
        _ => tokens.expected(wanted),
    }
}

/// The value of the expression that begins here.
pub(super) fn expression(tokens: &mut Tokens, scope: &mut Scope<'_>) -> Read<Spanned> {
    let span = tokens.span();
    let mut value = primary(tokens, scope)?;
    while let Some(call) = method(tokens, scope)? {
        value = call_value(value, call)?;
    }
    Ok(Spanned { value, span })
}

/// The next call of a chain, if there is one.
pub(super) fn method(tokens: &mut Tokens, scope: &mut Scope<'_>) -> Read<Option<Call>> {
    if !tokens.peek_puncts(".") || tokens.peek_puncts("..") {
        return Ok(None);
    }
    tokens.take_puncts(".");
    let name = tokens.ident("the name of a method")?;
    if tokens.peek_puncts("::") {
        return Err(Fault::outside(tokens.span(), "a call with types in `::<..>`"));
    }
    if tokens.peek_group(Delimiter::Parenthesis).is_none() {
        let what = if name == "await" {
            "`.await`".to_owned()
        } else {
            format!("the field `.{name}`")
        };
        return Err(Fault::outside(name.span(), what));
    }
    call(&name, tokens, scope).map(Some)
}

/// The call of `name`, with the arguments that come next.
fn call(name: &Ident, tokens: &mut Tokens, scope: &mut Scope<'_>) -> Read<Call> {
    let group = tokens.group(Delimiter::Parenthesis, "`(`")?;
    let arguments = list(&group, scope)?.0;
    Ok(Call {
        word: name.to_string(),
        span: name.span(),
        arguments,
    })
}

/// Expressions between commas, and whether the last has a comma after it.
fn list(group: &Group, scope: &mut Scope<'_>) -> Read<(Vec<Spanned>, bool)> {
    let mut tokens = Tokens::inside(group);
    let mut values = Vec::new();
    let mut comma = false;
    while !tokens.is_at_end() {
        values.push(expression(&mut tokens, scope)?);
        comma = tokens.take_puncts(",");
        if !comma && !tokens.is_at_end() {
            return Err(unreadable_rest(&tokens, "`,`"));
        }
    }
    Ok((values, comma))
}

fn primary(tokens: &mut Tokens, scope: &mut Scope<'_>) -> Read<Value> {
    let expected = tokens.expected("an expression");
    let span = tokens.span();
    let Some(token) = tokens.next() else {
        return Err(expected);
    };
    match token {
        TokenTree::Literal(found) => literal(found),
        TokenTree::Ident(name) => named(&name, tokens, scope),
        TokenTree::Punct(punct) => match punct.as_char() {
            '-' => negative(tokens, scope, span),
            '&' => Err(Fault::outside(span, "a reference").hint("leave out the `&`")),
            '|' => Err(Fault::outside(span, "a closure")),
            '!' | '*' => Err(Fault::outside(
                span,
                format!("what the operator `{punct}` computes"),
            )),
            _ => Err(expected),
        },
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Bracket => array(&group, scope),
            Delimiter::Parenthesis => tuple(&group, scope),
            Delimiter::Brace => Err(Fault::outside(span, "a block as a value")),
            Delimiter::None => whole_expression(&mut Tokens::inside(&group), scope).map(|inner| inner.value),
        },
    }
}

fn negative(tokens: &mut Tokens, scope: &mut Scope<'_>, span: Span) -> Read<Value> {
    if tokens.peek_puncts("-") {
        return Err(Fault::outside(tokens.span(), "two signs"));
    }
    match primary(tokens, scope)? {
        Value::Integer(number) => Ok(Value::Integer(-number)),
        Value::Real(number) => Ok(Value::Real(-number)),
        other => Err(Fault::new(
            span,
            format!("expected a number after `-`, found {}", other.what()),
        )),
    }
}

fn literal(token: Literal) -> Read<Value> {
    let span = token.span();
    let (value, suffix) = match Lit::new(token) {
        Lit::Str(text) => (Value::Text(text.value()), text.suffix().to_owned()),
        Lit::Int(number) => {
            let digits: i128 = number
                .base10_parse::<u64>()
                .map_err(|e| Fault::new(span, e.to_string()))?
                .into();
            return suffixed(Value::Integer(digits), number.suffix(), &["", "i64", "u32"], span);
        }
        Lit::Float(number) => {
            let digits: f64 = number
                .base10_parse()
                .map_err(|e| Fault::new(span, e.to_string()))?;
            return suffixed(Value::Real(digits), number.suffix(), &["", "f64"], span);
        }
        Lit::Bool(truth) => (Value::Bool(truth.value), String::new()),
        _ => {
            return Err(Fault::outside(span, "a literal of this kind")
                .hint("texts are written `\"..\"` or `r#\"..\"#`, numbers as decimals"));
        }
    };
    suffixed(value, &suffix, &[""], span)
}

fn suffixed(value: Value, suffix: &str, allowed: &[&str], span: Span) -> Read<Value> {
    if allowed.contains(&suffix) {
        Ok(value)
    } else {
        Err(Fault::outside(
            span,
            format!("the suffix `{suffix}` of a literal"),
        ))
    }
}

fn named(name: &Ident, tokens: &mut Tokens, scope: &mut Scope<'_>) -> Read<Value> {
    if name == "true" || name == "false" {
        return Ok(Value::Bool(name == "true"));
    }
    if tokens.peek_puncts("::") {
        return path(name, tokens);
    }
    if tokens.peek_puncts("!") && !tokens.peek_puncts("!=") {
        return Err(Fault::outside(name.span(), format!("the macro `{name}!`")));
    }
    if tokens.peek_group(Delimiter::Parenthesis).is_some() {
        let call = call(name, tokens, scope)?;
        return call_function(call);
    }
    match name.to_string().as_str() {
        word @ ("if" | "match" | "loop" | "while" | "for" | "unsafe" | "async" | "move" | "return"
        | "break") => Err(Fault::outside(name.span(), format!("`{word}` as a value"))),
        _ => scope.look_up(name),
    }
}

/// The only paths that are values.
fn path(first: &Ident, tokens: &mut Tokens) -> Read<Value> {
    let fault = Fault::outside(first.span(), format!("the path that begins with `{first}::`"));
    tokens.take_puncts("::");
    let last = tokens.ident("a name")?;
    match (first.to_string().as_str(), last.to_string().as_str()) {
        ("f64", "INFINITY") => Ok(Value::Real(f64::INFINITY)),
        ("f64", "NEG_INFINITY") => Ok(Value::Real(f64::NEG_INFINITY)),
        ("f64", "NAN") => Ok(Value::Real(f64::NAN)),
        _ => Err(fault),
    }
}

fn tuple(group: &Group, scope: &mut Scope<'_>) -> Read<Value> {
    let (mut values, comma) = list(group, scope)?;
    if values.len() == 1 && !comma {
        return Ok(values.remove(0).value);
    }
    Ok(Value::Tuple(Tuple(values)))
}

fn array(group: &Group, scope: &mut Scope<'_>) -> Read<Value> {
    if Tokens::inside(group).until(';').is_some() {
        return empty_array(group, scope);
    }
    let (values, _) = list(group, scope)?;
    let first = values.first().map(|first| std::mem::discriminant(&first.value));
    match values
        .iter()
        .find(|item| Some(std::mem::discriminant(&item.value)) != first)
    {
        Some(odd) => Err(Fault::new(
            odd.span,
            format!(
                "an array holds values of one type, and this is {} among others",
                odd.value.what()
            ),
        )
        .hint("in a key, write `part(\"name\")` for a column beside others that say more")
        .hint("in a row, write `value(1)`, `value(\"x\")`, `null()`")),
        None => Ok(Value::List(values)),
    }
}

/// `[""; 0]`: an empty array that tells the compiler its type.
fn empty_array(group: &Group, scope: &mut Scope<'_>) -> Read<Value> {
    let mut length = Tokens::inside(group);
    let Some(mut element) = length.until(';') else {
        return Err(length.expected("`;`"));
    };
    whole_expression(&mut element, scope)?;
    let span = length.span();
    match whole_expression(&mut length, scope)?.value {
        Value::Integer(0) => Ok(Value::List(Vec::new())),
        _ => Err(Fault::outside(span, "an array by its length").hint("write its elements one by one")),
    }
}
