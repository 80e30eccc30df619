//! Text to statements, each with its place and the comments before it.
//!
//! In comes a text and a [`Lexicon`], out come [`Statement`]s in order, found lazily in one pass. Statements with bodies
//! of their own (triggers, routines) stay whole. What a client would have read for itself (psql's `\` lines, the data of
//! `COPY .. FROM STDIN`) comes out under its own kind; `DELIMITER` is obeyed, and so is `SET sql_mode` as far as it changes where
//! strings end. No statement is parsed or judged here.

use std::iter::FusedIterator;

use super::{
    body::Body,
    lexicon::Lexicon,
    modes::Session,
    scan::{Scanner, Token, TokenKind},
};

/// A comment and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comment<'a> {
    /// With its markers.
    pub(crate) text: &'a str,
    /// Its first byte, in the text that was asked.
    pub(crate) offset: usize,
}

impl<'a> Comment<'a> {
    /// What it says: without markers and outer blanks.
    pub(crate) fn body(&self) -> &'a str {
        let inner = match self.text.as_bytes() {
            [b'/', b'*', .., b'*', b'/'] if self.text.len() >= 4 => &self.text[2..self.text.len() - 2],
            [b'-', b'-', ..] => &self.text[2..],
            [b'#', ..] => &self.text[1..],
            _ => self.text,
        };
        inner.trim()
    }
}

/// Who a piece of a text speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatementKind {
    /// The database.
    Sql,
    /// psql: a line that begins with `\`.
    ClientCommand,
    /// The rows behind `COPY .. FROM STDIN`, without the closing `\.`.
    CopyData,
}

/// One statement of a text.
#[derive(Debug, Clone)]
pub(crate) struct Statement<'a> {
    /// From its first to its last token that is no comment; comments between them are kept, the `;` is not.
    pub(crate) text: &'a str,
    /// Its first byte, in the whole text.
    pub(crate) offset: usize,
    /// Where the quote or comment opened that is never closed, in the whole text.
    pub(crate) unterminated: Option<usize>,
    /// Who it speaks to.
    pub(crate) kind: StatementKind,
    lexicon: &'a Lexicon,
}

impl<'a> Statement<'a> {
    /// The rules by which it was read.
    pub(crate) fn lexicon(&self) -> &'a Lexicon {
        self.lexicon
    }

    /// Its tokens; their offsets are in [`Statement::text`].
    pub(crate) fn tokens(&self) -> Scanner<'a> {
        Scanner::new(self.text, self.lexicon)
    }

    /// The comments inside it; their offsets are in [`Statement::text`].
    pub(crate) fn comments(&self) -> impl Iterator<Item = Comment<'a>> + use<'a> {
        comments(self.text, self.lexicon)
    }
}

/// All comments of a text.
pub(crate) fn comments<'a>(
    sql: &'a str,
    lexicon: &'a Lexicon,
) -> impl Iterator<Item = Comment<'a>> + use<'a> {
    Scanner::new(sql, lexicon)
        .filter(Token::is_comment)
        .map(move |token| Comment {
            text: token.text(sql),
            offset: token.start,
        })
}

/// Splits `sql` into its statements. Empty ones are left out; the last one needs no `;`.
pub(crate) fn split<'a>(sql: &'a str, lexicon: &'a Lexicon) -> Split<'a> {
    Split {
        sql,
        lexicon,
        scanner: Scanner::new(sql, lexicon),
        session: lexicon.code_comments.map(|_| Session::new(lexicon.modes())),
        delimiter: ";",
        copy_data: false,
    }
}

/// The iterator of [`split`].
#[derive(Debug, Clone)]
pub(crate) struct Split<'a> {
    sql: &'a str,
    lexicon: &'a Lexicon,
    scanner: Scanner<'a>,
    /// For MySQL and MariaDB.
    session: Option<Session>,
    delimiter: &'a str,
    /// The statement before was `COPY .. FROM STDIN`.
    copy_data: bool,
}

impl FusedIterator for Split<'_> {}

impl<'a> Iterator for Split<'a> {
    type Item = Statement<'a>;

