//! A statement as it runs on a scratch: in a database of another name, by another user, and without events that run by themselves.
//!
//! In comes a statement that has been judged, out comes its text with blanks for the names of the database itself and for definers that
//! nobody manages. Refused is a statement that makes, changes or drops something in another database. What is read from another
//! database stays. The body of a routine, trigger or event is text to the server, and stays as it is on the real database.

use std::collections::BTreeMap;

use super::declare::{Kind, kind, take_account};
use crate::{
    config::Definer,
    sql::{Statement, Token, TokenKind, unquote},
    target::{
        classify::{Adjusted, Home, Refusal, shorten, tokens::find},
        cursor::Cursor,
    },
};

/// How the statement runs on a scratch.
pub(super) fn adjusted(statement: &Statement<'_>, home: &Home<'_>) -> Result<Adjusted, Refusal> {
    let start = Cursor::new(statement.text, statement.lexicon());
    let mut cursor = start.clone();
    let verb = if cursor.eat("create") {
        Verb::Create
    } else if cursor.eat("alter") {
        Verb::Alter
    } else if cursor.eat("drop") {
        Verb::Drop
    } else if cursor.eat("rename") {
        Verb::Rename
    } else {
        return Ok(Adjusted::default());
    };
    let mut work = Work {
        home,
        edits: Edits::default(),
    };
    let Some(kind) = kind(&mut cursor) else {
        return Ok(Adjusted::default());
    };
    if home.definer == Definer::Current {
        work.blank_definer(start, cursor.offset());
    }
    let body = work.objects(verb, kind, &mut cursor)?;
    if kind == Kind::Event {
        work.disable(verb, cursor);
    }
    let names_home = work.names(statement, verb, kind, body)?;
    Ok(Adjusted {
        text: work.edits.apply(statement.text),
        names_home,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Create,
    Alter,
    Drop,
    Rename,
}

struct Work<'h> {
    home: &'h Home<'h>,
    edits: Edits,
}

impl Work<'_> {
    /// `DEFINER = user@host` between the verb and the kind, which ends at `end`.
    fn blank_definer(&mut self, mut cursor: Cursor<'_>, end: usize) {
        while cursor.offset() < end {
            let mut behind = cursor.clone();
            if behind.eat("definer") && behind.at_symbol("=") {
                take_account(&mut behind);
                while cursor.offset() < behind.offset() {
                    let Some(token) = cursor.take() else { return };
                    self.edits.blank(token);
                }
            } else {
                cursor.take();
            }
        }
    }

    /// Looks at the names of what is made, changed or dropped. Gives where the body begins, if there is one.
    fn objects(&mut self, verb: Verb, kind: Kind, cursor: &mut Cursor<'_>) -> Result<Option<usize>, Refusal> {
        cursor.eat_all(&["if", "not", "exists"]);
        cursor.eat_all(&["if", "exists"]);
        if kind == Kind::Index {
            if find(cursor, &["on"]).is_some() {
                cursor.take();
                self.object(cursor)?;
            }
            return Ok(None);
        }
        self.object(cursor)?;
        match (verb, kind) {
            (Verb::Drop, _) => {
                while cursor.eat_symbol(",") {
                    self.object(cursor)?;
                }
                Ok(None)
            }
            (Verb::Rename, _) => {
                while cursor.peek().is_some() {
                    if cursor.eat("to") || cursor.eat_symbol(",") {
                        self.object(cursor)?;
                    } else {
                        cursor.take();
                    }
                }
                Ok(None)
            }
            (Verb::Alter, Kind::Table) => {
                self.moved(&mut cursor.clone())?;
                Ok(None)
            }
            (_, Kind::Trigger) => {
                if find(cursor, &["on"]).is_some() {
                    cursor.take();
                    self.object(cursor)?;
                }
                Ok(Some(cursor.offset()))
            }
            (_, Kind::Event) => {
                let mut ahead = cursor.clone();
                while let Some(token) = find(&mut ahead, &["rename", "do"]) {
                    ahead.take();
                    if token.is_keyword(ahead.text(), "do") {
                        return Ok(Some(ahead.offset()));
                    }
                    ahead.eat("to");
                    self.object(&mut ahead)?;
                }
                Ok(None)
            }
            (_, Kind::Function | Kind::Procedure | Kind::Package) => Ok(Some(cursor.offset())),
            _ => Ok(None),
        }
    }

    /// `ALTER TABLE .. RENAME TO x`, `.. EXCHANGE PARTITION p WITH TABLE x`.
    fn moved(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
        while let Some(token) = find(cursor, &["rename", "exchange"]) {
            cursor.take();
            if token.is_keyword(cursor.text(), "exchange") {
                if find(cursor, &["table"]).is_some() {
                    cursor.take();
                    self.object(cursor)?;
                }
            } else if !cursor.at_any(&["column", "index", "key", "constraint"]) {
                let _ = cursor.eat("to") || cursor.eat("as") || cursor.eat_symbol("=");
                self.object(cursor)?;
            }
        }
        Ok(())
    }

    /// The name of what is made, changed or dropped: it must be in the database itself.
    fn object(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
        let mut ahead = cursor.clone();
        let Some((Some(qualifier), _)) = ahead.qualified_name() else {
            cursor.name();
            return Ok(());
        };
        if !self.home.is(&qualifier.name) {
            return Err(Refusal {
                offset: qualifier.offset,
                message: format!("`{}` is another database", shorten(&qualifier.name)),
                hint: Some("a target describes one database: take the name of the other one away".to_owned()),
            });
        }
        for _ in 0..2 {
            if let Some(token) = cursor.take() {
                self.edits.blank(token);
            }
        }
        cursor.name();
        Ok(())
    }

    /// An event that would run at its times is created disabled, and stays so.
    fn disable(&mut self, verb: Verb, mut cursor: Cursor<'_>) {
        let status = find(&mut cursor, &["enable", "disable", "comment", "do"]);
        let is = |token: &Token, keyword| token.is_keyword(cursor.text(), keyword);
        match status {
            Some(token) if is(&token, "enable") => self.edits.replace(token.start, token.end, "DISABLE"),
            Some(token) if verb == Verb::Create && !is(&token, "disable") => {
                self.edits.replace(token.start, token.start, "DISABLE ");
            }
            _ => {}
        }
    }

    /// Takes the name of the database away where it stands before another name. Gives where it stays.
    fn names(
        &mut self,
        statement: &Statement<'_>,
        verb: Verb,
        kind: Kind,
        body: Option<usize>,
    ) -> Result<Option<usize>, Refusal> {
        let sql = statement.text;
        let tokens: Vec<Token> = statement.tokens().filter(|token| !token.is_trivia()).collect();
        let symbol = |at: Option<usize>, symbol| {
            at.and_then(|at| tokens.get(at))
                .is_some_and(|token| token.is_symbol(sql, symbol))
        };
        let name = |at: usize| {
            let token = tokens[at];
            matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdent)
                .then(|| unquote(token.text(sql), statement.lexicon()))
        };
        let is_qualifier = |at: usize| symbol(Some(at + 1), ".") && !symbol(at.checked_sub(1), ".");
        let behind = |at: usize, words: &[&str]| {
            at.checked_sub(1)
                .is_some_and(|before| words.iter().any(|word| tokens[before].is_keyword(sql, word)))
        };
        // A table or alias of the same name: `shop.id` may be its column then.
        let is_ambiguous =
            (0..tokens.len()).any(|at| !is_qualifier(at) && name(at).is_some_and(|name| self.home.is(&name)));
        let mut stays = None;
        let mut is_query = false;
        for at in 0..tokens.len() {
            is_query |= verb == Verb::Create && kind == Kind::Table && tokens[at].is_keyword(sql, "select");
            if !is_qualifier(at) {
                continue;
            }
            let Some(name) = name(at) else { continue };
            let is_table = behind(
                at,
                &[
                    "from",
                    "join",
                    "references",
                    "into",
                    "update",
                    "table",
                    "like",
                    "on",
                ],
            );
            if !self.home.is(&name) {
                if is_query && behind(at, &["from", "join"]) {
                    return Err(Refusal {
                        offset: tokens[at].start,
                        message: format!(
                            "`{}` is another database, whose rows would be read",
                            shorten(&name)
                        ),
                        hint: Some("write out the columns of the table".to_owned()),
                    });
                }
                continue;
            }
            if is_ambiguous && !is_table && !symbol(Some(at + 3), ".") && !symbol(Some(at + 3), "(") {
                continue;
            }
            if body.is_some_and(|body| tokens[at].start >= body) && self.home.is_own(&name) {
                stays.get_or_insert(tokens[at].start);
                continue;
            }
            self.edits.blank(tokens[at]);
            self.edits.blank(tokens[at + 1]);
        }
        Ok(stays)
    }
}

/// Changes of a text, by where they begin.
#[derive(Default)]
struct Edits(BTreeMap<usize, (usize, String)>);

impl Edits {
    /// Blanks keep what follows in its place.
    fn blank(&mut self, token: Token) {
        self.0
            .insert(token.start, (token.end, " ".repeat(token.end - token.start)));
    }

    fn replace(&mut self, start: usize, end: usize, text: &str) {
        self.0.insert(start, (end, text.to_owned()));
    }

    fn apply(&self, text: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(text.len() + 8);
        let mut copied = 0;
        for (&start, (end, new)) in &self.0 {
            out.push_str(&text[copied..start]);
            out.push_str(new);
            copied = *end;
        }
        out.push_str(&text[copied..]);
        Some(out)
    }
}
