//! Which things are managed: patterns that include and exclude by kind and name.
//!
//! What is excluded is neither reflected nor dropped.

use std::borrow::Cow;

use glob::{MatchOptions, Pattern};

use crate::{
    Error, ErrorKind, Result,
    extend::{Extensions, NameToRead},
    nearest::nearest,
};

/// The kinds that a pattern may name. Engines call the kinds of their objects by these words.
const KINDS: [&str; 26] = [
    "table",
    "column",
    "index",
    "constraint",
    "view",
    "trigger",
    "virtual table",
    "foreign table",
    "materialized view",
    "sequence",
    "enum",
    "domain",
    "composite type",
    "range type",
    "function",
    "procedure",
    "aggregate",
    "operator",
    "collation",
    "extension",
    "policy",
    "rule",
    "event",
    "package",
    "package body",
    "schema",
];

/// Who the definer of a view, routine, trigger or event is (MySQL, MariaDB).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Definer {
    /// Whoever applies the script. What a database or a target says about it is no difference.
    #[default]
    Current,
    /// Whoever the database or the target names.
    Keep,
}

/// Compiled `include` and `exclude` patterns.
///
/// A pattern is a glob over names (`*`, `?`, `[a-z]`), in any case of letters. `orders_*` means tables and other things of
/// that name with everything on them; `index:*_tmp` means only indexes; `column:users.legacy_*` means columns of one table.
///
/// * A thing is managed when no `exclude` pattern means it and, if `include` patterns speak of its kind, one of them means
///   it. A pattern without a kind speaks of everything but the parts of tables.
/// * What is on a table that is not managed is not managed.
/// * A virtual or foreign table is a table too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    include: Vec<Rule>,
    exclude: Vec<Rule>,
    hidden: Vec<String>,
    namespaces: Vec<String>,
    definer: Definer,
    /// Kinds of objects that a program adds.
    kinds: Extensions,
    /// Names that a program leaves out.
    names: Extensions,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// One of [`KINDS`].
    kind: Option<&'static str>,
    pattern: Pattern,
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
    /// [`ErrorKind::Config`] when a kind is unknown or a pattern malformed; the message shows it.
    pub fn new<S: AsRef<str>>(include: &[S], exclude: &[S]) -> Result<Self> {
        let mut filter = Self::everything();
        for pattern in include {
            filter.include(pattern.as_ref())?;
        }
        for pattern in exclude {
            filter.exclude(pattern.as_ref())?;
        }
        Ok(filter)
    }

    /// Adds an `include` pattern.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn include(&mut self, pattern: &str) -> Result<()> {
        self.include.push(Rule::parse(pattern)?);
        Ok(())
    }

    /// Adds an `exclude` pattern.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn exclude(&mut self, pattern: &str) -> Result<()> {
        self.exclude.push(Rule::parse(pattern)?);
        Ok(())
    }

    /// Hides tables by name, whatever the patterns say: the tool's own ledger. What stands before a `.` may be a namespace.
    #[must_use]
    pub fn hiding<S: Into<String>>(mut self, tables: impl IntoIterator<Item = S>) -> Self {
        for table in tables {
            let table = table.into();
            if let Some((_, name)) = table.rsplit_once('.') {
                self.hidden.push(name.to_owned());
            }
            self.hidden.push(table);
        }
        self
    }

    /// With the kinds of objects that a program adds, and without the names that it leaves out.
    #[must_use]
    pub fn with_extensions(mut self, extensions: &Extensions) -> Self {
        self.names = extensions.clone();
        self.with_object_kinds(extensions)
    }

    /// With the kinds of objects that a program adds.
    #[must_use]
    pub fn with_object_kinds(mut self, extensions: &Extensions) -> Self {
        self.kinds = extensions.clone();
        self
    }

    /// Where the kinds of objects that a program adds are.
    #[cfg(feature = "connect")]
    pub(crate) fn object_kinds(&self) -> &Extensions {
        &self.kinds
    }

    /// Whether a program has a say in what is read, so that what was read before may no longer be right.
    #[cfg(feature = "connect")]
    pub(crate) fn is_extended(&self) -> bool {
        !self.kinds.is_empty() || !self.names.is_empty()
    }

    /// Leaves only these namespaces, and nothing that is in none (extensions, casts, publications); without any, everything.
    pub fn set_namespaces<S: Into<String>>(&mut self, namespaces: impl IntoIterator<Item = S>) {
        self.namespaces = namespaces.into_iter().map(Into::into).collect();
    }

    /// Says whether definers are managed.
    pub fn set_definer(&mut self, definer: Definer) {
        self.definer = definer;
    }

    /// Whether definers are managed.
    pub fn definer(&self) -> Definer {
        self.definer
    }

    /// Whether anything in that namespace is managed.
    pub fn reads_namespace(&self, name: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|n| n == name)
    }

    /// Whether all namespaces are managed, and what is in none.
    pub fn reads_everything(&self) -> bool {
        self.namespaces.is_empty()
    }

    /// Whether a thing is managed. `kind` is `table`, `column`, `index`, `constraint` or the kind of an object; `parent` is the
    /// table it is on.
    pub fn admits(&self, kind: &str, name: &str, parent: Option<&str>) -> bool {
        self.admits_on(kind, name, parent.map(|parent| ("table", parent)))
    }

    /// Whether a thing is managed that may be on something other than a table, such as a trigger on a view: `parent` is the
    /// kind and name of what it is on.
    pub fn admits_on(&self, kind: &str, name: &str, parent: Option<(&str, &str)>) -> bool {
        let top = parent.map_or(name, |(_, parent)| parent);
        if self.hidden.iter().any(|h| h.eq_ignore_ascii_case(top)) {
            return false;
        }
        if self.include.is_empty() && self.exclude.is_empty() {
            let names = parent.map(|(kind, name)| NameToRead {
                kind,
                name,
                parent: None,
            });
            let names = names.into_iter().chain([NameToRead { kind, name, parent }]);
            return names.into_iter().all(|name| self.names.reads(&name));
        }
        if !self.names.reads(&NameToRead { kind, name, parent }) {
            return false;
        }
        if let Some((parent_kind, parent)) = parent
            && !self.admits_on(parent_kind, parent, None)
        {
            return false;
        }
        let kind = spaced(kind);
        let parent = parent.map(|(_, parent)| parent);
        if self.exclude.iter().any(|rule| rule.applies(&kind, name, parent)) {
            return false;
        }
        let mut rules = self
            .include
            .iter()
            .filter(|rule| rule.restricts(&kind, parent))
            .peekable();
        rules.peek().is_none() || rules.any(|rule| rule.applies(&kind, name, parent))
    }
}

