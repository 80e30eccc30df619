//! Rename hints in the comments of a target: `-- autogen: renamed from old_name`.
//!
//! In comes the text of a file, out come the renames that its comments declare, and warnings about hints that are
//! malformed or stand at nothing. Whether a rename fits the database is for the comparator to say.
//!
//! A hint belongs to a table or column that it stands directly above, or at the end of a line of. It is found by the positions
//! of tokens, not by parsing, so it also works where the engine knows more than any grammar here.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    classify::Rules,
    cursor::{Cursor, Named},
    files::SqlFile,
};
use crate::{
    Notice, Place,
    compare::{Rename, RenameOf, RenameOrigin},
    schema::{Name, QName},
    sql::{Comment, LineIndex, Scanner, Statement, TokenKind, comments, split, unquote},
};

/// What the comments of a file say.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    /// In the order of the text.
    pub(crate) renames: Vec<Rename>,
    /// About hints that say nothing.
    pub(crate) notices: Vec<Notice>,
}

/// What every hint begins with.
const MARK: &str = "autogen";

/// How a hint is written.
const FORM: &str = "write `-- autogen: renamed from old_name`";

/// Reads the hints of a file.
pub(crate) fn hints(file: &SqlFile, rules: &Rules) -> Hints {
    if !may_hold_hints(&file.text) {
        return Hints::default();
    }
    let mut reader = Reader {
        file,
        rules,
        lines: LineIndex::new(&file.text),
        seen: BTreeSet::new(),
        hints: Hints::default(),
    };
    reader.read();
    reader.hints
}

/// Whether the mark is anywhere in a text: nearly always it is not, and then nothing has to be scanned.
fn may_hold_hints(text: &str) -> bool {
    [MARK, "Autogen", "AUTOGEN"]
        .iter()
        .any(|mark| text.contains(mark))
}

struct Reader<'a> {
    file: &'a SqlFile,
    rules: &'a Rules,
    lines: LineIndex<'a>,
    /// What has a hint already.
    seen: BTreeSet<(QName, Option<Name>)>,
    hints: Hints,
}

/// What a hint stands at.
enum Stands<'a> {
    At(Thing<'a>),
    AtAlter,
    AtNothing,
}

