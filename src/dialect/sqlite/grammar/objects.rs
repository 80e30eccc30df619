//! CREATE INDEX, VIRTUAL TABLE, VIEW and TRIGGER.

use super::{
    ast::{Index, IndexPart, PartTarget, Trigger, TriggerEvent, TriggerTime, View, VirtualTable},
    cursor::{Cursor, Result},
};
use crate::{
    schema::Order,
    sql::{Lexicon, Token, TokenKind, unquote},
};

/// Reads on behind `CREATE [UNIQUE] INDEX`.
pub(super) fn index<'a>(cursor: &mut Cursor<'a>, unique: bool) -> Result<Index<'a>> {
    let created = cursor.created(false, "an index name")?;
    cursor.expect_keyword("on")?;
    let start = cursor.start();
    let table = cursor.name("a table name")?;
    let table_span = cursor.span_from(start);
    cursor.expect_symbol("(")?;
    let mut parts = vec![index_part(cursor)?];
    while cursor.take_symbol(",") {
        parts.push(index_part(cursor)?);
    }
    cursor.expect_symbol(")")?;
    let predicate = if cursor.take_keyword("where") {
        let start = cursor.start();
        cursor.skip_expression(|_| false)?;
        Some(cursor.slice(cursor.span_from(start)))
    } else {
        None
    };
    Ok(Index {
        created,
        unique,
        table,
        table_span,
        parts,
        predicate,
    })
}

/// `expression [COLLATE name] [ASC | DESC]`.
fn index_part<'a>(cursor: &mut Cursor<'a>) -> Result<IndexPart<'a>> {
    let sql = cursor.sql();
    let first = cursor.index();
    // Behind a whole operand ASC and DESC are keywords; where an operand must follow they are names.
    cursor.skip_expression(|cursor| {
        cursor.is_symbol(",")
            || (cursor.index() > first
                && ["asc", "desc", "nulls"]
                    .iter()
                    .any(|word| cursor.is_keyword(word))
                && !cursor.expects_operand()
                && !cursor
                    .tokens_since(first)
                    .last()
                    .is_some_and(|token| token.is_keyword(sql, "collate")))
    })?;
    let mut tokens = cursor.tokens_since(first);
    let mut collation = None;
    if let [operand @ .., collate, name] = tokens
        && collate.is_keyword(sql, "collate")
        && is_primary(operand, sql)
    {
        collation = Some(unquote(name.text(sql), &Lexicon::SQLITE).into_owned());
        tokens = operand;
    }
    let target = match tokens {
        [name]
            if matches!(
                name.kind,
                TokenKind::Word | TokenKind::QuotedIdent | TokenKind::String
            ) =>
        {
            PartTarget::Column(unquote(name.text(sql), &Lexicon::SQLITE).into_owned())
        }
        [first, .., last] => PartTarget::Expression(&sql[first.start..last.end]),
        [only] => PartTarget::Expression(only.text(sql)),
        [] => return Err(cursor.expected("a column or expression")),
    };
    let order = if cursor.take_keyword("desc") {
        Order::Descending
    } else {
        cursor.take_keyword("asc");
        Order::Ascending
    };
    Ok(IndexPart {
        target,
        collation,
        order,
    })
}

/// Whether the tokens are one operand, so that a COLLATE behind them speaks of all of them: a name or literal, a call,
/// or something in parentheses.
fn is_primary(tokens: &[Token], sql: &str) -> bool {
    match tokens {
        [_] => true,
        [first, inner @ .., last] if last.is_symbol(sql, ")") => {
            let inner = if first.is_symbol(sql, "(") {
                inner
            } else {
                match inner {
                    [open, rest @ ..]
                        if matches!(first.kind, TokenKind::Word | TokenKind::QuotedIdent)
                            && !(first.kind == TokenKind::Word
                                && Lexicon::SQLITE.is_reserved(first.text(sql)))
                            && open.is_symbol(sql, "(") =>
                    {
                        rest
                    }
                    _ => return false,
                }
            };
            let mut depth = 0_usize;
            inner.iter().all(|token| {
                if token.is_symbol(sql, "(") {
                    depth += 1;
                    true
                } else if token.is_symbol(sql, ")") {
                    let closes_inner = depth > 0;
                    depth = depth.saturating_sub(1);
                    closes_inner
                } else {
                    true
                }
            })
        }
        _ => false,
    }
}

