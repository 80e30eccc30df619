//! What only the text of SHOW CREATE TABLE says: a text comes in, its clauses by the names of columns and keys come out.
//!
//! The text is read by its tokens, since names and strings can hold anything; what `information_schema` says too is passed over.

use super::partitions;
use super::spelling::{name_of, quoted, significant};
use crate::dialect::mysql::option;
use crate::schema::Options;
use crate::sql::{Token, TokenKind};
use std::collections::BTreeMap;

/// A CREATE TABLE as far as it is read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// Columns by their names.
    pub(super) columns: BTreeMap<String, ShownColumn>,
    /// Keys by their names; the primary key is `PRIMARY`.
    pub(super) keys: BTreeMap<String, ShownKey>,
    /// Periods and the columns they are made of.
    pub(super) periods: Vec<(String, Vec<String>)>,
    /// Options of the table and of its partitioning.
    pub(super) options: Options,
}

/// What is read of a column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ShownColumn {
    /// What it is generated from, without the parentheses of the clause.
    pub(super) generated: Option<String>,
    /// Its default, when that is an expression, with its parentheses.
    pub(super) default: Option<String>,
    pub(super) options: Options,
}

/// What is read of a key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ShownKey {
    /// The period whose overlaps it refuses.
    pub(super) without_overlaps: Option<String>,
    /// The method behind USING, as it is said though it may be the usual one.
    pub(super) says: Option<&'static str>,
    pub(super) options: Options,
}

/// The tokens of a text, without those that only say from which version on others are read.
pub(super) struct Clauses<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Clauses<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        let mut tokens = significant(sql);
        tokens.retain(|token| {
            let text = token.text(sql);
            token.kind != TokenKind::Symbol || text.len() < 2 || !(text.starts_with("/*") || text == "*/")
        });
        Self { sql, tokens }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether that token is an unquoted word, in any case.
    pub(super) fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_keyword(self.sql, word))
    }

    pub(super) fn is_symbol(&self, at: usize, symbol: &str) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_symbol(self.sql, symbol))
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::QuotedIdent)
    }

    /// What the token names, or says as a string.
    pub(super) fn meaning(&self, at: usize) -> String {
        self.tokens
            .get(at)
            .map_or_else(String::new, |token| name_of(token, self.sql).into_owned())
    }

    /// The token behind the group that a parenthesis opens, or behind the one token that is none.
    pub(super) fn skip(&self, at: usize) -> usize {
        if !self.is_symbol(at, "(") {
            return at + 1;
        }
        let mut depth = 0_usize;
        for end in at..self.len() {
            if self.is_symbol(end, "(") {
                depth += 1;
            } else if self.is_symbol(end, ")") {
                depth -= 1;
                if depth == 0 {
                    return end + 1;
                }
            }
        }
        self.len()
    }

    /// The first token in a range, outside of parentheses, that fits; else the end of the range.
    pub(super) fn find(&self, range: (usize, usize), fits: impl Fn(usize) -> bool) -> usize {
        let mut at = range.0;
        while at < range.1 {
            if fits(at) {
                return at;
            }
            at = self.skip(at);
        }
        range.1
    }

    /// What stands between the commas of the group that the parenthesis opens.
    pub(super) fn items(&self, open: usize) -> Vec<(usize, usize)> {
        let end = self.skip(open).saturating_sub(1);
        let mut items = Vec::new();
        let mut start = open + 1;
        while start < end {
            let comma = self.find((start, end), |at| self.is_symbol(at, ","));
            items.push((start, comma));
            start = comma + 1;
        }
        items
    }

    /// The text of some tokens as it is, with one blank where there are any.
    pub(super) fn text(&self, range: (usize, usize)) -> String {
        let mut out = String::new();
        let mut last: Option<usize> = None;
        for token in self.tokens.get(range.0..range.1).unwrap_or_default() {
            if last.is_some_and(|end| end < token.start) {
                out.push(' ');
            }
            out.push_str(token.text(self.sql));
            last = Some(token.end);
        }
        out
    }

    /// The text inside of the group that the parenthesis opens, to the byte.
    fn inside(&self, open: usize) -> &'a str {
        let close = self.skip(open).saturating_sub(1);
        match (self.tokens.get(open), self.tokens.get(close)) {
            (Some(first), Some(last)) if first.end <= last.start => &self.sql[first.end..last.start],
            _ => "",
        }
    }
}

/// Reads a CREATE TABLE.
pub(super) fn read(sql: &str) -> Shown {
    let clauses = Clauses::new(sql);
    let mut shown = Shown::default();
    let open = clauses.find((0, clauses.len()), |at| clauses.is_symbol(at, "("));
    for item in clauses.items(open) {
        take_item(&mut shown, &clauses, item);
    }
    let tail = (clauses.skip(open), clauses.len());
    let partitions = clauses.find(tail, |at| {
        clauses.is_word(at, "PARTITION") && clauses.is_word(at + 1, "BY")
    });
    shown.options = options(&clauses, (tail.0, partitions));
    if partitions < tail.1 {
        partitions::read(&clauses, partitions + 2, &mut shown.options);
    }
    shown
}

