//! Statements that run code, or move rows: SELECT, WITH, DO, COPY.

use std::borrow::Cow;

use super::{ROLES, settings};
use crate::{
    sql::{Lexicon, Scanner, Token, TokenKind, unquote},
    target::{
        classify::{Refusal, Rules, Verdict, is_any, refuse, shorten, tokens::find},
        cursor::Cursor,
    },
};

/// The refusal of a statement that runs code.
pub(super) fn refusal(offset: usize, message: impl Into<String>) -> Refusal {
    Refusal {
        offset,
        message: message.into(),
        hint: Some(
            "write what it does as plain statements; or let it run on the scratch database with \
             `target_code = \"run\"` in autogen.toml"
                .to_owned(),
        ),
    }
}

/// Functions that change rows and counters or nothing at all, so that nothing is lost when they are not called. All are the
/// server's own; dumps call `setval` and those about large objects and statistics.
const CALLS_ABOUT_ROWS: [&str; 34] = [
    "setval",
    "nextval",
    "currval",
    "lastval",
    "lo_create",
    "lo_creat",
    "lo_open",
    "lo_close",
    "lo_from_bytea",
    "lo_import",
    "lo_put",
    "lo_unlink",
    "lowrite",
    "pg_restore_relation_stats",
    "pg_restore_attribute_stats",
    "pg_clear_relation_stats",
    "pg_clear_attribute_stats",
    "pg_advisory_lock",
    "pg_advisory_unlock",
    "pg_advisory_xact_lock",
    "pg_try_advisory_lock",
    "pg_sleep",
    "version",
    "now",
    "count",
    "min",
    "max",
    "sum",
    "avg",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "cast",
];

/// Words that stand before a parenthesis and call nothing.
const NO_CALLS: [&str; 32] = [
    "all",
    "and",
    "any",
    "array",
    "as",
    "between",
    "by",
    "case",
    "distinct",
    "else",
    "except",
    "exists",
    "filter",
    "from",
    "having",
    "in",
    "intersect",
    "is",
    "join",
    "lateral",
    "like",
    "limit",
    "not",
    "on",
    "or",
    "over",
    "row",
    "select",
    "some",
    "union",
    "values",
    "where",
];

/// A query: of itself it is about rows, but it may create a table, set something, or call what does.
pub(super) fn selects<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    if let Some(verdict) = sets_config(&mut cursor.clone()) {
        return verdict;
    }
    if let Some((name, offset)) = call(&mut cursor.clone()) {
        return Verdict::Code(refusal(
            offset,
            format!(
                "the call of `{}` runs code while the target is loaded",
                shorten(&name)
            ),
        ));
    }
    // SELECT .. INTO creates a table.
    match find(&mut cursor.clone(), &["into"]) {
        Some(_) => Verdict::Run,
        None => Verdict::Rows("select"),
    }
}

/// WITH before SELECT, INSERT, UPDATE, DELETE or MERGE.
pub(super) fn with<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let verbs = ["select", "insert", "update", "delete", "merge"];
    // The bodies of WITH are in parentheses.
    match find(&mut cursor.clone(), &verbs) {
        Some(token) => match verbs.iter().find(|verb| token.is_keyword(cursor.text(), verb)) {
            Some(&"select") | None => selects(cursor),
            Some(verb) => Verdict::Rows(verb),
        },
        None => Verdict::Rows("select"),
    }
}

/// `set_config('name', 'value', is_local)` and nothing else.
fn sets_config<'a>(cursor: &mut Cursor<'a>) -> Option<Verdict<'a>> {
    let text = cursor.text();
    if cursor.eat("pg_catalog") {
        cursor.eat_symbol(".");
    }
    if !cursor.eat("set_config") || !cursor.eat_symbol("(") {
        return None;
    }
    let mut string = |after: &str| {
        let token = cursor.take().filter(|token| token.kind == TokenKind::String)?;
        cursor
            .eat_symbol(after)
            .then(|| unquote(token.text(text), &Lexicon::POSTGRES))
    };
    let name = string(",")?;
    let value = string(",")?;
    let _ = cursor.eat("true") || cursor.eat("false");
    (cursor.eat_symbol(")") && cursor.peek().is_none()).then(|| settings::set(text, name, Some(&value), None))
}

/// The first call of a function of which it is not known that nothing is lost without it.
fn call<'a>(cursor: &mut Cursor<'a>) -> Option<(Cow<'a, str>, usize)> {
    while cursor.peek().is_some() {
        let is_word = cursor.peek().is_some_and(|token| token.kind == TokenKind::Word);
        let Some((qualifier, name)) = cursor.clone().qualified_name() else {
            cursor.take();
            continue;
        };
        cursor.qualified_name();
        if !cursor.at_symbol("(") {
            continue;
        }
        let is_known = qualifier
            .as_ref()
            .is_none_or(|qualifier| qualifier.name.eq_ignore_ascii_case("pg_catalog"))
            && is_any(&name.name, &CALLS_ABOUT_ROWS);
        let is_keyword = is_word && qualifier.is_none() && is_any(&name.name, &NO_CALLS);
        if !is_known && !is_keyword {
            return Some((name.name, name.offset));
        }
    }
    None
}

