//! What is said about another object: its privileges, its owner, a comment on a column.
//!
//! Privileges are lines, one each, that are compared as a set: a line that goes is taken back.

use super::objects::split;
use super::spelling::{namespace, qname, quote};
use super::tokens::Tokens;
use crate::dialect::Statement;
use crate::directive::Directive;
use crate::schema::{Object, ObjectId, ObjectKind, QName, Schema, Sql};
use std::collections::BTreeSet;

/// The statements that lead from one set of lines to another.
pub(super) fn change(old: &str, new: &str) -> Vec<Statement> {
    let (old, new) = (lines(old), lines(new));
    let gone = old.difference(&new).filter_map(|line| {
        let granted = with_option(line);
        if new.contains(granted.as_str()) {
            // What comes includes what goes.
            return None;
        }
        match without_option(line) {
            Some(plain) if new.contains(plain) => revoke(plain, true),
            _ => inverse(line),
        }
    });
    let come = new.difference(&old).filter_map(|line| {
        let granted = with_option(line);
        // The privilege is there, only its option goes.
        (!old.contains(granted.as_str())).then(|| (*line).to_owned())
    });
    gone.chain(come).map(Statement::new).collect()
}

/// The lines of a definition.
pub(super) fn lines(definition: &str) -> BTreeSet<&str> {
    let lines = definition.lines().map(|line| line.trim_end_matches(';').trim());
    lines.filter(|line| !line.is_empty()).collect()
}

const OPTION: &str = " WITH GRANT OPTION";

fn with_option(line: &str) -> String {
    format!("{line}{OPTION}")
}

fn without_option(line: &str) -> Option<&str> {
    line.strip_suffix(OPTION)
}

/// The line that takes a line back.
fn inverse(line: &str) -> Option<String> {
    let tokens = Tokens::of(line);
    if tokens.find(0, &["GRANT"]).is_some_and(|at| is_verb(&tokens, at)) {
        return revoke(without_option(line).unwrap_or(line), false);
    }
    let verb = tokens.find(0, &["REVOKE"])?;
    let from = tokens.find_last("FROM")?;
    Some(join(&[
        tokens.before(verb),
        "GRANT",
        tokens.text(verb + 1, from),
        "TO",
        tokens.rest(from + 1),
    ]))
}

/// GRANT is the first word of its line, or behind what ALTER DEFAULT PRIVILEGES is for.
fn is_verb(tokens: &Tokens<'_>, at: usize) -> bool {
    at == 0 || tokens.has(0, &["ALTER", "DEFAULT", "PRIVILEGES"]) && tokens.find(0, &["REVOKE"]).is_none()
}