    fn next(&mut self) -> Option<Statement<'a>> {
        if std::mem::take(&mut self.copy_data)
            && let Some(data) = self.take_copy_data()
        {
            return Some(data);
        }
        let first = loop {
            let token = self.scanner.next()?;
            if !token.is_blank() && !self.is_end(token) && !self.is_delimiter_command(token) {
                break token;
            }
        };
        let mut statement = Statement {
            text: first.text(self.sql),
            offset: first.start,
            unterminated: None,
            kind: StatementKind::Sql,
            lexicon: self.lexicon,
        };
        if first.kind == TokenKind::Meta {
            statement.kind = StatementKind::ClientCommand;
            statement.text = statement.text.trim_end();
            return Some(statement);
        }
        let mut body = Body::new(self.lexicon);
        let mut copy = CopyFromStdin::default();
        let mut token = first;
        let mut end = first.end;
        loop {
            if self.is_end(token)
                && !(token.is_symbol(self.sql, ";") && self.delimiter == ";" && body.is_open())
            {
                self.copy_data = self.lexicon.psql && copy.is_complete();
                break;
            }
            if token.kind == TokenKind::Meta {
                self.scanner.seek(token.start);
                break;
            }
            if !token.is_blank() {
                end = token.end;
            }
            if !token.is_trivia() {
                body.feed(token, self.sql);
                copy.feed(token, self.sql);
            }
            if token.kind == TokenKind::Unterminated {
                statement.unterminated = Some(token.start);
            }
            match self.scanner.next() {
                Some(next) => token = next,
                None => break,
            }
        }
        statement.text = self.sql[first.start..end].trim_end();
        self.obey(statement.text);
        Some(statement)
    }
}

impl<'a> Split<'a> {
    fn is_end(&self, token: Token) -> bool {
        token.is_symbol(self.sql, self.delimiter)
    }

    /// Reads on by the rules that a statement sets.
    fn obey(&mut self, statement: &str) {
        let Some(session) = &mut self.session else { return };
        let modes = session.after(statement, self.lexicon);
        if modes != self.lexicon.modes() {
            self.lexicon = self.lexicon.with_modes(modes);
            self.scanner.set_lexicon(self.lexicon);
        }
    }

    /// Obeys `DELIMITER x` at the start of a statement and swallows its line.
    fn is_delimiter_command(&mut self, token: Token) -> bool {
        if !self.lexicon.delimiter_command || !token.is_keyword(self.sql, "delimiter") {
            return false;
        }
        let rest = &self.sql[token.end..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let Some(delimiter) = line.split_whitespace().next() else {
            return false;
        };
        self.delimiter = delimiter;
        self.scanner
            .set_delimiter((delimiter != ";").then_some(delimiter));
        self.scanner.seek(token.end + line.len());
        true
    }

    /// The lines from the next one up to `\.`, or up to the end without one.
    fn take_copy_data(&mut self) -> Option<Statement<'a>> {
        let after = &self.sql[self.scanner.position()..];
        let offset = self.scanner.position() + after.find('\n')? + 1;
        let mut end = offset;
        let mut next = self.sql.len();
        for line in self.sql[offset..].split_inclusive('\n') {
            if line.trim_end_matches(['\r', '\n']) == "\\." {
                next = end + line.trim_end_matches('\n').len();
                break;
            }
            end += line.len();
        }
        self.scanner.seek(next);
        (end > offset).then(|| Statement {
            text: &self.sql[offset..end],
            offset,
            unterminated: None,
            kind: StatementKind::CopyData,
            lexicon: self.lexicon,
        })
    }
}

/// Notices `COPY .. FROM STDIN`.
#[derive(Default)]
struct CopyFromStdin {
    progress: CopyProgress,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum CopyProgress {
    #[default]
    Start,
    Copy,
    From,
    Stdin,
    Other,
}

impl CopyFromStdin {
    fn feed(&mut self, token: Token, sql: &str) {
        self.progress = match self.progress {
            CopyProgress::Start if token.is_keyword(sql, "copy") => CopyProgress::Copy,
            CopyProgress::Copy if token.is_keyword(sql, "from") => CopyProgress::From,
            CopyProgress::From if token.is_keyword(sql, "stdin") => CopyProgress::Stdin,
            CopyProgress::Start | CopyProgress::Other => CopyProgress::Other,
            CopyProgress::Copy | CopyProgress::From => CopyProgress::Copy,
            CopyProgress::Stdin => CopyProgress::Stdin,
        };
    }