impl Rule {
    fn parse(text: &str) -> Result<Self> {
        let error = |message: String| Error::new(ErrorKind::Config, message);
        let (kind, pattern) = match text.split_once(':') {
            Some((kind, pattern)) => {
                let word = spaced(kind.trim()).to_lowercase();
                let Some(known) = KINDS.into_iter().find(|known| *known == word) else {
                    let error = error(format!("unknown kind `{kind}` in the pattern `{text}`"));
                    return Err(match nearest(&word, KINDS) {
                        Some(known) => error.hint(format!("did you mean `{known}`?")),
                        None => error.hint(format!(
                            "the kinds are {}; a name with a colon in it takes a kind in front: `table:{text}`",
                            KINDS.join(", ")
                        )),
                    });
                };
                (Some(known), pattern.trim())
            }
            None => (None, text.trim()),
        };
        if pattern.is_empty() {
            return Err(error(format!("the pattern `{text}` names nothing"))
                .hint("a pattern is a name with * and ?, such as orders_* or index:*_tmp"));
        }
        let pattern = Pattern::new(pattern).map_err(|cause| {
            error(format!(
                "the pattern `{text}` is malformed at its character {}: {}",
                cause.pos + 1,
                cause.msg
            ))
            .hint("write `[*]`, `[?]` or `[[]` for these characters themselves")
        })?;
        Ok(Self { kind, pattern })
    }

    /// Whether the rule says something about things of that kind.
    fn restricts(&self, kind: &str, parent: Option<&str>) -> bool {
        match self.kind {
            Some("table") => kind == "table" || kind.ends_with(" table"),
            Some(own) => own == kind,
            None => parent.is_none(),
        }
    }

