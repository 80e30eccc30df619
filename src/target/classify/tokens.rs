//! What judges look for in the tokens of a statement: phrases, keywords outside parentheses, parts to blank out.

use crate::{sql::Token, target::cursor::Cursor};

/// Moves to the first of these keywords outside parentheses, and gives it. Without one the cursor is at the end.
pub(in crate::target) fn find(cursor: &mut Cursor<'_>, keywords: &[&str]) -> Option<Token> {
    let mut depth = 0_usize;
    while let Some(token) = cursor.peek() {
        if cursor.at_symbol("(") || cursor.at_symbol("[") {
            depth += 1;
        } else if cursor.at_symbol(")") || cursor.at_symbol("]") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && cursor.at_any(keywords) {
            return Some(token);
        }
        cursor.take();
    }
    None
}

/// The text with blanks for these tokens, so that places in it stay places in the text.
pub(super) fn blanked(text: &str, tokens: &[Token]) -> String {
    let mut blanked = text.to_owned();
    for token in tokens {
        blanked.replace_range(token.start..token.end, &" ".repeat(token.end - token.start));
    }
    blanked
}

/// Takes the longest of these phrases that comes next, and gives what stands beside it.
pub(super) fn longest<T: Copy>(cursor: &mut Cursor<'_>, phrases: &[(&[&str], T)]) -> Option<T> {
    let (words, found) = phrases
        .iter()
        .filter(|(words, _)| cursor.clone().eat_all(words))
        .max_by_key(|(words, _)| words.len())?;
    cursor.eat_all(words);
    Some(*found)
}