    fn is_complete(&self) -> bool {
        self.progress == CopyProgress::Stdin
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts<'a>(sql: &'a str, lexicon: &'a Lexicon) -> Vec<&'a str> {
        split(sql, lexicon).map(|statement| statement.text).collect()
    }

    #[test]
    fn statements_end_at_semicolons_outside_quotes_and_comments() {
        assert_eq!(
            texts(
                ";; SELECT ';' ; -- a;b\nSELECT \";\", [;], `;` /* ; */ + 1 ;\n\n;SELECT 2",
                &Lexicon::SQLITE
            ),
            ["SELECT ';'", "SELECT \";\", [;], `;` /* ; */ + 1", "SELECT 2"]
        );
        assert!(texts(" \u{feff} -- only a comment\n ; /* x */", &Lexicon::SQLITE).is_empty());
        assert!(texts("", &Lexicon::SQLITE).is_empty());
    }

    #[test]
    fn outer_comments_are_not_part_of_a_statement_and_inner_ones_are() {
        let sql = "\u{feff}-- head\nCREATE TABLE t ( -- inner\n a int) -- tail\n;";
        let statements: Vec<_> = split(sql, &Lexicon::SQLITE).collect();
        assert_eq!(statements.len(), 1);
        let statement = &statements[0];
        assert_eq!(statement.text, "CREATE TABLE t ( -- inner\n a int)");
        assert_eq!(&sql[statement.offset..][..statement.text.len()], statement.text);
        assert_eq!(
            statement
                .comments()
                .map(|c| (c.text, c.offset))
                .collect::<Vec<_>>(),
            [("-- inner", 17)]
        );
        assert_eq!(
            statement.tokens().last().map(|t| t.end),
            Some(statement.text.len())
        );
    }

    #[test]
    fn an_sqlite_trigger_is_one_statement() {
        let triggers = [
            "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET x = CASE WHEN 1 THEN 2 END; SELECT 1; END",
            "create temp trigger a AFTER INSERT ON t BEGIN SELECT 1; -- ;\n END",
            "CREATE TEMPORARY TRIGGER IF NOT EXISTS begin AFTER INSERT ON \"end\" BEGIN SELECT end; END",
            "EXPLAIN QUERY PLAN CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
        ];
        for trigger in triggers {
            for sql in [
                format!("{trigger};\nSELECT 1;"),
                format!("BEGIN TRANSACTION; {trigger}; SELECT 1; END"),
            ] {
                assert!(texts(&sql, &Lexicon::SQLITE).contains(&trigger), "{sql}");
                assert!(texts(&sql, &Lexicon::SQLITE).contains(&"SELECT 1"), "{sql}");
            }
            assert_eq!(texts(trigger, &Lexicon::SQLITE), [trigger]);
        }
        assert_eq!(
            texts(
                "BEGIN TRANSACTION; SELECT 1; END; CREATE TRIGGER a; SELECT 2",
                &Lexicon::SQLITE
            ),
            [
                "BEGIN TRANSACTION",
                "SELECT 1",
                "END",
                "CREATE TRIGGER a",
                "SELECT 2"
            ]
        );
        assert_eq!(
            texts("CREATE TABLE begin(a); SELECT 1", &Lexicon::SQLITE),
            ["CREATE TABLE begin(a)", "SELECT 1"]
        );
    }

    #[test]
    fn an_open_quote_is_reported_where_it_opened() {
        let sql = "SELECT 1; SELECT 'a; SELECT 2;";
        let statements: Vec<_> = split(sql, &Lexicon::SQLITE).collect();
        assert_eq!(
            statements.iter().map(|s| s.unterminated).collect::<Vec<_>>(),
            [None, sql.find('\'')]
        );
        assert_eq!(statements[1].text, "SELECT 'a; SELECT 2;");
        let only: Vec<_> = split("/* open", &Lexicon::SQLITE).collect();
        assert_eq!(only[0].unterminated, Some(0));
    }

    #[test]
    fn postgres_bodies_and_parentheses_hold_semicolons() {
        let statements = [
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN; END; $$",
            "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; SELECT 1; END",
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
            "BEGIN",
            "CREATE TABLE t (a text DEFAULT E'\\';')",
            "END",
        ];
        let sql = statements.join(";\n");
        assert_eq!(texts(&sql, &Lexicon::POSTGRES), statements);
    }

    #[test]
    fn psql_lines_and_copy_data_come_out_as_such() {
        let sql = "\\restrict abc\nCREATE TABLE t (a int);\nCOPY public.t (a) FROM stdin; -- x\n1;\n2'\n\\.\n\nSELECT 1 \\g\nCOPY t FROM stdin;\n\\.\nSELECT 2;\n\\c db";
        let found: Vec<_> = split(sql, &Lexicon::POSTGRES).map(|s| (s.kind, s.text)).collect();
        assert_eq!(
            found,
            [
                (StatementKind::ClientCommand, "\\restrict abc"),
                (StatementKind::Sql, "CREATE TABLE t (a int)"),
                (StatementKind::Sql, "COPY public.t (a) FROM stdin"),
                (StatementKind::CopyData, "1;\n2'\n"),
                (StatementKind::Sql, "SELECT 1"),
                (StatementKind::ClientCommand, "\\g"),
                (StatementKind::Sql, "COPY t FROM stdin"),
                (StatementKind::Sql, "SELECT 2"),
                (StatementKind::ClientCommand, "\\c db"),
            ]
        );
    }

    #[test]
    fn mysql_delimiters_are_obeyed() {
        let sql = "SELECT 1;\nDELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nSELECT '$$'$$\ndelimiter ;\nSELECT 2;";
        assert_eq!(
            texts(sql, &Lexicon::MYSQL),
            [
                "SELECT 1",
                "CREATE PROCEDURE p() BEGIN SELECT 1; END",
                "SELECT '$$'",
                "SELECT 2"
            ]
        );
    }

    #[test]
    fn mysql_bodies_hold_semicolons_without_a_delimiter_too() {
        let statements = [
            "CREATE DEFINER=`root`@`localhost` TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN IF NEW.begin THEN SET NEW.x = CASE WHEN 1 THEN 2 END; END IF; CASE 1 WHEN 1 THEN SELECT 1; END CASE; END",
            "CREATE PROCEDURE p() SELECT 1",
            "/*!40101 SET NAMES utf8 */",
            "BEGIN",
            "CREATE VIEW v AS SELECT 1",
        ];
        let sql = statements.join(";\n");
        assert_eq!(texts(&sql, &Lexicon::MYSQL), statements);
    }

    #[test]
    fn packages_and_routines_as_in_oracle_are_one_statement() {
        let oracle = Lexicon::MARIADB.with_modes(crate::sql::Modes::parse("ORACLE"));
        for (statement, lexicon) in [
            (
                "CREATE PACKAGE p AS a INT := 1; PROCEDURE q(x INT); FUNCTION f RETURN INT; END",
                oracle,
            ),
            (
                "CREATE OR REPLACE PACKAGE BODY p AS b INT; PROCEDURE q(x INT) AS c INT; BEGIN IF x THEN SELECT 1; END IF; END; \
                 FUNCTION f RETURN INT IS BEGIN RETURN 1; END; BEGIN b := 2; END",
                oracle,
            ),
            (
                "CREATE FUNCTION f(x INT) RETURN INT AS a INT := 1; BEGIN RETURN a; END",
                oracle,
            ),
            (
                "CREATE PACKAGE p PROCEDURE q(); FUNCTION f() RETURNS INT; END",
                &Lexicon::MARIADB,
            ),
            (
                "CREATE PACKAGE BODY p PROCEDURE q() SELECT 1 AS x; FUNCTION f() RETURNS INT BEGIN RETURN 1; END; END",
                &Lexicon::MARIADB,
            ),
            (
                "ALTER EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; SELECT 2; END",
                &Lexicon::MYSQL,
            ),
        ] {
            let sql = format!("{statement};\nSELECT 1;");
            assert_eq!(texts(&sql, lexicon), [statement, "SELECT 1"]);
        }
    }

    #[test]
    fn a_text_that_sets_its_modes_is_read_by_them() {
        let sql = "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_BACKSLASH_ESCAPES' */;
SELECT '\\';
SET sql_mode = 'ANSI_QUOTES';
SELECT \"\\\"; SELECT 'a\\';';
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
SELECT \"\\\";\";";
        let found = texts(sql, &Lexicon::MYSQL);
        assert_eq!(found.len(), 7, "{found:#?}");
        assert_eq!(found[6], "SELECT \"\\\";\"");
    }

    #[test]
    fn comments_with_code_belong_to_their_statement() {
        let trigger = "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET @a = 1; END */";
        let sql = format!(
            "/*!999999\\- enable */ \nDELIMITER ;;\n{trigger};;\nDELIMITER ;\n/*!40000 ALTER TABLE t DISABLE KEYS */;\nCREATE TABLE t (a int)\n/*!50100 PARTITION BY HASH (a) */;"
        );
        assert_eq!(
            texts(&sql, &Lexicon::MYSQL),
            [
                trigger,
                "/*!40000 ALTER TABLE t DISABLE KEYS */",
                "CREATE TABLE t (a int)\n/*!50100 PARTITION BY HASH (a) */"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_splits_into_ordered_pieces_of_itself(
            sql in "(create |temp |trigger |begin |end|case |;|copy |from |stdin|delimiter |\\\\.|\n|\\PC|[\\x00-\\x7f]){0,40}"
        ) {
            for lexicon in [&Lexicon::SQLITE, &Lexicon::POSTGRES, &Lexicon::MYSQL] {
                let mut end = 0;
                for statement in split(&sql, lexicon) {
                    prop_assert!(statement.offset >= end);
                    prop_assert!(!statement.text.is_empty());
                    end = statement.offset + statement.text.len();
                    prop_assert_eq!(&sql[statement.offset..end], statement.text);
                }
            }
        }
    }
}