    fn applies(&self, kind: &str, name: &str, parent: Option<&str>) -> bool {
        self.restricts(kind, parent)
            && (self.pattern.matches_with(name, ANY_CASE)
                || parent.is_some_and(|parent| {
                    self.pattern.as_str().contains('.')
                        && self.pattern.matches_with(&format!("{parent}.{name}"), ANY_CASE)
                }))
    }
}

/// `materialized_view` and `materialized-view` as `materialized view`.
fn spaced(kind: &str) -> Cow<'_, str> {
    if kind.contains(['_', '-']) {
        Cow::Owned(kind.replace(['_', '-'], " "))
    } else {
        Cow::Borrowed(kind)
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
        for (pattern, spares_views) in [("tmp_*", false), ("table:tmp_*", true)] {
            let filter = filter(&[], &[pattern]);
            assert!(!filter.admits("table", "TMP_a", None));
            assert!(!filter.admits("virtual table", "tmp_a", None));
            assert!(!filter.admits("index", "ix", Some("tmp_a")));
            assert!(!filter.admits("column", "id", Some("tmp_a")));
            assert!(!filter.admits("trigger", "tr", Some("tmp_a")));
            assert_eq!(filter.admits("view", "tmp_v", None), spares_views);
            assert!(filter.admits("table", "orders", None));
            assert!(filter.admits("index", "tmp_ix", Some("orders")));
        }
    }

    #[test]
    fn a_kind_pattern_speaks_of_that_kind_only() {
        let filter = filter(
            &["index:ix_*"],
            &["column:users.legacy_*", "materialized_view:m", "index:ix_a.b"],
        );
        assert!(filter.admits("table", "anything", None));
        assert!(!filter.admits("index", "other", Some("users")));
        assert!(filter.admits("index", "ix_c", Some("users")));
        assert!(!filter.admits("index", "ix_a.b", Some("users")));
        assert!(!filter.admits("column", "legacy_id", Some("users")));
        assert!(filter.admits("column", "legacy_id", Some("orders")));
        assert!(!filter.admits("materialized view", "m", None));
        assert!(filter.admits("table", "m", None));
    }

    #[test]
    fn included_names_leave_all_others_out() {
        let filter = filter(&["shop_*"], &["shop_tmp"]);
        assert!(filter.admits("table", "shop_orders", None));
        assert!(filter.admits("column", "id", Some("shop_orders")));
        assert!(filter.admits("view", "shop_v", None));
        assert!(!filter.admits("view", "report", None));
        assert!(!filter.admits("table", "shop_tmp", None));
        assert!(!filter.admits("column", "id", Some("shop_tmp")));
        assert!(!filter.admits("index", "shop_ix", Some("other")));
    }

    #[test]
    fn what_is_on_a_view_follows_the_view() {
        let filter = filter(&["table:a"], &["view:v"]);
        assert!(!filter.admits_on("trigger", "t", Some(("view", "v"))));
        assert!(filter.admits_on("trigger", "t", Some(("view", "w"))));
        assert!(!filter.admits("trigger", "t", Some("b")));
    }

    #[test]
    fn the_ledger_is_hidden_whatever_the_patterns_say() {
        let filter = filter(&["*"], &[]).hiding(["autogen_version"]);
        assert!(!filter.admits("table", "autogen_version", None));
        assert!(!filter.admits("index", "i", Some("AUTOGEN_VERSION")));
    }

    #[test]
    fn names_with_slashes_and_dots_match_stars() {
        assert!(!filter(&[], &["a*z"]).admits("table", "a/.b.z", None));
    }

    #[test]
    fn mistakes_are_named() {
        let mistake = |pattern: &str| Filter::new(&[], &[pattern]).unwrap_err();
        let error = mistake("tabel:x");
        assert_eq!(error.message(), "unknown kind `tabel` in the pattern `tabel:x`");
        assert_eq!(error.hints(), ["did you mean `table`?"]);
        assert!(mistake("weird:name").hints()[0].contains("`table:weird:name`"));
        assert!(mistake("table:").message().contains("names nothing"));
        assert!(mistake(" ").message().contains("names nothing"));
        let error = mistake("a[b");
        assert!(
            error
                .message()
                .starts_with("the pattern `a[b` is malformed at its character 2"),
            "{error}"
        );
    }
}
