//! Text to tokens, in one pass and without copying.
//!
//! In comes a text and a [`Lexicon`], out come [`Token`]s that tile the text: each begins where the one before ended.
//! Every text has tokens; what the engine would refuse (a stray byte, an open quote) is a token too.

use std::iter::FusedIterator;

use super::lexicon::{Lexicon, Parameters};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TokenKind {
    /// Blanks, line ends, a byte-order mark.
    Whitespace,
    /// `-- ..` or `# ..`, without its line end.
    LineComment,
    /// `/* .. */`.
    BlockComment,
    /// An unquoted name or keyword.
    Word,
    /// A name in the engine's quotes.
    QuotedIdent,
    /// A string, with its prefix (`E'..'`, `N'..'`) or dollar quotes.
    String,
    /// `x'..'`, `b'..'`.
    Blob,
    /// A number without its sign.
    Number,
    /// A parameter or variable.
    Param,
    /// An operator or a single character.
    Symbol,
    /// Where code in a comment begins or ends: `/*!`, `/*!80013`, `*/`.
    CodeMark,
    /// A line that speaks to psql, from `\` to before the line end.
    Meta,
    /// A quote or comment that is never closed; it reaches to the end of the text.
    Unterminated,
}

/// A piece of a text: what it is, and where in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte after its last.
    pub(crate) end: usize,
}

impl Token {
    /// Its text in the text it was scanned from.
    pub(crate) fn text<'a>(&self, sql: &'a str) -> &'a str {
        &sql[self.start..self.end]
    }

    /// Whether it is this unquoted word, in any case.
    pub(crate) fn is_keyword(&self, sql: &str, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text(sql).eq_ignore_ascii_case(keyword)
    }

    /// Whether it is this operator or character.
    pub(crate) fn is_symbol(&self, sql: &str, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text(sql) == symbol
    }

    /// Whether it stands for nothing: blanks, comments, and what makes code out of a comment.
    pub(crate) fn is_trivia(&self) -> bool {
        self.kind == TokenKind::CodeMark || self.is_blank()
    }

    /// Whether the engine does not care if it is there: blanks and comments.
    pub(super) fn is_blank(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment
        )
    }

    /// Whether it is a comment.
    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment)
    }
}

/// The tokens of a text.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    lexicon: &'a Lexicon,
    at: usize,
    /// What ends a statement besides `;`, when a client command says so; it cuts words short.
    delimiter: Option<&'a str>,
    /// Inside `/*! .. */` that is code.
    in_code_comment: bool,
}

impl FusedIterator for Scanner<'_> {}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let first = self.byte(start)?;
        let (kind, end) = self.scan(start, first);
        self.at = end;
        Some(Token { kind, start, end })
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Letters, digits, `_`, `$` and everything outside ASCII.
const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The characters of PostgreSQL's operators.
const fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-'
            | b'*'
            | b'/'
            | b'<'
            | b'>'
            | b'='
            | b'~'
            | b'!'
            | b'@'
            | b'#'
            | b'%'
            | b'^'
            | b'&'
            | b'|'
            | b'`'
            | b'?'
    )
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Operators of more than one character, the longest first where one begins another.
const OPERATORS: [&[u8]; 14] = [
    b"->>", b"<=>", b"||", b"->", b"<=", b"<>", b"!=", b"==", b">=", b"<<", b">>", b"::", b":=", b"&&",
];

impl<'a> Scanner<'a> {
    /// Scans all of `text`.
    pub(crate) fn new(text: &'a str, lexicon: &'a Lexicon) -> Self {
        Self {
            text,
            lexicon,
            at: 0,
            delimiter: None,
            in_code_comment: false,
        }
    }

    /// The offset of the next token.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes on at `offset`, which must begin a token.
    pub(super) fn seek(&mut self, offset: usize) {
        self.at = offset;
    }

    /// Reads on by these rules.
    pub(super) fn set_lexicon(&mut self, lexicon: &'a Lexicon) {
        self.lexicon = lexicon;
    }