/// COPY of rows from the file itself; of anything else only what cannot reach further than a client could.
pub(super) fn copies<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let Some(direction) = find(cursor, &["from", "to"]) else {
        return Verdict::Rows("copy");
    };
    let writes = direction.is_keyword(cursor.text(), "to");
    cursor.take();
    let offset = cursor.offset();
    if cursor.at_keyword("program") {
        return refuse(
            offset,
            "COPY .. PROGRAM runs a program on the server",
            "remove the statement: a target describes the schema",
        );
    }
    let is_file = cursor.peek().is_some_and(|token| token.kind == TokenKind::String);
    if is_file && writes {
        return refuse(
            offset,
            "COPY .. TO writes a file of the server",
            "remove the statement: a target describes the schema",
        );
    }
    Verdict::Rows("copy")
}

/// A block of PL/pgSQL. Blocks that only guard plain statements against being run twice are understood; others run code.
pub(super) fn does<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    let start = cursor.offset();
    let code = || Verdict::Code(refusal(0, "DO runs code while the target is loaded"));
    let mut body: Option<Token> = None;
    while let Some(token) = cursor.peek() {
        if cursor.eat("language") {
            if !cursor
                .name()
                .is_some_and(|name| name.name.eq_ignore_ascii_case("plpgsql"))
            {
                return code();
            }
        } else if token.kind == TokenKind::String && body.is_none() {
            body = Some(token);
            cursor.take();
        } else {
            return Verdict::Run;
        }
    }
    let Some(body) = body else {
        // The server says what is missing.
        return if start == cursor.text().len() {
            Verdict::Run
        } else {
            code()
        };
    };
    let text = unquote(body.text(cursor.text()), &Lexicon::POSTGRES);
    match Block::read(&text) {
        Some(Block { plain: 0, roles: 1.. }) => Verdict::Outside(&ROLES),
        Some(Block { roles: 0, .. }) => Verdict::Run,
        Some(_) | None => code(),
    }
}

/// What the statements of a block are.
#[derive(Default)]
struct Block {
    /// So many would run outside a block too.
    plain: usize,
    /// So many are about roles.
    roles: usize,
}

impl Block {
    /// `BEGIN statements [EXCEPTION WHEN .. THEN statements] END`, in which a statement is one that a target may hold, NULL,
    /// RAISE, or an IF around such statements whose condition looks something up. `None` for any other block.
    fn read(body: &str) -> Option<Self> {
        let mut cursor = Cursor::new(body, &Lexicon::POSTGRES);
        let mut block = Self::default();
        let mut depth = 0_usize;
        while cursor.peek().is_some() {
            if cursor.eat("begin") {
                depth += 1;
            } else if cursor.eat("end") {
                if !cursor.eat("if") {
                    depth = depth.checked_sub(1)?;
                }
                if !cursor.eat_symbol(";") && cursor.peek().is_some() {
                    return None;
                }
            } else if depth == 0 {
                return None;
            } else if cursor.eat("if") || cursor.eat("elsif") {
                let condition = cursor.offset();
                find(&mut cursor, &["then"])?;
                let condition = &body[condition..cursor.offset()];
                if call(&mut Cursor::new(condition, &Lexicon::POSTGRES))
                    .is_some_and(|(name, _)| !is_lookup(&name))
                {
                    return None;
                }
                cursor.take();
            } else if cursor.eat("else") || cursor.eat("exception") {
            } else if cursor.eat("when") {
                find(&mut cursor, &["then"])?;
                cursor.take();
            } else {
                block.statement(body, &mut cursor)?;
            }
        }
        (depth == 0).then_some(block)
    }

    fn statement(&mut self, body: &str, cursor: &mut Cursor<'_>) -> Option<()> {
        let start = cursor.offset();
        let is_idle = cursor.at_any(&["null", "raise"]);
        let mut end = start;
        loop {
            let token = cursor.take()?;
            if token.is_symbol(body, ";") {
                break;
            }
            end = token.end;
        }
        let text = &body[start..end];
        if is_idle {
            let tokens = Scanner::new(text, &Lexicon::POSTGRES).filter(|token| !token.is_trivia());
            // `RAISE NOTICE '..', f()` could call anything.
            return (tokens.filter(|token| token.is_symbol(text, "(")).count() == 0).then_some(());
        }
        let rules: &Rules = &super::RULES;
        match rules.judge_text(text, rules.lexicon) {
            Verdict::Run => self.plain += 1,
            Verdict::Outside(topic) if *topic == ROLES => self.roles += 1,
            _ => return None,
        }
        Some(())
    }
}

/// Functions that tell whether something is there.
fn is_lookup(name: &str) -> bool {
    let known = [
        "to_regclass",
        "to_regtype",
        "to_regproc",
        "to_regprocedure",
        "to_regnamespace",
        "to_regrole",
        "current_setting",
        "current_schema",
        "current_database",
        "lower",
    ];
    is_any(name, &known)
}
