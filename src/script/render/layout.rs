//! Line breaks where rustfmt has them and the printer has not, so that formatting a script changes little.
//!
//! Comes in: the tokens of a statement. Goes out: the same with [`Marks`] where a break must be.

use super::marks::Marks;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// rustfmt's `chain_width`, `fn_call_width` and `array_width`: longer chains of two calls and more, longer lists of two
/// arguments and more, and longer arrays stand on several lines.
const ONE_LINE: usize = 60;

/// Puts the breaks into a list of expressions (a statement is a list of one).
pub(super) fn lay_out(tokens: TokenStream, marks: &mut Marks) -> TokenStream {
    let mut out = TokenStream::new();
    let mut expression = Vec::new();
    for token in tokens {
        let ends = is_punct(&token, ',');
        if ends {
            expression_into(&mut out, std::mem::take(&mut expression), marks);
            out.extend([token]);
        } else {
            expression.push(token);
        }
    }
    expression_into(&mut out, expression, marks);
    out
}

fn expression_into(out: &mut TokenStream, expression: Vec<TokenTree>, marks: &mut Marks) {
    let is_broken = expression
        .iter()
        .any(|t| matches!(t, TokenTree::Ident(ident) if marks.is_mark(ident)));
    let calls = expression.iter().filter(|t| is_punct(t, '.')).count();
    let breaks = !is_broken && calls >= 2 && expression.iter().map(width).sum::<usize>() > ONE_LINE;
    let mut calls_so_far = 0;
    for token in expression {
        if is_punct(&token, '.') {
            calls_so_far += 1;
            if breaks && calls_so_far == 2 {
                out.extend(marks.break_chain());
            }
        }
        out.extend([inside(token, marks)]);
    }
}

fn inside(token: TokenTree, marks: &mut Marks) -> TokenTree {
    let TokenTree::Group(group) = token else {
        return token;
    };
    let items: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_list = group.delimiter() == Delimiter::Bracket || items.iter().any(|t| is_punct(t, ','));
    let too_wide = is_list && items.iter().map(width).sum::<usize>() > ONE_LINE;
    let has_lines = items
        .iter()
        .any(|t| matches!(t, TokenTree::Literal(text) if text.to_string().contains('\n')));
    let mut stream = lay_out(group.stream(), marks);
    if too_wide || has_lines {
        stream.extend(marks.break_list());
    }
    TokenTree::Group(Group::new(group.delimiter(), stream))
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

/// The width of a token printed on one line.
fn width(token: &TokenTree) -> usize {
    match token {
        TokenTree::Group(group) => 2 + group.stream().into_iter().map(|t| width(&t)).sum::<usize>(),
        TokenTree::Punct(punct) if punct.as_char() == ',' => 2,
        TokenTree::Punct(_) => 1,
        TokenTree::Ident(ident) => ident.to_string().chars().count(),
        TokenTree::Literal(literal) => literal.to_string().chars().count(),
    }
}

/// The texts of the literals that stand on several lines, in order.
pub(super) fn literals_of_several_lines(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals_of_several_lines(group.stream(), found),
            TokenTree::Literal(literal) => {
                found.extend(Some(literal.to_string()).filter(|text| text.contains('\n')));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

const STEP: usize = 4;

/// Takes a step of indentation from chains whose first call stands on several lines: the printer indents what follows it, and
/// rustfmt does not. Lines inside `literals` are left alone.
pub(super) fn dedent(printed: &str, literals: &[String]) -> String {
    let lines = lines_with_indent(printed, literals);
    let mut out = String::with_capacity(printed.len());
    // The indents of the lines where such chains begin; a chain ends at a line that is indented no more than its first.
    let mut chains: Vec<usize> = Vec::new();
    for (number, (line, indent)) in lines.iter().enumerate() {
        let Some(indent) = *indent else {
            out.push_str(line);
            continue;
        };
        chains.retain(|begin| *begin < indent);
        out.push_str(&line[(chains.len() * STEP).min(indent)..]);
        let next = lines[number + 1..].iter().find_map(|(_, indent)| *indent);
        if line.trim_end().ends_with(['(', '[']) && next == Some(indent + 2 * STEP) {
            chains.push(indent);
        }
    }
    out
}

/// The lines, each with its indent; none where the line begins inside a literal.
fn lines_with_indent<'a>(printed: &'a str, literals: &[String]) -> Vec<(&'a str, Option<usize>)> {
    let mut inside = Vec::new();
    let mut from = 0;
    for literal in literals {
        let Some(at) = printed[from..].find(literal.as_str()) else {
            continue;
        };
        inside.push(from + at..from + at + literal.len());
        from += at + literal.len();
    }
    let mut start = 0;
    let mut lines = Vec::new();
    let mut inside = inside.into_iter().peekable();
    for line in printed.split_inclusive('\n') {
        while inside.next_if(|range| range.end <= start).is_some() {}
        let is_code = inside.peek().is_none_or(|range| range.start >= start);
        lines.push((
            line,
            is_code.then(|| line.len() - line.trim_start_matches(' ').len()),
        ));
        start += line.len();
    }
    lines
}