/// What can have an old name.
#[derive(Clone)]
enum Thing<'a> {
    Table(QName),
    Column(QName, Cow<'a, str>),
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        let text = self.file.text.as_str();
        let mut before: Option<Statement<'a>> = None;
        for statement in split(text, self.rules.lexicon) {
            self.between(before.as_ref(), Some(&statement));
            if may_hold_hints(statement.text) {
                self.inside(&statement);
            }
            before = Some(statement);
        }
        self.between(before.as_ref(), None);
    }

    /// The comments between two statements.
    fn between(&mut self, before: Option<&Statement<'a>>, after: Option<&Statement<'a>>) {
        let text = self.file.text.as_str();
        let start = before.map_or(0, |statement| statement.offset + statement.text.len());
        let end = after.map_or(text.len(), |statement| statement.offset);
        let gap = &text[start..end];
        if !may_hold_hints(gap) {
            return;
        }
        for comment in comments(gap, self.rules.lexicon) {
            let comment = Comment {
                offset: start + comment.offset,
                ..comment
            };
            let neighbour = if before.is_some() && ends_line(text, start, &comment) {
                before
            } else {
                after.filter(|_| self.is_directly_above(text, &comment, end))
            };
            let stands = neighbour.map_or(Stands::AtNothing, |statement| self.statement(statement));
            self.hint(&comment, 0, &stands);
        }
    }

    /// The comments inside a statement.
    fn inside(&mut self, statement: &Statement<'a>) {
        let table = created_table(statement, self.rules);
        for comment in statement.comments() {
            let stands = match &table {
                Some(table) => self.in_table(statement, table, &comment),
                None => match self.statement(statement) {
                    Stands::AtAlter => Stands::AtAlter,
                    Stands::At(_) | Stands::AtNothing => Stands::AtNothing,
                },
            };
            self.hint(&comment, statement.offset, &stands);
        }
    }

    /// What a hint above or behind a statement stands at.
    fn statement(&self, statement: &Statement<'a>) -> Stands<'a> {
        if Cursor::new(statement.text, self.rules.lexicon).eat_all(&["alter", "table"]) {
            return Stands::AtAlter;
        }
        match created_table(statement, self.rules) {
            Some(table) => Stands::At(Thing::Table(table.name)),
            None => Stands::AtNothing,
        }
    }

    /// What a hint inside CREATE TABLE stands at.
    fn in_table(
        &self,
        statement: &Statement<'a>,
        table: &CreatedTable<'a>,
        comment: &Comment<'_>,
    ) -> Stands<'a> {
        let of_item = |item: &Item<'a>| match &item.column {
            Some(column) => Stands::At(Thing::Column(table.name.clone(), column.clone())),
            None => Stands::AtNothing,
        };
        let at = comment.offset;
        if at < table.body || table.items.is_empty() {
            return Stands::At(Thing::Table(table.name.clone()));
        }
        let previous = table.items.iter().rev().find(|item| item.start < at);
        if let Some(item) = previous
            && at < item.end
        {
            return of_item(item);
        }
        if at > table.end {
            return Stands::At(Thing::Table(table.name.clone()));
        }
        // Behind the comma that ends an item, or behind the parenthesis that opens the body.
        let behind = previous.map_or(table.body, |item| item.end_with_comma);
        if ends_line(statement.text, behind.min(at), comment) {
            return previous.map_or_else(|| Stands::At(Thing::Table(table.name.clone())), of_item);
        }
        match table.items.iter().find(|item| item.start > at) {
            Some(item) if self.is_directly_above(statement.text, comment, item.start) => of_item(item),
            Some(_) | None => Stands::AtNothing,
        }
    }

    /// Whether no blank line and nothing but comments is between a comment and what begins at `thing`.
    fn is_directly_above(&self, text: &str, comment: &Comment<'_>, thing: usize) -> bool {
        let between = &text[comment.offset + comment.text.len()..thing];
        Scanner::new(between, self.rules.lexicon).all(|token| {
            token.is_comment()
                || token.is_trivia() && token.text(between).bytes().filter(|&b| b == b'\n').count() < 2
        })
    }

    /// Takes a comment that may be a hint; `base` is where the text begins in which its offset counts.
    fn hint(&mut self, comment: &Comment<'_>, base: usize, stands: &Stands<'_>) {
        let old = match parse(comment.body(), self.rules) {
            Hint::None => return,
            Hint::Malformed => {
                let first = comment.body().lines().next().unwrap_or_default();
                let notice = Notice::warning(format!("`{first}` is not a hint")).hint(FORM);
                self.notice(notice, base + comment.offset);
                return;
            }
            Hint::RenamedFrom(old) => old,
        };
        let place = self.place(base + comment.offset);
        match stands {
            Stands::At(thing) => {
                let (what, key) = match thing {
                    Thing::Table(table) => {
                        let what = RenameOf::Table {
                            old: table.sibling(old),
                            new: table.clone(),
                        };
                        (what, (table.clone(), None))
                    }
                    Thing::Column(table, column) => {
                        let new = Name::from(column.as_ref());
                        let what = RenameOf::Column {
                            table: table.clone(),
                            old: Name::from(old),
                            new: new.clone(),
                        };
                        (what, (table.clone(), Some(new)))
                    }
                };
                if self.seen.insert(key) {
                    self.hints.renames.push(Rename {
                        what,
                        origin: RenameOrigin::Hint(place),
                    });
                } else {
                    let notice = Notice::warning("there is another hint for the same name before this one")
                        .hint("one name can have one old name: remove one of the hints");
                    self.notice(notice, base + comment.offset);
                }
            }
            Stands::AtAlter => {
                let notice = Notice::new("a rename hint at ALTER TABLE has no effect")
                    .hint("it belongs to the CREATE TABLE, or to a column in it");
                self.notice(notice, base + comment.offset);
            }
            Stands::AtNothing => {
                let notice =
                    Notice::warning("a rename hint that stands at no table and no column has no effect")
                        .hint("put it directly above a CREATE TABLE or a column, or at the end of its line");
                self.notice(notice, base + comment.offset);
            }
        }
    }

    fn place(&self, offset: usize) -> Place {
        self.lines.place(Some(&self.file.path), offset)
    }

    fn notice(&mut self, notice: Notice, offset: usize) {
        let notice = notice.at(self.place(offset));
        self.hints.notices.push(notice);
    }
}

/// Whether a comment is on the line where `behind` is, and the last thing on it.
fn ends_line(text: &str, behind: usize, comment: &Comment<'_>) -> bool {
    let rest = &text[comment.offset + comment.text.len()..];
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    !text[behind..comment.offset].contains('\n')
        && line.chars().all(|c| c.is_whitespace() || c == ';')
        && !comment.text.contains('\n')
}