fn take_item(shown: &mut Shown, clauses: &Clauses<'_>, item: (usize, usize)) {
    let (start, end) = item;
    if clauses.is_name(start) {
        let column = column(clauses, (start + 1, end));
        if column != ShownColumn::default() {
            shown.columns.insert(clauses.meaning(start), column);
        }
    } else if clauses.is_word(start, "PERIOD") {
        let columns = clauses.items(start + 3).into_iter();
        let columns = columns.map(|(at, _)| clauses.meaning(at)).collect();
        shown.periods.push((clauses.meaning(start + 2), columns));
    } else {
        let open = clauses.find(item, |at| clauses.is_symbol(at, "("));
        let keyword = clauses.find((start, open), |at| clauses.is_word(at, "KEY"));
        if keyword == open || clauses.is_word(start, "CONSTRAINT") {
            return;
        }
        let name = if clauses.is_word(start, "PRIMARY") {
            "PRIMARY".to_owned()
        } else {
            clauses.meaning(keyword + 1)
        };
        let key = key(clauses, open, end);
        if key != ShownKey::default() {
            shown.keys.insert(name, key);
        }
    }
}

/// The clauses of a column.
fn column(clauses: &Clauses<'_>, range: (usize, usize)) -> ShownColumn {
    let mut column = ShownColumn::default();
    let mut at = range.0;
    while at < range.1 {
        let is_group = clauses.is_symbol(at + 1, "(");
        if clauses.is_word(at, "AS") && is_group {
            column.generated = Some(clauses.inside(at + 1).to_owned());
        } else if clauses.is_word(at, "DEFAULT") && is_group {
            column.default = Some(format!("({})", clauses.inside(at + 1)));
        }
        for word in [option::STORAGE, option::COLUMN_FORMAT] {
            if clauses.is_word(at, word) {
                column
                    .options
                    .insert(word.to_owned(), clauses.meaning(at + 1).to_uppercase());
            }
        }
        at = clauses.skip(at);
    }
    column
}

/// The clauses of a key.
fn key(clauses: &Clauses<'_>, open: usize, end: usize) -> ShownKey {
    let mut key = ShownKey::default();
    for (start, end) in clauses.items(open) {
        if clauses.is_word(start + 1, "WITHOUT") && end == start + 3 {
            key.without_overlaps = Some(clauses.meaning(start));
        }
    }
    let mut at = clauses.skip(open);
    while at < end {
        if clauses.is_word(at, "WITH") && clauses.is_word(at + 1, "PARSER") {
            key.options
                .insert(option::PARSER.to_owned(), clauses.meaning(at + 2));
            at += 3;
        } else if clauses.is_word(at, "KEY_BLOCK_SIZE") {
            key.options
                .insert(option::KEY_BLOCK_SIZE.to_owned(), clauses.meaning(at + 2));
            at += 3;
        } else if clauses.is_word(at, "USING") {
            let methods = ["btree", "hash"];
            key.says = methods.into_iter().find(|method| clauses.is_word(at + 1, method));
            at += 2;
        } else if clauses.is_word(at, "CLUSTERING") {
            key.options.insert(
                option::CLUSTERING.to_owned(),
                clauses.meaning(at + 2).to_lowercase(),
            );
            at += 3;
        } else if clauses.is_symbol(at + 1, "=") {
            // What only the engine understands: the distance of a VECTOR index.
            let name = format!("{}{}", option::WITH, clauses.meaning(at).to_lowercase());
            key.options.insert(name, clauses.meaning(at + 2));
            at += 3;
        } else {
            at += 1;
        }
    }
    key
}

/// What the model has elsewhere, or not at all.
const ELSEWHERE: [&str; 9] = [
    "engine",
    "auto_increment",
    "charset",
    "character set",
    "collate",
    "comment",
    "sequence",
    "partitioned",
    "with system versioning",
];

