//! The names of script files: a template comes in, and with a revision, a slug and a time the name comes out.

use std::fmt::{self, Write as _};

use jiff::Zoned;

use crate::{Error, ErrorKind, Result, nearest::nearest};

/// A template such as `{year}_{month}_{rev}_{slug}`, for the name of a script file without its extension.
///
/// The tokens are `rev`, `slug`, `year`, `month`, `day`, `hour`, `minute`, `second` (in the time zone of the given time) and
/// `epoch` (seconds since 1970). `{{` and `}}` stand for braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTemplate(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Token(Token),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Rev,
    Slug,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Epoch,
}

const TOKENS: [(&str, Token); 9] = [
    ("rev", Token::Rev),
    ("slug", Token::Slug),
    ("year", Token::Year),
    ("month", Token::Month),
    ("day", Token::Day),
    ("hour", Token::Hour),
    ("minute", Token::Minute),
    ("second", Token::Second),
    ("epoch", Token::Epoch),
];

impl FileTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when a token is unknown or not closed, when there is none (every script would have the same
    /// name), or when the text cannot be part of a file name.
    pub fn parse(text: &str) -> Result<Self> {
        let error = |message: String| Error::new(ErrorKind::Config, message);
        if let Some(c) = text
            .chars()
            .find(|c| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
        {
            return Err(error(format!(
                "`{}` cannot stand in a file name",
                c.escape_default()
            )));
        }
        if !text.is_empty() && text.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(error(format!("`{text}` is no path inside the folder of scripts")));
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            literal.push_str(&rest[..brace]);
            let (brace, after) = rest[brace..].split_at(1);
            if let Some(after) = after.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            let Some((name, after)) = after.split_once('}').filter(|_| brace == "{") else {
                return Err(
                    error(format!("`{brace}` has no partner")).hint("write `{{` or `}}` for a brace itself")
                );
            };
            let Some((_, token)) = TOKENS.iter().find(|(known, _)| *known == name) else {
                let names = TOKENS.map(|(known, _)| known);
                return Err(
                    error(format!("unknown token `{{{name}}}`")).hint(match nearest(name, names) {
                        Some(known) => format!("did you mean `{{{known}}}`?"),
                        None => format!(
                            "the tokens are {}",
                            names.map(|known| format!("`{{{known}}}`")).join(", ")
                        ),
                    }),
                );
            };
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(Part::Token(*token));
            rest = after;
        }
        literal.push_str(rest);
        if parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return Err(
                error("the template has no token, so all scripts would have the same name".into())
                    .hint("write for example `{rev}_{slug}`"),
            );
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self(parts))
    }

    /// The file name, without extension, for a script.
    pub fn render(&self, revision: &str, slug: &str, time: &Zoned) -> String {
        let mut name = String::new();
        for part in &self.0 {
            let written = match part {
                Part::Text(text) => write!(name, "{text}"),
                Part::Token(Token::Rev) => write!(name, "{revision}"),
                Part::Token(Token::Slug) => write!(name, "{slug}"),
                Part::Token(Token::Year) => write!(name, "{:04}", time.year()),
                Part::Token(Token::Month) => write!(name, "{:02}", time.month()),
                Part::Token(Token::Day) => write!(name, "{:02}", time.day()),
                Part::Token(Token::Hour) => write!(name, "{:02}", time.hour()),
                Part::Token(Token::Minute) => write!(name, "{:02}", time.minute()),
                Part::Token(Token::Second) => write!(name, "{:02}", time.second()),
                Part::Token(Token::Epoch) => write!(name, "{}", time.timestamp().as_second()),
            };
            debug_assert!(written.is_ok(), "writing to a String does not fail");
        }
        // A script without a message has no slug; its separator goes too.
        if slug.is_empty() {
            name.trim_matches(['_', '-']).to_owned()
        } else {
            name
        }
    }
}

impl Default for FileTemplate {
    /// `{rev}_{slug}`.
    fn default() -> Self {
        Self(vec![
            Part::Token(Token::Rev),
            Part::Text("_".into()),
            Part::Token(Token::Slug),
        ])
    }
}

impl fmt::Display for FileTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Part::Token(token) => {
                    let name = TOKENS
                        .iter()
                        .find(|(_, known)| known == token)
                        .map_or("", |(name, _)| name);
                    write!(f, "{{{name}}}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time() -> Zoned {
        "2026-02-03T04:05:06+01:00[Europe/Berlin]".parse().unwrap()
    }

    #[test]
    fn tokens_are_replaced_and_zero_padded() {
        let text = "{year}{month}{day}_{hour}{minute}{second}_{epoch}-{rev}_{slug}";
        let template = FileTemplate::parse(text).unwrap();
        assert_eq!(
            template.render("abc", "add_x", &time()),
            "20260203_040506_1770087906-abc_add_x"
        );
        assert_eq!(template.to_string(), text);
        assert_eq!(
            FileTemplate::parse("{rev}_{slug}").unwrap(),
            FileTemplate::default()
        );
    }

    #[test]
    fn doubled_braces_are_braces() {
        let template = FileTemplate::parse("a{{{rev}}}b").unwrap();
        assert_eq!(template.render("1", "s", &time()), "a{1}b");
        assert_eq!(template.to_string(), "a{{{rev}}}b");
    }

    #[test]
    fn an_empty_slug_leaves_no_separator_behind() {
        assert_eq!(FileTemplate::default().render("abc", "", &time()), "abc");
    }

    #[test]
    fn mistakes_are_named() {
        let message = |text: &str| FileTemplate::parse(text).unwrap_err().to_string();
        assert_eq!(message("{rve}"), "unknown token `{rve}`");
        assert_eq!(
            FileTemplate::parse("{rve}").unwrap_err().hints(),
            ["did you mean `{rev}`?"]
        );
        assert_eq!(message("{rev"), "`{` has no partner");
        assert_eq!(message("rev}"), "`}` has no partner");
        assert_eq!(
            message("/{rev}"),
            "`/{rev}` is no path inside the folder of scripts"
        );
        assert_eq!(
            message("../{rev}"),
            "`../{rev}` is no path inside the folder of scripts"
        );
        assert!(message("fixed").contains("no token"));
        assert!(message("").contains("no token"));
        assert!(message("{rev}\0").contains("file name"));
    }
}