/// What a comment says.
enum Hint {
    /// Nothing to us.
    None,
    /// Something to us, in words that we do not understand.
    Malformed,
    RenamedFrom(String),
}

fn parse(body: &str, rules: &Rules) -> Hint {
    let Some(rest) = strip_word(body, MARK) else {
        return Hint::None;
    };
    let Some(rest) = rest.trim_start().strip_prefix(':') else {
        // Without the colon it may be a sentence about this program, unless it goes on like a hint.
        let goes_on = rest
            .trim_start()
            .get(..6)
            .is_some_and(|word| word.eq_ignore_ascii_case("rename"));
        return if goes_on { Hint::Malformed } else { Hint::None };
    };
    let name =
        strip_word(rest.trim_start(), "renamed").and_then(|rest| strip_word(rest.trim_start(), "from"));
    match name.map(str::trim).and_then(|name| old_name(name, rules)) {
        Some(old) => Hint::RenamedFrom(old),
        None => Hint::Malformed,
    }
}

/// `text` behind `word`, in any case, when it begins with that and no longer word.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.get(..word.len())?;
    let rest = &text[word.len()..];
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (start.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// A name in quotes, or everything up to the end of the line.
fn old_name(text: &str, rules: &Rules) -> Option<String> {
    let mut tokens = Scanner::new(text, rules.lexicon);
    let first = tokens.next()?;
    match first.kind {
        TokenKind::QuotedIdent | TokenKind::String => {
            let rest_is_empty = tokens.next().is_none();
            let name = unquote(first.text(text), rules.lexicon);
            (rest_is_empty && !name.is_empty()).then(|| name.into_owned())
        }
        TokenKind::Unterminated => None,
        _ if text.contains('\n') => None,
        _ if rules.names_fold => Some(text.to_ascii_lowercase()),
        _ => Some(text.to_owned()),
    }
}

/// A CREATE TABLE, as far as hints need it. Offsets are in the statement.
struct CreatedTable<'a> {
    name: QName,
    /// Behind the parenthesis that opens the list of columns.
    body: usize,
    /// Where the parenthesis is that closes it.
    end: usize,
    items: Vec<Item<'a>>,
}

/// A column or constraint in the list.
struct Item<'a> {
    start: usize,
    end: usize,
    end_with_comma: usize,
    /// `None` for a constraint.
    column: Option<Cow<'a, str>>,
}

