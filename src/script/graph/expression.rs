//! The grammar of revisions, and its one parser.
//!
//! ```text
//! range      = [expression] ":" [expression]
//! expression = [branch "@"] [symbol] [("+" | "-") number]
//! symbol     = "head" | "heads" | "base" | "current" | an id, its beginning, or a label
//! branch     = a label, or any revision of the branch
//! ```
//!
//! Comes in: a text. Goes out: its parts. Whether there are such revisions is not asked here.

use super::usage;
use crate::Result;

/// A place in the history as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression {
    /// As it was written.
    pub(super) text: String,
    /// What stands before `@`.
    pub(super) branch: Option<String>,
    pub(super) symbol: Option<Symbol>,
    /// Steps up from there, or down when negative; 0 when none are written.
    pub(super) steps: i64,
}

/// Where the steps of an expression begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Symbol {
    /// The one head.
    Head,
    /// All heads.
    Heads,
    /// Before the first revision.
    Base,
    /// Where the database is.
    Current,
    /// An id, the beginning of one, or a label.
    Name(String),
}

/// Two places in the history, `older:newer`. Either may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    pub(super) lower: Option<Expression>,
    pub(super) upper: Option<Expression>,
}

impl Expression {
    /// # Errors
    /// When it is no expression; the message says why.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let no = |why: &str| usage(format!("{text:?} is no revision: {why}"));
        if text.contains(':') {
            return Err(no("it is a range").hint("ranges are for `history -r` and `--sql`"));
        }
        let (branch, rest) = match text.split_once('@') {
            Some(("", _)) => return Err(no("a branch must stand before `@`")),
            Some((branch, rest)) if rest.contains('@') => {
                return Err(no("it has more than one `@`").hint(format!("is `{branch}` the branch?")));
            }
            Some((branch, rest)) => (Some(branch.to_owned()), rest),
            None => (None, text),
        };
        let (symbol, steps) = match split_steps(rest) {
            None => (rest, 0),
            Some((_, "")) => {
                let sign = &rest[rest.len() - 1..];
                return Err(no(&format!("a number must follow {sign}")));
            }
            Some((symbol, digits)) => {
                let steps = rest[symbol.len()..].parse();
                let steps: i64 = steps.map_err(|_| no(&format!("{digits} is too large a number")))?;
                (symbol, steps)
            }
        };
        let has_steps = symbol.len() < rest.len();
        let symbol = match symbol {
            "" if has_steps => None,
            "" if branch.is_some() => {
                return Err(no("a revision must stand behind `@`")
                    .hint(format!("`{text}head`, `{text}base`, `{text}-1`")));
            }
            "" => return Err(no("it is empty")),
            "head" => Some(Symbol::Head),
            "heads" => Some(Symbol::Heads),
            "base" => Some(Symbol::Base),
            "current" => Some(Symbol::Current),
            name => Some(Symbol::Name(name.to_owned())),
        };
        Ok(Self {
            text: text.to_owned(),
            branch,
            symbol,
            steps,
        })
    }

    /// Whether it only counts steps from where one is.
    pub(super) fn is_bare(&self) -> bool {
        self.symbol.is_none()
    }
}

impl Range {
    /// Reads a range; `None` for a text without a `:`, which is one place.
    ///
    /// # Errors
    /// When one of its ends is no expression.
    pub fn parse(text: &str) -> Result<Option<Self>> {
        let Some((lower, upper)) = text.split_once(':') else {
            return Ok(None);
        };
        let side = |text: &str| match text.trim() {
            "" => Ok(None),
            text => Expression::parse(text).map(Some),
        };
        Ok(Some(Self {
            lower: side(lower)?,
            upper: side(upper)?,
        }))
    }

    /// Whether it can be read only by who knows where the database is.
    pub fn asks_for_current(&self) -> bool {
        let (lower, upper) = (self.lower.as_ref(), self.upper.as_ref());
        let says = |side: Option<&Expression>| side.is_some_and(|e| e.symbol == Some(Symbol::Current));
        let bare = |side: Option<&Expression>| side.is_some_and(Expression::is_bare);
        says(lower) || says(upper) || (bare(lower) && bare(upper))
    }

    /// The ends as they were written.
    pub fn ends(&self) -> (Option<&str>, Option<&str>) {
        (
            self.lower.as_ref().map(|e| e.text.as_str()),
            self.upper.as_ref().map(|e| e.text.as_str()),
        )
    }
}

/// Cuts `id+2` into `id` and `2`. A sign with anything but digits behind it is part of a label.
fn split_steps(text: &str) -> Option<(&str, &str)> {
    let at = text.rfind(['+', '-'])?;
    let digits = &text[at + 1..];
    digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then_some((&text[..at], digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_its_parts() {
        let name = |text: &str| Some(Symbol::Name(text.to_owned()));
        for (text, branch, symbol, steps) in [
            ("head", None, Some(Symbol::Head), 0),
            (" heads ", None, Some(Symbol::Heads), 0),
            ("base+2", None, Some(Symbol::Base), 2),
            ("+1", None, None, 1),
            ("-12", None, None, -12),
            ("3f9c", None, name("3f9c"), 0),
            ("3f9c-1", None, name("3f9c"), -1),
            ("a@b", Some("a"), name("b"), 0),
            ("a@-1", Some("a"), None, -1),
            ("a@base+2", Some("a"), Some(Symbol::Base), 2),
            ("my-branch@head", Some("my-branch"), Some(Symbol::Head), 0),
            ("my-branch", None, name("my-branch"), 0),
            ("current-3", None, Some(Symbol::Current), -3),
        ] {
            let read = Expression::parse(text).expect(text);
            assert_eq!(
                (read.branch.as_deref(), read.symbol, read.steps),
                (branch, symbol, steps),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_expression_says_why() {
        for (text, why) in [
            ("", "empty"),
            ("b+", "a number must follow +"),
            ("@head", "before `@`"),
            ("a@", "behind `@`"),
            ("a@b@c", "more than one"),
            ("a:b", "range"),
            ("+99999999999999999999", "too large"),
        ] {
            let error = Expression::parse(text).expect_err(text);
            assert!(error.message().contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_range_may_lack_either_end() {
        for (text, ends) in [
            ("a:b", (Some("a"), Some("b"))),
            (":b", (None, Some("b"))),
            ("-3:", (Some("-3"), None)),
            (":", (None, None)),
        ] {
            let range = Range::parse(text).expect(text).expect("a range");
            assert_eq!(range.ends(), ends, "{text}");
        }
        assert_eq!(Range::parse("head").expect("fine"), None);
        assert!(Range::parse("a:b:c").is_err());
    }
}