/// Reads on behind `CREATE VIRTUAL TABLE`.
pub(super) fn virtual_table<'a>(cursor: &mut Cursor<'a>) -> Result<VirtualTable<'a>> {
    let created = cursor.created(false, "a table name")?;
    cursor.expect_keyword("using")?;
    let module = cursor.name("a module name")?;
    let mut arguments = Vec::new();
    if cursor.take_symbol("(") {
        while !cursor.is_symbol(")") {
            let start = cursor.start();
            if !cursor.is_symbol(",") {
                cursor.skip_expression(|cursor| cursor.is_symbol(","))?;
            }
            arguments.push(cursor.slice(cursor.span_from(start)));
            if !cursor.take_symbol(",") {
                break;
            }
            if cursor.is_symbol(")") {
                arguments.push("");
            }
        }
        cursor.expect_symbol(")")?;
    }
    Ok(VirtualTable {
        created,
        module,
        arguments,
    })
}

/// Reads on behind `CREATE [TEMP] VIEW`.
pub(super) fn view<'a>(cursor: &mut Cursor<'a>, temporary: bool) -> Result<View<'a>> {
    let created = cursor.created(temporary, "a view name")?;
    let columns = if cursor.is_symbol("(") {
        cursor.names("a column name")?
    } else {
        Vec::new()
    };
    cursor.expect_keyword("as")?;
    if !["select", "values", "with"]
        .iter()
        .any(|word| cursor.is_keyword(word))
    {
        return Err(cursor.expected("a query"));
    }
    let start = cursor.start();
    cursor.skip_expression(|_| false)?;
    Ok(View {
        created,
        columns,
        query: cursor.slice(cursor.span_from(start)),
    })
}

/// Reads on behind `CREATE [TEMP] TRIGGER`.
pub(super) fn trigger<'a>(cursor: &mut Cursor<'a>, temporary: bool) -> Result<Trigger<'a>> {
    let created = cursor.created(temporary, "a trigger name")?;
    let time = if cursor.take_keyword("after") {
        TriggerTime::After
    } else if cursor.take_keywords(&["instead", "of"]) {
        TriggerTime::InsteadOf
    } else {
        cursor.take_keyword("before");
        TriggerTime::Before
    };
    let event = trigger_event(cursor)?;
    cursor.expect_keyword("on")?;
    let start = cursor.start();
    let (_, table) = cursor.qualified_name("a table name")?;
    let table_span = cursor.span_from(start);
    cursor.take_keywords(&["for", "each", "row"]);
    let when = if cursor.take_keyword("when") {
        let start = cursor.start();
        let first = cursor.index();
        cursor.skip_expression(|cursor| {
            cursor.index() > first && cursor.is_keyword("begin") && !cursor.expects_operand()
        })?;
        Some(cursor.slice(cursor.span_from(start)))
    } else {
        None
    };
    cursor.expect_keyword("begin")?;
    let start = cursor.start();
    let Some(end) = cursor.last_keyword("end").filter(|&end| end > cursor.index()) else {
        return Err(cursor.expected("statements and END"));
    };
    cursor.seek(end);
    let body = cursor.slice(cursor.span_from(start));
    if !body.ends_with(';') {
        return Err(cursor.expected("a `;` before END"));
    }
    cursor.expect_keyword("end")?;
    Ok(Trigger {
        created,
        time,
        event,
        table,
        table_span,
        when,
        body,
    })
}

fn trigger_event(cursor: &mut Cursor<'_>) -> Result<TriggerEvent> {
    if cursor.take_keyword("delete") {
        return Ok(TriggerEvent::Delete);
    }
    if cursor.take_keyword("insert") {
        return Ok(TriggerEvent::Insert);
    }
    if !cursor.take_keyword("update") {
        return Err(cursor.expected("DELETE, INSERT or UPDATE"));
    }
    let mut columns = Vec::new();
    if cursor.take_keyword("of") {
        loop {
            columns.push(cursor.name("a column name")?);
            if !cursor.take_symbol(",") {
                break;
            }
        }
    }
    Ok(TriggerEvent::Update(columns))
}