    /// Makes `delimiter` a symbol wherever it stands outside quotes and comments.
    pub(super) fn set_delimiter(&mut self, delimiter: Option<&'a str>) {
        self.delimiter = delimiter;
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    /// The end of the run of bytes that fit, from `at`.
    fn run(&self, at: usize, fits: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|&b| !fits(b)).unwrap_or(rest.len())
    }

    fn scan(&mut self, start: usize, first: u8) -> (TokenKind, usize) {
        let lexicon = self.lexicon;
        if let Some(delimiter) = self.delimiter
            && self.rest(start).starts_with(delimiter.as_bytes())
        {
            return (TokenKind::Symbol, start + delimiter.len());
        }
        match first {
            b' ' | b'\t'..=b'\r' => (TokenKind::Whitespace, self.space(start)),
            0xef if self.rest(start).starts_with(BYTE_ORDER_MARK) => {
                (TokenKind::Whitespace, self.space(start))
            }
            b'-' if self.byte(start + 1) == Some(b'-') && self.dashes_are_a_comment(start) => {
                self.line(start)
            }
            b'#' if lexicon.hash_comments => self.line(start),
            b'/' if self.byte(start + 1) == Some(b'*') => self.block(start),
            b'*' if self.in_code_comment && self.byte(start + 1) == Some(b'/') => {
                self.in_code_comment = false;
                (TokenKind::CodeMark, start + 2)
            }
            b'"' if lexicon.double_quoted_names => self.quoted(start, TokenKind::QuotedIdent, false),
            b'\'' | b'"' => self.quoted(start, TokenKind::String, lexicon.backslash_escapes),
            b'`' if lexicon.backtick_names => self.quoted(start, TokenKind::QuotedIdent, false),
            b'[' if lexicon.bracket_names => match self.rest(start).iter().position(|&b| b == b']') {
                Some(length) => (TokenKind::QuotedIdent, start + length + 1),
                None => self.unterminated(),
            },
            b'0'..=b'9' => self.number(start),
            b'.' if self.byte(start + 1).is_some_and(|b| b.is_ascii_digit()) => self.number(start),
            b'$' => self.dollar(start),
            b'?' | b':' | b'@' if !lexicon.open_operators => self.parameter(start, first),
            b'\\' if lexicon.psql => (TokenKind::Meta, self.line_end(start)),
            _ if is_name(first) => self.word(start, first),
            _ => (TokenKind::Symbol, self.symbol(start, first)),
        }
    }

    fn unterminated(&self) -> (TokenKind, usize) {
        (TokenKind::Unterminated, self.text.len())
    }

    fn space(&self, start: usize) -> usize {
        let mut end = start;
        loop {
            end = self.run(end, is_space);
            if !self.rest(end).starts_with(BYTE_ORDER_MARK) {
                return end;
            }
            end += BYTE_ORDER_MARK.len();
        }
    }

    fn dashes_are_a_comment(&self, start: usize) -> bool {
        !self.lexicon.dashes_need_space || self.byte(start + 2).is_none_or(|b| b <= b' ')
    }

    fn line_end(&self, start: usize) -> usize {
        self.run(start, |b| b != b'\n')
    }

    fn line(&self, start: usize) -> (TokenKind, usize) {
        let end = self.line_end(start);
        let end = if self.text.as_bytes()[start..end].ends_with(b"\r") {
            end - 1
        } else {
            end
        };
        (TokenKind::LineComment, end)
    }

