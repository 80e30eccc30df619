//! What is said about another object: its privileges, its owner, a comment on a column.
//!
//! Privileges are lines, one each, that are compared as a set: a line that goes is taken back.

use super::objects::split;
use super::tokens::Tokens;
use crate::dialect::Statement;
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

fn lines(definition: &str) -> BTreeSet<&str> {
    split(definition).into_iter().collect()
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