fn created_table<'a>(statement: &Statement<'a>, rules: &Rules) -> Option<CreatedTable<'a>> {
    let mut cursor = Cursor::new(statement.text, rules.lexicon);
    if !cursor.eat("create") {
        return None;
    }
    cursor.eat("unlogged");
    if !cursor.eat("table") {
        return None;
    }
    cursor.eat_all(&["if", "not", "exists"]);
    let (qualifier, name) = cursor.qualified_name()?;
    let name = name.kept(rules.names_fold);
    let namespace = qualifier
        .filter(|qualifier| !qualifier.name.eq_ignore_ascii_case(rules.home))
        .map(|qualifier| Name::from(qualifier.kept(rules.names_fold).as_ref()));
    let mut table = CreatedTable {
        name: QName {
            namespace,
            name: Name::from(name.as_ref()),
        },
        body: cursor.offset(),
        end: statement.text.len(),
        items: Vec::new(),
    };
    let Some(open) = cursor.take().filter(|token| token.is_symbol(statement.text, "(")) else {
        return Some(table);
    };
    table.body = open.end;
    let mut depth = 1_usize;
    let mut item: Option<Item<'a>> = None;
    while let Some(next) = cursor.peek() {
        let first = cursor.clone();
        cursor.take();
        let is = |symbol| next.is_symbol(statement.text, symbol);
        if is("(") {
            depth += 1;
        } else if is(")") {
            depth -= 1;
            if depth == 0 {
                table.end = next.start;
                break;
            }
        } else if is(",") && depth == 1 {
            if let Some(mut done) = item.take() {
                done.end_with_comma = next.end;
                table.items.push(done);
            }
            continue;
        }
        if let Some(item) = &mut item {
            item.end = next.end;
            item.end_with_comma = next.end;
        } else {
            let is_constraint = first.at_any(rules.constraint_words);
            let column = first.clone().name().filter(|_| !is_constraint);
            item = Some(Item {
                start: next.start,
                end: next.end,
                end_with_comma: next.end,
                column: column.map(|named: Named<'a>| named.kept(rules.names_fold)),
            });
        }
    }
    table.items.extend(item);
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Level, dialect::Engine};

    fn read(sql: &str) -> Hints {
        let file = SqlFile {
            path: "schema.sql".into(),
            text: sql.to_owned(),
        };
        hints(&file, Rules::of(Engine::Sqlite))
    }

    /// Each rename as `old -> table` or `old -> table.column`, with its line.
    fn renames(sql: &str) -> Vec<String> {
        let hints = read(sql);
        assert!(hints.notices.is_empty(), "{sql}: {:?}", hints.notices);
        hints.renames.iter().map(shown).collect()
    }

    fn shown(rename: &Rename) -> String {
        let RenameOrigin::Hint(place) = &rename.origin else {
            panic!("{rename:?}")
        };
        match &rename.what {
            RenameOf::Table { old, new } => format!("{old} -> {new} ({})", place.line),
            RenameOf::Column { table, old, new } => format!("{old} -> {table}.{new} ({})", place.line),
        }
    }

    fn only_notice(sql: &str) -> Notice {
        let hints = read(sql);
        assert!(hints.renames.is_empty(), "{sql}: {:?}", hints.renames);
        let [notice] = hints.notices.as_slice() else {
            panic!("{sql}: {:?}", hints.notices)
        };
        notice.clone()
    }

    #[test]
    fn a_hint_above_a_table_or_at_the_end_of_its_line_is_the_tables() {
        for sql in [
            "-- autogen: renamed from client\nCREATE TABLE customer (id int);",
            "-- autogen: renamed from client\n-- Who buys.\n/* more */\nCREATE TABLE customer (id int);",
            "/* autogen: renamed from client */ CREATE TABLE customer (id int);",
            "CREATE TABLE customer ( -- autogen: renamed from client\n id int);",
            "CREATE TABLE customer -- autogen: renamed from client\n(id int);",
            "CREATE TABLE customer /* autogen: renamed from client */ (id int);",
            "CREATE TABLE customer (id int); -- autogen: renamed from client",
            "CREATE TABLE customer (id int) -- autogen: renamed from client",
            "CREATE TABLE customer (id int) /* autogen: renamed from client */ STRICT",
            "CREATE TABLE IF NOT EXISTS main.customer (\n id int\n); -- autogen: renamed from client\n",
            "CREATE TABLE customer -- autogen: renamed from client\n AS SELECT 1 AS id",
            "SELECT 1; /* autogen: renamed from client */ CREATE TABLE customer (id int)",
        ] {
            let found: Vec<String> = renames(sql).iter().map(|r| r[..r.len() - 4].to_owned()).collect();
            assert_eq!(found, ["client -> customer"], "{sql}");
        }
    }

    #[test]
    fn a_hint_above_a_column_or_at_the_end_of_its_line_is_the_columns() {
        let sql = "
CREATE TABLE t (
    -- autogen: renamed from ident
    id integer PRIMARY KEY,
    email text, -- autogen: renamed from mail
    a int DEFAULT (1, 2) -- autogen: renamed from x
        NOT NULL,
    -- autogen: renamed from y
    -- what b is
    \"b c\" int, [d] int, -- autogen: renamed from z
    /* autogen: renamed from v */ e int, /* autogen: renamed from u */ 'f' int,
    key int -- autogen: renamed from k
);";
        assert_eq!(
            renames(sql),
            [
                "ident -> t.id (3)",
                "mail -> t.email (5)",
                "x -> t.a (6)",
                "y -> t.b c (8)",
                "z -> t.d (10)",
                "v -> t.e (11)",
                "u -> t.f (11)",
                "k -> t.key (12)",
            ]
        );
    }

    #[test]
    fn an_old_name_may_be_quoted() {
        for (written, old) in [
            ("plain", "plain"),
            ("  with space ", "with space"),
            ("\"quoted \"\"name\"\"\"", "quoted \"name\""),
            ("[a b]", "a b"),
            ("`a`", "a"),
            ("'it''s'", "it's"),
            ("a.b", "a.b"),
            ("🦀", "🦀"),
        ] {
            let hints = read(&format!(
                "--AUTOGEN :  Renamed  FROM {written}\nCREATE TABLE t (id int)"
            ));
            let RenameOf::Table { old: found, .. } = &hints.renames[0].what else {
                panic!()
            };
            assert_eq!(found.name.as_str(), old);
        }
    }

    #[test]
    fn a_hint_at_nothing_is_a_warning_with_its_place() {
        for sql in [
            "-- autogen: renamed from a\n",
            "-- autogen: renamed from a\n\nCREATE TABLE t (id int);",
            "-- autogen: renamed from a\nCREATE INDEX i ON t (a);",
            "-- autogen: renamed from a\nCREATE VIRTUAL TABLE t USING fts5(a);",
            "CREATE TABLE t (id int,\n -- autogen: renamed from a\n UNIQUE (id));",
            "CREATE TABLE t (id int, CONSTRAINT c -- autogen: renamed from a\n UNIQUE (id));",
            "CREATE TABLE t (id int\n -- autogen: renamed from a\n);",
            "CREATE TABLE t (a int,\n -- autogen: renamed from a\n\n b int);",
            "CREATE VIEW v AS -- autogen: renamed from a\n SELECT 1;",
            "SELECT 1; -- autogen: renamed from a\nCREATE TABLE t (id int);",
        ] {
            let notice = only_notice(sql);
            assert_eq!(notice.level, Level::Warning, "{sql}");
            assert_eq!(
                notice.message,
                "a rename hint that stands at no table and no column has no effect"
            );
            let place = notice.place.unwrap();
            let line = sql.lines().position(|line| line.contains("autogen")).unwrap() + 1;
            assert_eq!(
                (place.line, place.file),
                (line, Some("schema.sql".into())),
                "{sql}"
            );
        }
    }

    #[test]
    fn a_hint_that_cannot_be_read_is_a_warning() {
        for comment in [
            "-- autogen: renamed client",
            "-- autogen: renamed from",
            "-- autogen: rename from client",
            "-- autogen:",
            "-- autogen renamed from client",
            "-- autogen: renamed from \"a\" b",
            "-- autogen: renamed from \"a",
            "-- autogen: renamed from \"\"",
            "/* autogen: renamed from a\n b */",
        ] {
            let notice = only_notice(&format!("{comment}\nCREATE TABLE t (id int)"));
            assert!(
                notice.message.ends_with("is not a hint"),
                "{comment}: {}",
                notice.message
            );
            assert_eq!(notice.hint.as_deref(), Some(FORM));
            assert!(!notice.message.contains('\n'));
        }
        for comment in [
            "-- made by autogen",
            "-- autogenerated: x",
            "-- autogen reads this file",
        ] {
            assert_eq!(
                renames(&format!("{comment}\nCREATE TABLE t (id int)")),
                Vec::<String>::new()
            );
        }
        let in_a_string = "CREATE TABLE t (a text DEFAULT '-- autogen: renamed from x')";
        assert_eq!(renames(in_a_string), Vec::<String>::new());
    }

    #[test]
    fn a_hint_at_alter_table_is_a_notice() {
        for sql in [
            "-- autogen: renamed from a\nALTER TABLE t RENAME TO u;",
            "ALTER TABLE t ADD COLUMN b int; -- autogen: renamed from a",
            "ALTER TABLE t -- autogen: renamed from a\n ADD COLUMN b int;",
        ] {
            let notice = only_notice(sql);
            assert_eq!(
                (notice.level, notice.message.as_str()),
                (Level::Notice, "a rename hint at ALTER TABLE has no effect")
            );
        }
    }

    #[test]
    fn a_name_has_one_hint() {
        let hints = read("-- autogen: renamed from a\nCREATE TABLE t ( -- autogen: renamed from b\n id int)");
        assert_eq!(hints.renames.len(), 1);
        assert_eq!(hints.notices.len(), 1);
    }

    #[test]
    fn names_are_folded_where_the_engine_does_it() {
        let file = SqlFile {
            path: "schema.sql".into(),
            text: "-- autogen: renamed from Customers\nCREATE UNLOGGED TABLE Public.Clients (\n  Id int, -- autogen: renamed from \"Key\"\n  \"No\" int\n);".into(),
        };
        let found = hints(&file, Rules::of(Engine::Postgres));
        let shown: Vec<String> = found.renames.iter().map(shown).collect();
        assert_eq!(shown.len(), 2, "{:?}", found.notices);
        assert!(shown[0].contains("customers -> clients"), "{shown:?}");
        assert!(shown[1].contains("Key -> clients.id"), "{shown:?}");
    }
}