fn revoke(grant: &str, only_option: bool) -> Option<String> {
    let tokens = Tokens::of(grant);
    let verb = tokens.find(0, &["GRANT"])?;
    let to = tokens.find_last("TO")?;
    Some(join(&[
        tokens.before(verb),
        if only_option {
            "REVOKE GRANT OPTION FOR"
        } else {
            "REVOKE"
        },
        tokens.text(verb + 1, to),
        "FROM",
        tokens.rest(to + 1),
    ]))
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// The owner goes back to who runs the script.
pub(super) fn disown(definition: &str) -> Vec<Statement> {
    split(definition)
        .into_iter()
        .filter_map(|line| {
            let tokens = Tokens::of(line);
            let to = tokens.find_last("TO")?;
            Some(Statement::new(format!("{} CURRENT_USER", tokens.before(to + 1))))
        })
        .collect()
}

/// The comment goes.
pub(super) fn uncomment(definition: &str) -> Vec<Statement> {
    split(definition)
        .into_iter()
        .filter_map(|line| {
            let tokens = Tokens::of(line);
            let is = tokens.find_last("IS")?;
            Some(Statement::new(format!("{} NULL", tokens.before(is + 1))))
        })
        .collect()
}

/// What DEFAULT PRIVILEGES are about, by what the directive creates: their word, the word of the subject, its name and how GRANT names it.
fn subject(created: &Directive) -> Option<(&'static str, String, QName, String)> {
    let plain = |class, word: &str, name: &QName, noun: &str| {
        Some((
            class,
            word.to_owned(),
            name.clone(),
            format!("{noun} {}", qname(name)),
        ))
    };
    match created {
        Directive::CreateTable(table) => plain("tables", "table", &table.name, "TABLE"),
        Directive::CreateSequence(sequence) => plain("sequences", "sequence", &sequence.name, "SEQUENCE"),
        Directive::CreateEnum(ty) => plain("types", "type", &ty.name, "TYPE"),
        Directive::CreateNamespace(namespace) => Some((
            "schemas",
            "schema".to_owned(),
            QName::plain(namespace.name.clone()),
            format!("SCHEMA {}", quote(&namespace.name)),
        )),
        Directive::CreateObject(object) => {
            let id = &object.id;
            match id.kind.as_str() {
                "view" | "materialized view" | "foreign table" => plain("tables", "table", &id.name, "TABLE"),
                "domain" => plain("types", "domain", &id.name, "DOMAIN"),
                "composite type" | "range type" | "base type" => plain("types", "type", &id.name, "TYPE"),
                kind @ ("function" | "procedure" | "aggregate") => {
                    let signature = id.signature.as_deref().unwrap_or_default();
                    let noun = if kind == "procedure" {
                        "PROCEDURE"
                    } else {
                        "FUNCTION"
                    };
                    let word = noun.to_lowercase();
                    Some((
                        "functions",
                        format!("{word}({signature})"),
                        id.name.clone(),
                        format!("{noun} {}({signature})", qname(&id.name)),
                    ))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The privileges on what is created where default privileges of `before` apply: those that the server grants by itself and the target
/// does not want are revoked first.
pub(super) fn settled(created: &Directive, before: &Schema, wanted: &Schema) -> Option<Object> {
    let (class, word, name, spelled) = subject(created)?;
    let home = if class == "schemas" { "" } else { namespace(&name) }.to_owned();
    let mut granted: BTreeSet<String> = BTreeSet::new();
    let mut revoked: BTreeSet<String> = BTreeSet::new();
    for object in before
        .objects
        .values()
        .filter(|o| o.id.kind.as_str() == "default privileges")
    {
        let applies = |signature: &str| {
            signature
                .split_once(':')
                .is_some_and(|(of, what)| what == class && (of.is_empty() || of == home))
        };
        if !object.id.signature.as_deref().is_some_and(applies) {
            continue;
        }
        for line in split(&object.definition) {
            let tokens = Tokens::of(line);
            // ALTER DEFAULT PRIVILEGES .. GRANT x ON TABLES TO y
            if let (Some(grant), Some(on), Some(to)) = (
                tokens.find(0, &["GRANT"]),
                tokens.find_last("ON"),
                tokens.find_last("TO"),
            ) && tokens.find(0, &["REVOKE"]).is_none()
            {
                let what = tokens.text(grant, on);
                granted.insert(format!("{what} ON {spelled} TO {}", tokens.rest(to + 1)));
            } else if let (Some(revoke), Some(on), Some(from)) = (
                tokens.find(0, &["REVOKE"]),
                tokens.find_last("ON"),
                tokens.find_last("FROM"),
            ) {
                let what = tokens.text(revoke, on);
                revoked.insert(format!("{what} ON {spelled} FROM {}", tokens.rest(from + 1)));
            }
        }
    }
    if granted.is_empty() && revoked.is_empty() {
        return None;
    }
    let id = ObjectId {
        kind: ObjectKind::new("privileges"),
        name,
        signature: Some(word),
        on: None,
    };
    let target = wanted.objects.get(&id);
    let wanted_lines: BTreeSet<&str> = target.map(|object| lines(&object.definition)).unwrap_or_default();
    let taken = granted
        .iter()
        .filter(|line| !wanted_lines.contains(line.as_str()))
        .filter_map(|line| inverse(line));
    let given = revoked
        .iter()
        .filter(|line| !wanted_lines.contains(line.as_str()))
        .filter_map(|line| inverse(line));
    let mut all: Vec<String> = taken.chain(given).collect();
    if all.is_empty() {
        return None;
    }
    all.extend(wanted_lines.iter().map(|line| (*line).to_owned()));
    // Only the order among relations is open: all else comes before.
    let depends_on = (class == "tables").then(|| id.name.clone()).into_iter().collect();
    Some(Object {
        id,
        definition: Sql::new(all.join(";\n")),
        depends_on,
        comment: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(old: &str, new: &str) -> Vec<String> {
        change(old, new).into_iter().map(|s| s.sql).collect()
    }

    #[test]
    fn each_line_that_goes_is_taken_back() {
        assert_eq!(
            sql(
                "GRANT SELECT (a) ON TABLE public.t TO bob;\nREVOKE EXECUTE ON FUNCTION public.f(integer) FROM PUBLIC",
                "GRANT INSERT ON TABLE public.t TO \"to\"",
            ),
            [
                "REVOKE SELECT (a) ON TABLE public.t FROM bob",
                "GRANT EXECUTE ON FUNCTION public.f(integer) TO PUBLIC",
                "GRANT INSERT ON TABLE public.t TO \"to\"",
            ]
        );
        assert_eq!(
            sql(
                "ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT SELECT ON TABLES TO bob",
                ""
            ),
            ["ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s REVOKE SELECT ON TABLES FROM bob"]
        );
    }

    #[test]
    fn a_grant_option_comes_and_goes_alone() {
        let plain = "GRANT SELECT ON TABLE public.t TO bob";
        let with = "GRANT SELECT ON TABLE public.t TO bob WITH GRANT OPTION";
        assert_eq!(sql(plain, with), [with]);
        assert_eq!(
            sql(with, plain),
            ["REVOKE GRANT OPTION FOR SELECT ON TABLE public.t FROM bob"]
        );
        assert_eq!(sql(with, ""), ["REVOKE SELECT ON TABLE public.t FROM bob"]);
    }

    #[test]
    fn an_owner_and_a_comment_are_taken_back() {
        assert_eq!(
            disown("ALTER TABLE public.t OWNER TO bob")[0].sql,
            "ALTER TABLE public.t OWNER TO CURRENT_USER"
        );
        assert_eq!(
            uncomment("COMMENT ON COLUMN public.v.c IS 'it IS'")[0].sql,
            "COMMENT ON COLUMN public.v.c IS NULL"
        );
    }
}
