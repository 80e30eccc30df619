//! Domains: their definitions taken apart, and how one becomes another.

use super::objects::split;
use super::spelling::qname;
use super::tokens::Tokens;
use crate::dialect::Statement;
use crate::schema::QName;
use std::collections::BTreeMap;

/// Whether a domain refuses NULL.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum NotNull<'s> {
    #[default]
    No,
    Yes,
    /// By a constraint whose name is not the server's own (18).
    Named(&'s str),
}

/// What a domain says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Domain<'s> {
    base: &'s str,
    collation: Option<&'s str>,
    default: Option<&'s str>,
    not_null: NotNull<'s>,
    /// Its checks by name, as ADD takes them behind the name.
    checks: BTreeMap<&'s str, String>,
    /// All other statements: comments on constraints.
    rest: Vec<&'s str>,
}

/// The words that begin a clause behind the type.
const CLAUSES: [&[&str]; 5] = [
    &["COLLATE"],
    &["DEFAULT"],
    &["CONSTRAINT"],
    &["NOT", "NULL"],
    &["CHECK"],
];

fn is_clause(tokens: &Tokens<'_>, at: usize) -> bool {
    CLAUSES.iter().any(|words| tokens.has(at, words))
}

fn next_clause(tokens: &Tokens<'_>, from: usize) -> usize {
    (from..tokens.len())
        .find(|at| is_clause(tokens, *at))
        .unwrap_or(tokens.len())
}

/// The type under a domain.
pub(super) fn base_type(definition: &str) -> Option<&str> {
    let first = split(definition).into_iter().next()?;
    let tokens = Tokens::of(first);
    let at = tokens.find(0, &["AS"])? + 1;
    Some(tokens.text(at, next_clause(&tokens, at)))
}

impl<'s> Domain<'s> {
    fn read(definition: &'s str) -> Option<Self> {
        let statements = split(definition);
        let (first, tail) = statements.split_first()?;
        let tokens = Tokens::of(first);
        let mut at = tokens.find(0, &["AS"])? + 1;
        let mut domain = Self::default();
        let end = next_clause(&tokens, at);
        domain.base = tokens.text(at, end);
        at = end;
        let mut name = None;
        while at < tokens.len() {
            if tokens.has(at, &["CONSTRAINT"]) {
                name = Some(tokens.text(at + 1, at + 2));
                at += 2;
                continue;
            }
            let words = CLAUSES.iter().find(|words| tokens.has(at, words))?;
            let end = next_clause(&tokens, at + words.len());
            let what = tokens.text(at + words.len(), end);
            match words[0] {
                "COLLATE" => domain.collation = Some(what),
                "DEFAULT" => domain.default = Some(what),
                "NOT" => domain.not_null = name.take().map_or(NotNull::Yes, NotNull::Named),
                _ => {
                    domain
                        .checks
                        .insert(name.take()?, tokens.text(at, end).to_owned());
                }
            }
            at = end;
        }
        for statement in tail {
            let tokens = Tokens::of(statement);
            let added = tokens
                .has(0, &["ALTER", "DOMAIN"])
                .then(|| tokens.find(0, &["ADD", "CONSTRAINT"]))
                .flatten();
            match added {
                Some(at) => {
                    let name = tokens.text(at + 2, at + 3);
                    domain.checks.insert(name, tokens.rest(at + 3).to_owned());
                }
                None => domain.rest.push(statement),
            }
        }
        Some(domain)
    }
}

/// CREATE DOMAIN without the checks and the default that hold one of these literals: values that the type under it has no more.
pub(super) fn without(definition: &str, literals: &[String]) -> String {
    let tokens = Tokens::of(definition);
    let mut kept = String::new();
    let mut at = tokens.find(0, &["AS"]).map_or(0, |at| at + 1);
    at = next_clause(&tokens, at);
    kept.push_str(tokens.before(at));
    while at < tokens.len() {
        let named = if tokens.has(at, &["CONSTRAINT"]) { 2 } else { 0 };
        let end = next_clause(&tokens, at + named + 1);
        let clause = tokens.text(at, end);
        let is_value = tokens.has(at + named, &["CHECK"]) || tokens.has(at, &["DEFAULT"]);
        if !(is_value && literals.iter().any(|literal| clause.contains(literal.as_str()))) {
            kept.push(' ');
            kept.push_str(clause);
        }
        at = end;
    }
    kept
}