/// The options behind the columns of a table, or those of `CREATE_OPTIONS`, which are spelled alike.
pub(super) fn options(clauses: &Clauses<'_>, range: (usize, usize)) -> Options {
    let mut options = Options::new();
    let mut at = range.0;
    while at < range.1 {
        let mut words = 1;
        for phrase in [
            &["DATA", "DIRECTORY"][..],
            &["INDEX", "DIRECTORY"],
            &["CHARACTER", "SET"],
            &["WITH", "SYSTEM", "VERSIONING"],
        ] {
            let mut each = phrase.iter().enumerate();
            if each.all(|(offset, word)| clauses.is_word(at + offset, word)) {
                words = phrase.len();
            }
        }
        let mut key = clauses.meaning(at).to_lowercase();
        for offset in 1..words {
            key.push(' ');
            key.push_str(&clauses.meaning(at + offset).to_lowercase());
        }
        at += words;
        let takes_value = clauses.is_symbol(at, "=");
        if takes_value {
            at += 1;
        }
        let mut value = String::new();
        if takes_value || matches!(key.as_str(), "tablespace" | "storage") {
            value = if clauses.is_symbol(at, "(") {
                let names = clauses.items(at).into_iter();
                let names: Vec<String> = names.map(|(at, _)| quoted(&clauses.meaning(at))).collect();
                names.join(",")
            } else {
                clauses.meaning(at)
            };
            at = clauses.skip(at);
        }
        if key == "default" || key == "," || ELSEWHERE.contains(&key.as_str()) {
            continue;
        }
        if matches!(key.as_str(), "row_format" | "insert_method") {
            value = value.to_uppercase();
        }
        options.insert(key.replace(' ', "_"), value);
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_found_behind_any_name_and_string() {
        let shown = read(
            "CREATE TABLE `t``(1` (\n  `a, (` int NOT NULL,\n  `b` varchar(9) CHARACTER SET latin1 DEFAULT (concat(`a, (`,_latin1'it\\')')) COMMENT 'AS (x)',\n  \
             `c` enum(')','(') GENERATED ALWAYS AS ((`b` = _latin1')')) STORED,\n  `d` int /*!50606 STORAGE MEMORY */ /*!50606 COLUMN_FORMAT FIXED */ DEFAULT NULL,\n  \
             PERIOD FOR `p x` (`s`, `e`),\n  PRIMARY KEY (`a, (`,`p x` WITHOUT OVERLAPS),\n  KEY `k` (`d`) KEY_BLOCK_SIZE=4096,\n  \
             FULLTEXT KEY `f``t` (`b`) /*!50100 WITH PARSER `ngram` */ ,\n  VECTOR KEY `v` (`v`) `m`=6 DISTANCE=cosine,\n  \
             CONSTRAINT `KEY` CHECK ((`d` > 1))\n) ENGINE=MRG_MyISAM AUTO_INCREMENT=9 DEFAULT CHARSET=latin1 COLLATE=latin1_bin ROW_FORMAT=Fixed \
             UNION=(`m,1`,`m2`) INSERT_METHOD=last COMMENT='UNION=(x)' /*!50100 TABLESPACE `ts 1` */ DATA DIRECTORY='/tmp/x' WITH SYSTEM VERSIONING",
        );
        let column = |name: &str| shown.columns.get(name);
        assert_eq!(
            column("b").and_then(|c| c.default.as_deref()),
            Some("(concat(`a, (`,_latin1'it\\')'))")
        );
        assert_eq!(
            column("c").and_then(|c| c.generated.as_deref()),
            Some("(`b` = _latin1')')")
        );
        assert_eq!(
            column("d").map(|c| &c.options),
            Some(&map(&[("column_format", "FIXED"), ("storage", "MEMORY")]))
        );
        assert_eq!(column("a, ("), None);
        let key = |name: &str| shown.keys.get(name).map(|key| key.options.clone());
        assert_eq!(
            shown
                .keys
                .get("PRIMARY")
                .and_then(|k| k.without_overlaps.as_deref()),
            Some("p x")
        );
        assert_eq!(key("k"), Some(map(&[("key_block_size", "4096")])));
        assert_eq!(key("f`t"), Some(map(&[("parser", "ngram")])));
        assert_eq!(
            key("v"),
            Some(map(&[("with.distance", "cosine"), ("with.m", "6")]))
        );
        assert_eq!(
            shown.periods,
            [("p x".to_owned(), vec!["s".to_owned(), "e".to_owned()])]
        );
        assert_eq!(
            shown.options,
            map(&[
                ("data_directory", "/tmp/x"),
                ("insert_method", "LAST"),
                ("row_format", "FIXED"),
                ("tablespace", "ts 1"),
                ("union", "`m,1`,`m2`"),
            ])
        );
    }

    #[test]
    fn create_options_are_read_alike() {
        for (text, expected) in [
            ("", &[][..]),
            (
                "row_format=COMPRESSED stats_sample_pages=7 KEY_BLOCK_SIZE=8 partitioned",
                &[
                    ("key_block_size", "8"),
                    ("row_format", "COMPRESSED"),
                    ("stats_sample_pages", "7"),
                ],
            ),
            (
                "COMPRESSION=\"zlib\" ENCRYPTION='Y'",
                &[("compression", "zlib"), ("encryption", "Y")],
            ),
            (
                "`page_compressed`='1' DATA DIRECTORY='/tmp/x/'",
                &[("data_directory", "/tmp/x/"), ("page_compressed", "1")],
            ),
        ] {
            let clauses = Clauses::new(text);
            assert_eq!(options(&clauses, (0, clauses.len())), map(expected), "{text}");
        }
    }

    fn map(pairs: &[(&str, &str)]) -> Options {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }
}
