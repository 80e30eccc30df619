//! Which things are managed: patterns that include and exclude by kind and name.
//!
//! What is excluded is neither reflected nor dropped.

use crate::{Error, ErrorKind, Result};
use glob::{MatchOptions, Pattern};

/// Compiled `include` and `exclude` patterns.
///
/// A pattern is a glob over names, in any case of letters. `orders_*` means tables and other things of that name with
/// everything on them; `index:*_tmp` means only indexes; `column:users.legacy_*` means columns of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    include: Vec<Rule>,
    exclude: Vec<Rule>,
    hidden: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    kind: Option<String>,
    pattern: Pattern,
    with_parent: bool,
}

const ANY_CASE: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

impl Filter {
    /// A filter that admits everything.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Compiles patterns.
    ///
    /// # Errors
    /// When one is no glob pattern; the message shows it.
    pub fn new<S: AsRef<str>>(include: &[S], exclude: &[S]) -> Result<Self> {
        let compile = |patterns: &[S]| {
            patterns
                .iter()
                .map(|p| Rule::parse(p.as_ref()))
                .collect::<Result<Vec<_>>>()
        };
        Ok(Self {
            include: compile(include)?,
            exclude: compile(exclude)?,
            hidden: Vec::new(),
        })
    }

    /// Hides tables by name, whatever the patterns say: the tool's own ledger.
    #[must_use]
    pub fn hiding<S: Into<String>>(mut self, tables: impl IntoIterator<Item = S>) -> Self {
        self.hidden.extend(tables.into_iter().map(Into::into));
        self
    }

    /// Whether a thing is managed. `kind` is `table`, `column`, `index`, `constraint` or the kind of an object; `parent` is the
    /// table it is on.
    pub fn admits(&self, kind: &str, name: &str, parent: Option<&str>) -> bool {
        let top = parent.unwrap_or(name);
        if self.hidden.iter().any(|h| h.eq_ignore_ascii_case(top)) {
            return false;
        }
        if self.include.is_empty() && self.exclude.is_empty() {
            return true;
        }
        if let Some(parent) = parent
            && !self.admits("table", parent, None)
        {
            return false;
        }
        if self.exclude.iter().any(|rule| rule.applies(kind, name, parent)) {
            return false;
        }
        let mut rules = self
            .include
            .iter()
            .filter(|rule| rule.restricts(kind, parent))
            .peekable();
        rules.peek().is_none() || rules.any(|rule| rule.applies(kind, name, parent))
    }
}

impl Rule {
    fn parse(text: &str) -> Result<Self> {
        let (kind, pattern) = match text.split_once(':') {
            Some((kind, pattern)) => (Some(kind.trim().to_lowercase()), pattern.trim()),
            None => (None, text.trim()),
        };
        let compiled = Pattern::new(pattern).map_err(|e| {
            Error::new(ErrorKind::Config, format!("\"{text}\" is not a pattern: {e}"))
                .hint("a pattern is a name with * and ?, such as orders_* or index:*_tmp")
        })?;
        let with_parent = kind.is_some() && pattern.contains('.');
        Ok(Self {
            kind,
            pattern: compiled,
            with_parent,
        })
    }

    /// Whether an include rule says something about things of that kind.
    fn restricts(&self, kind: &str, parent: Option<&str>) -> bool {
        match &self.kind {
            Some(own) => own == kind,
            None => parent.is_none(),
        }
    }

    fn applies(&self, kind: &str, name: &str, parent: Option<&str>) -> bool {
        if !self.restricts(kind, parent) {
            return false;
        }
        match parent {
            Some(parent) if self.with_parent => {
                self.pattern.matches_with(&format!("{parent}.{name}"), ANY_CASE)
            }
            _ => self.pattern.matches_with(name, ANY_CASE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    fn filter(include: &[&str], exclude: &[&str]) -> Filter {
        Filter::new(include, exclude).expect("patterns")
    }

    #[test]
    fn a_table_pattern_takes_everything_on_the_table_with_it() {
        let filter = filter(&[], &["tmp_*"]);
        assert!(!filter.admits("table", "TMP_a", None));
        assert!(!filter.admits("index", "ix", Some("tmp_a")));
        assert!(!filter.admits("view", "tmp_v", None));
        assert!(filter.admits("table", "orders", None));
    }

    #[test]
    fn a_kind_pattern_speaks_of_that_kind_only() {
        let filter = filter(&["index:ix_*"], &["column:users.legacy_*"]);
        assert!(filter.admits("table", "anything", None));
        assert!(!filter.admits("index", "other", Some("users")));
        assert!(!filter.admits("column", "legacy_id", Some("users")));
        assert!(filter.admits("column", "legacy_id", Some("orders")));
    }

    #[test]
    fn included_names_leave_all_others_out() {
        let filter = filter(&["shop_*"], &[]);
        assert!(filter.admits("table", "shop_orders", None));
        assert!(filter.admits("column", "id", Some("shop_orders")));
        assert!(!filter.admits("view", "report", None));
    }

    #[test]
    fn the_ledger_is_hidden_whatever_the_patterns_say() {
        let filter = filter(&["*"], &[]).hiding(["autogen_version"]);
        assert!(!filter.admits("table", "autogen_version", None));
        assert!(!filter.admits("index", "i", Some("AUTOGEN_VERSION")));
    }
}