/// The statements that make one domain into another in place; a check may have gone with a value of the type under the domain.
/// `None` when it has another base type and is made anew.
pub(super) fn alter(name: &QName, old: &str, new: &str) -> Option<Vec<Statement>> {
    let (old, new) = (Domain::read(old)?, Domain::read(new)?);
    if (old.base, old.collation) != (new.base, new.collation) {
        return None;
    }
    let mut actions = Vec::new();
    let mut statements = Vec::new();
    // A check that only gets another name keeps it that way.
    let mut renamed = Vec::new();
    for (from, check) in old.checks.iter().filter(|(n, _)| !new.checks.contains_key(*n)) {
        let to = new.checks.iter().find(|(n, c)| {
            *c == check && !old.checks.contains_key(*n) && !renamed.iter().any(|(_, t)| t == *n)
        });
        match to {
            Some((to, _)) => renamed.push((*from, *to)),
            None => actions.push(format!("DROP CONSTRAINT IF EXISTS {from}")),
        }
    }
    actions.extend(
        renamed
            .iter()
            .map(|(from, to)| format!("RENAME CONSTRAINT {from} TO {to}")),
    );
    for (name, check) in &new.checks {
        match old.checks.get(name) {
            Some(before) if before == check => {}
            Some(before) if before.strip_suffix(" NOT VALID") == Some(check.as_str()) => {
                actions.push(format!("VALIDATE CONSTRAINT {name}"));
            }
            Some(_) => {
                actions.push(format!("DROP CONSTRAINT IF EXISTS {name}"));
                actions.push(format!("ADD CONSTRAINT {name} {check}"));
            }
            None if renamed.iter().any(|(_, to)| to == name) => {}
            None => actions.push(format!("ADD CONSTRAINT {name} {check}")),
        }
    }
    if old.default != new.default {
        actions.push(match new.default {
            Some(default) => format!("SET DEFAULT {default}"),
            None => "DROP DEFAULT".to_owned(),
        });
    }
    match (old.not_null, new.not_null) {
        (from, to) if from == to => {}
        (_, NotNull::No) => actions.push("DROP NOT NULL".to_owned()),
        (NotNull::No, NotNull::Yes) => actions.push("SET NOT NULL".to_owned()),
        (NotNull::No, NotNull::Named(name)) => actions.push(format!("ADD CONSTRAINT {name} NOT NULL")),
        (NotNull::Named(from), NotNull::Named(to)) => {
            actions.push(format!("RENAME CONSTRAINT {from} TO {to}"));
        }
        (_, to) => {
            actions.push("DROP NOT NULL".to_owned());
            actions.push(match to {
                NotNull::Named(name) => format!("ADD CONSTRAINT {name} NOT NULL"),
                NotNull::Yes | NotNull::No => "SET NOT NULL".to_owned(),
            });
        }
    }
    let name = qname(name);
    statements.extend(
        actions
            .into_iter()
            .map(|action| Statement::new(format!("ALTER DOMAIN {name} {action}"))),
    );
    for gone in old.rest.iter().filter(|line| !new.rest.contains(line)) {
        // The comment on a constraint that goes has gone with it; one that is replaced is set below.
        let stays = Tokens::of(gone);
        let subject = stays.find_last("IS").map(|is| stays.before(is));
        let replaced = new
            .rest
            .iter()
            .any(|line| subject.is_some_and(|subject| line.starts_with(subject)));
        let known = new
            .checks
            .keys()
            .any(|check| subject.is_some_and(|subject| subject.contains(&format!("CONSTRAINT {check} "))));
        if known && !replaced {
            statements.extend(super::privileges::uncomment(gone));
        }
    }
    statements.extend(
        new.rest
            .iter()
            .filter(|line| !old.rest.contains(line))
            .map(|line| Statement::new(*line)),
    );
    Some(statements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_value_that_goes_is_left_out() {
        let definition = "CREATE DOMAIN public.d AS public.e DEFAULT 'c'::public.e NOT NULL CONSTRAINT x CHECK (VALUE <> 'c'::public.e) CONSTRAINT y CHECK (VALUE <> 'b'::public.e)";
        assert_eq!(
            without(definition, &["'c'".to_owned()]),
            "CREATE DOMAIN public.d AS public.e NOT NULL CONSTRAINT y CHECK (VALUE <> 'b'::public.e)"
        );
    }

    fn sql(old: &str, new: &str) -> Option<Vec<String>> {
        alter(&"d".into(), old, new).map(|s| s.into_iter().map(|s| s.sql).collect())
    }

    #[test]
    fn a_domain_is_altered_by_its_clauses() {
        let old = "CREATE DOMAIN public.d AS varchar(10) COLLATE \"C\" DEFAULT 'not null'::text CONSTRAINT a CHECK ((VALUE <> ''::text)) CONSTRAINT b CHECK ((length(VALUE) > 1))";
        let new = "CREATE DOMAIN public.d AS varchar(10) COLLATE \"C\" NOT NULL CONSTRAINT b CHECK ((length(VALUE) > 2)) CONSTRAINT c CHECK ((VALUE <> ''::text));\nALTER DOMAIN public.d ADD CONSTRAINT e CHECK ((VALUE <> 'x'::text)) NOT VALID;\nCOMMENT ON CONSTRAINT b ON DOMAIN public.d IS 'long'";
        assert_eq!(
            sql(old, new).expect("in place"),
            [
                "ALTER DOMAIN public.d RENAME CONSTRAINT a TO c",
                "ALTER DOMAIN public.d DROP CONSTRAINT IF EXISTS b",
                "ALTER DOMAIN public.d ADD CONSTRAINT b CHECK ((length(VALUE) > 2))",
                "ALTER DOMAIN public.d ADD CONSTRAINT e CHECK ((VALUE <> 'x'::text)) NOT VALID",
                "ALTER DOMAIN public.d DROP DEFAULT",
                "ALTER DOMAIN public.d SET NOT NULL",
                "COMMENT ON CONSTRAINT b ON DOMAIN public.d IS 'long'",
            ]
        );
        assert_eq!(base_type(old), Some("varchar(10)"));
    }

    #[test]
    fn another_base_type_is_another_domain() {
        assert_eq!(
            sql(
                "CREATE DOMAIN public.d AS integer",
                "CREATE DOMAIN public.d AS bigint"
            ),
            None
        );
    }
}