    fn block(&mut self, start: usize) -> (TokenKind, usize) {
        let mut nested = self.lexicon.nested_comments;
        if let Some(comments) = self.lexicon.code_comments
            && !self.in_code_comment
        {
            let is_mariadb = self.byte(start + 2) == Some(b'M');
            let mark = start + 2 + usize::from(is_mariadb);
            if self.byte(mark) == Some(b'!') {
                let (version, end) = self.comment_version(mark + 1);
                if comments.is_code(is_mariadb, version) {
                    self.in_code_comment = true;
                    return (TokenKind::CodeMark, end);
                }
                // The code that is passed over may have comments.
                nested = true;
            }
        }
        let mut depth = 1_usize;
        let mut at = start + 2;
        while let Some(length) = self.rest(at).iter().position(|&b| b == b'*' || b == b'/') {
            at += length;
            match self.rest(at) {
                [b'*', b'/', ..] => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return (TokenKind::BlockComment, at);
                    }
                }
                [b'/', b'*', ..] if nested => {
                    depth += 1;
                    at += 2;
                }
                _ => at += 1,
            }
        }
        self.unterminated()
    }

    /// The version at the beginning of a comment with code, and the end of that: five or six digits, or none.
    fn comment_version(&self, start: usize) -> (u32, usize) {
        let end = self.run(start, |b| b.is_ascii_digit()).min(start + 6);
        match self.text[start..end].parse() {
            Ok(version) if end >= start + 5 => (version, end),
            _ => (0, start),
        }
    }

    /// A quoted token whose quote stands at `quote_at`, perhaps behind a prefix.
    fn quoted(&self, quote_at: usize, kind: TokenKind, escapes: bool) -> (TokenKind, usize) {
        let Some(quote) = self.byte(quote_at) else {
            return self.unterminated();
        };
        let mut at = quote_at + 1;
        while let Some(length) = self
            .rest(at)
            .iter()
            .position(|&b| b == quote || (escapes && b == b'\\'))
        {
            at += length;
            match self.rest(at) {
                [b'\\', ..] if escapes => at += 2,
                [_, next, ..] if *next == quote => at += 2,
                _ => return (kind, at + 1),
            }
        }
        self.unterminated()
    }

    fn number(&self, start: usize) -> (TokenKind, usize) {
        let digits = |at| self.run(at, |b: u8| b.is_ascii_digit() || b == b'_');
        if self.byte(start) == Some(b'0') && matches!(self.byte(start + 1), Some(b'x' | b'X')) {
            return (TokenKind::Number, self.run(start + 2, is_name));
        }
        let whole = digits(start);
        let mut end = whole;
        if self.byte(end) == Some(b'.') && self.byte(end + 1) != Some(b'.') {
            end = digits(end + 1);
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.byte(end + 1), Some(b'+' | b'-')));
            if self.byte(end + 1 + sign).is_some_and(|b| b.is_ascii_digit()) {
                end = digits(end + 1 + sign);
            }
        }
        let tail = self.run(end, is_name);
        if tail > end && end == whole && self.lexicon.names_may_start_with_digits {
            return (TokenKind::Word, self.cut(start, tail));
        }
        (TokenKind::Number, self.cut(start, tail))
    }

    fn dollar(&self, start: usize) -> (TokenKind, usize) {
        match self.lexicon.parameters {
            Parameters::Numbered => {
                let digits = self.run(start + 1, |b| b.is_ascii_digit());
                if digits > start + 1 {
                    return (TokenKind::Param, digits);
                }
                let tag = self.run(start + 1, |b| is_name(b) && b != b'$');
                if !self.lexicon.dollar_quotes || self.byte(tag) != Some(b'$') {
                    return (TokenKind::Symbol, start + 1);
                }
                let mark = &self.text[start..=tag];
                match self.text[tag + 1..].find(mark) {
                    Some(length) => (TokenKind::String, tag + 1 + length + mark.len()),
                    None => self.unterminated(),
                }
            }
            Parameters::Named => self.parameter(start, b'$'),
            Parameters::Variables => self.word(start, b'$'),
        }
    }

    fn parameter(&self, start: usize, first: u8) -> (TokenKind, usize) {
        let end = match (self.lexicon.parameters, first) {
            (_, b'?') => return (TokenKind::Param, self.run(start + 1, |b| b.is_ascii_digit())),
            (Parameters::Named, _) => self.run(start + 1, is_name),
            (Parameters::Variables, b'@') => {
                let name = self.run(start + 1, |b| b == b'@').min(start + 2);
                let end = self.run(name, |b| is_name(b) || b == b'.');
                if end == name { start + 1 } else { end }
            }
            _ => start + 1,
        };
        if end == start + 1 {
            (TokenKind::Symbol, self.symbol(start, first))
        } else {
            (TokenKind::Param, end)
        }
    }

    fn word(&self, start: usize, first: u8) -> (TokenKind, usize) {
        let lexicon = self.lexicon;
        let quote = self.byte(start + 1);
        match first {
            b'x' | b'X' if quote == Some(b'\'') => {
                return self.quoted(start + 1, TokenKind::Blob, false);
            }
            b'b' | b'B' if lexicon.bit_strings && quote == Some(b'\'') => {
                return self.quoted(start + 1, TokenKind::Blob, false);
            }
            b'n' | b'N' if lexicon.national_strings && quote == Some(b'\'') => {
                return self.quoted(start + 1, TokenKind::String, lexicon.backslash_escapes);
            }
            b'e' | b'E' if lexicon.escape_strings && quote == Some(b'\'') => {
                return self.quoted(start + 1, TokenKind::String, true);
            }
            b'u' | b'U' if lexicon.escape_strings && quote == Some(b'&') => match self.byte(start + 2) {
                Some(b'\'') => return self.quoted(start + 2, TokenKind::String, false),
                Some(b'"') => return self.quoted(start + 2, TokenKind::QuotedIdent, false),
                _ => {}
            },
            _ => {}
        }
        (TokenKind::Word, self.cut(start, self.run(start, is_name)))
    }

    /// Ends the token `start..end` before a delimiter in it.
    fn cut(&self, start: usize, end: usize) -> usize {
        match self
            .delimiter
            .and_then(|delimiter| self.text[start..end].find(delimiter))
        {
            Some(length) if length > 0 => start + length,
            _ => end,
        }
    }

    fn symbol(&self, start: usize, first: u8) -> usize {
        if self.lexicon.open_operators && is_operator(first) {
            return self.open_operator(start);
        }
        OPERATORS
            .iter()
            .find(|operator| self.rest(start).starts_with(operator))
            .map_or(start + 1, |operator| start + operator.len())
    }

    /// A run of operator characters that ends before a comment. It may end in a sign only when it also holds a
    /// character that no standard operator has (PostgreSQL, manual 4.1.3).
    fn open_operator(&self, start: usize) -> usize {
        let mut end = self.run(start, is_operator);
        let run = &self.text.as_bytes()[start..end];
        if let Some(comment) = run.windows(2).position(|pair| pair == b"--" || pair == b"/*") {
            end = start + comment.max(1);
        }
        let run = &self.text.as_bytes()[start..end];
        if !run.iter().any(|b| b"~!@#%^&|`?".contains(b)) {
            while end > start + 1 && matches!(self.text.as_bytes()[end - 1], b'+' | b'-') {
                end -= 1;
            }
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LEXICONS: [&Lexicon; 3] = [&Lexicon::SQLITE, &Lexicon::POSTGRES, &Lexicon::MYSQL];

    /// Kind and text of every token that is no white space.
    fn tokens<'a>(sql: &'a str, lexicon: &'a Lexicon) -> Vec<(TokenKind, &'a str)> {
        Scanner::new(sql, lexicon)
            .filter(|token| token.kind != TokenKind::Whitespace)
            .map(|token| (token.kind, token.text(sql)))
            .collect()
    }

    fn texts<'a>(sql: &'a str, lexicon: &'a Lexicon) -> Vec<&'a str> {
        tokens(sql, lexicon).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn sqlite_tokens_have_their_kinds() {
        use TokenKind::{
            Blob, BlockComment, LineComment, Number, Param, QuotedIdent, String, Symbol, Unterminated, Word,
        };
        for (sql, expected) in [
            ("a1$é", Word),
            ("_x", Word),
            ("x", Word),
            ("日本", Word),
            ("\"a\"\"b;\"", QuotedIdent),
            ("`a``b`", QuotedIdent),
            ("[a'\"b]", QuotedIdent),
            ("'it''s; -- no'", String),
            ("''", String),
            ("x'00ff'", Blob),
            ("X''", Blob),
            ("0xFF", Number),
            ("1_000", Number),
            ("1.5e-3", Number),
            (".5", Number),
            ("5.", Number),
            ("1e10", Number),
            ("?", Param),
            ("?12", Param),
            (":name", Param),
            ("@name", Param),
            ("$name", Param),
            ("-- c", LineComment),
            ("/* a -- ' */", BlockComment),
            ("/**/", BlockComment),
            ("->>", Symbol),
            ("\0", Symbol),
            ("#", Symbol),
            ("\\", Symbol),
            ("'open", Unterminated),
            ("\"open", Unterminated),
            ("[open", Unterminated),
            ("`open", Unterminated),
            ("/* open", Unterminated),
            ("/*/", Unterminated),
            ("x'12", Unterminated),
            ("'a''", Unterminated),
        ] {
            assert_eq!(tokens(sql, &Lexicon::SQLITE), [(expected, sql)], "{sql:?}");
        }
    }

    #[test]
    fn the_longest_operator_wins() {
        assert_eq!(
            texts("a||b->c->>d<=e<>f!=g==h>=i<<j>>k::l<m", &Lexicon::SQLITE),
            [
                "a", "||", "b", "->", "c", "->>", "d", "<=", "e", "<>", "f", "!=", "g", "==", "h", ">=", "i",
                "<<", "j", ">>", "k", "::", "l", "<", "m"
            ]
        );
        assert_eq!(texts("1-2--3", &Lexicon::SQLITE), ["1", "-", "2", "--3"]);
    }

    #[test]
    fn a_byte_order_mark_is_blank() {
        assert_eq!(
            texts("\u{feff}SELECT\u{feff} 1", &Lexicon::SQLITE),
            ["SELECT\u{feff}", "1"]
        );
        assert_eq!(texts("\u{feff} \u{feff}x", &Lexicon::SQLITE), ["x"]);
    }

    #[test]
    fn postgres_has_its_own_quotes_and_operators() {
        use TokenKind::{Blob, BlockComment, Param, QuotedIdent, String, Symbol, Unterminated, Word};
        for (sql, expected) in [
            ("$$a;b$$", String),
            ("$q$ $$ ' $q$", String),
            ("E'a\\'b'", String),
            ("e'a''b'", String),
            ("U&'a'", String),
            ("U&\"a\"", QuotedIdent),
            ("N'a'", String),
            ("B'01'", Blob),
            ("$1", Param),
            ("a$b$c", Word),
            ("@>", Symbol),
            ("?|", Symbol),
            ("`", Symbol),
            ("/* /* */ ; */", BlockComment),
            ("/* /* */", Unterminated),
            ("$$a$", Unterminated),
        ] {
            assert_eq!(tokens(sql, &Lexicon::POSTGRES), [(expected, sql)], "{sql:?}");
        }
        assert_eq!(
            texts("a[1:b]::int", &Lexicon::POSTGRES),
            ["a", "[", "1", ":", "b", "]", "::", "int"]
        );
        assert_eq!(texts("'a\\' b", &Lexicon::POSTGRES), ["'a\\'", "b"]);
        assert_eq!(texts("a=-1", &Lexicon::POSTGRES), ["a", "=", "-", "1"]);
        assert_eq!(texts("a@-1", &Lexicon::POSTGRES), ["a", "@-", "1"]);
        assert_eq!(texts("a*/*c*/b", &Lexicon::POSTGRES), ["a", "*", "/*c*/", "b"]);
        assert_eq!(texts("$a b", &Lexicon::POSTGRES), ["$", "a", "b"]);
    }

    #[test]
    fn mysql_has_its_own_comments_and_escapes() {
        use TokenKind::{Blob, LineComment, Param, QuotedIdent, String, Symbol, Word};
        for (sql, expected) in [
            ("'a\\'b'", String),
            ("\"a\\\"b\"", String),
            ("`a\\`", QuotedIdent),
            ("# c", LineComment),
            ("-- c", LineComment),
            ("--", LineComment),
            ("1a", Word),
            ("@a.b", Param),
            ("@@global.x", Param),
            ("b'1'", Blob),
            ("<=>", Symbol),
        ] {
            assert_eq!(tokens(sql, &Lexicon::MYSQL), [(expected, sql)], "{sql:?}");
        }
        assert_eq!(texts("1--2", &Lexicon::MYSQL), ["1", "-", "-", "2"]);
        assert_eq!(
            texts("/*!40101 SET x = 1 /* c */ */;", &Lexicon::MYSQL),
            ["/*!40101", "SET", "x", "=", "1", "/* c */", "*/", ";"]
        );
    }

    #[test]
    fn code_in_comments_is_for_servers_of_a_version() {
        use TokenKind::{BlockComment, CodeMark, Number, Word};
        let modes = crate::sql::Modes::default();
        let mysql = Lexicon::of_server(crate::dialect::Engine::Mysql, 80_400, modes);
        let mariadb = Lexicon::of_server(crate::dialect::Engine::Mariadb, 101_100, modes);
        for (sql, lexicon) in [
            ("/*!80401 a /* b */ c */", mysql),
            ("/*M!100100 a */", mysql),
            ("/*!999999\\- enable the sandbox mode */", mysql),
            ("/*M!999999\\- enable the sandbox mode */", mariadb),
            ("/*!80000 a */", mariadb),
            ("/*!50700 a */", mariadb),
            ("/*!110000 a */", mariadb),
        ] {
            assert_eq!(tokens(sql, lexicon), [(BlockComment, sql)], "{sql}");
        }
        for (sql, mark, lexicon) in [
            ("/*!80400a*/", "/*!80400", mysql),
            ("/*!080400 a */", "/*!080400", mysql),
            ("/*! a */", "/*!", mysql),
            ("/*!40101 a*/", "/*!40101", mariadb),
            ("/*!101100 a*/", "/*!101100", mariadb),
            ("/*M!100100 a*/", "/*M!100100", mariadb),
            ("/*M! a*/", "/*M!", mariadb),
        ] {
            assert_eq!(
                tokens(sql, lexicon),
                [(CodeMark, mark), (Word, "a"), (CodeMark, "*/")],
                "{sql}"
            );
        }
        assert_eq!(
            tokens("/*!12 */", mysql),
            [(CodeMark, "/*!"), (Number, "12"), (CodeMark, "*/")]
        );
    }

    #[test]
    fn a_line_comment_ends_before_its_line_end() {
        assert_eq!(texts("-- a\r\nb -- c\n", &Lexicon::SQLITE), ["-- a", "b", "-- c"]);
    }

    #[test]
    fn keywords_are_words_in_any_case() {
        let sql = "cReAtE \"CREATE\"";
        let found: Vec<bool> = Scanner::new(sql, &Lexicon::SQLITE)
            .map(|t| t.is_keyword(sql, "create"))
            .collect();
        assert_eq!(found, [true, false, false]);
    }

    proptest! {
        #[test]
        fn tokens_tile_any_text(sql in "(\\PC|[\\x00-\\x7f]|['\"`;$\\\\/*\\[\\]#-]){0,80}") {
            for lexicon in LEXICONS {
                let mut at = 0;
                for token in Scanner::new(&sql, lexicon) {
                    prop_assert_eq!(token.start, at);
                    prop_assert!(token.end > token.start);
                    let _ = crate::sql::unquote(token.text(&sql), lexicon);
                    at = token.end;
                }
                prop_assert_eq!(at, sql.len());
            }
        }
    }
}
