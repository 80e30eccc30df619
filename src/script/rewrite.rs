//! Another parent for a script, in its text.
//!
//! Comes in: the text. Goes out: the same text, in which only what it revises is different. What was rewritten is read back and
//! compared, so that an unusual header is left alone rather than spoilt.

use super::read::find_header;
use super::sql::find_sql_header;
use super::{Format, Header, RevisionId};
use crate::{Error, ErrorKind, Result};
use std::path::Path;

/// The text of a script that revises `parents` instead.
///
/// # Errors
/// When the header cannot be read, or is written in a way that cannot be changed here.
pub(super) fn with_parents(
    text: &str,
    format: Format,
    file: &Path,
    parents: &[RevisionId],
) -> Result<String> {
    let read = |text: &str| match format {
        Format::Rust => find_header(text, Some(file)),
        Format::Sql => find_sql_header(text, Some(file)),
    };
    let by_hand = || {
        Error::new(
            ErrorKind::Script,
            format!("{}: what it revises cannot be changed here", file.display()),
        )
        .hint("change it by hand")
    };
    let before = read(text)?.ok_or_else(by_hand)?;
    let new = match format {
        Format::Rust => rust(text, parents),
        Format::Sql => sql(text, parents),
    }
    .ok_or_else(by_hand)?;
    let wanted = Header {
        revises: parents.to_vec(),
        ..before
    };
    match read(&new)? {
        Some(after) if after == wanted => Ok(new),
        _ => Err(by_hand()),
    }
}

fn rust(text: &str, parents: &[RevisionId]) -> Option<String> {
    let ids: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
    let list: Vec<String> = ids.iter().map(|id| format!("{id:?}")).collect();
    let call = match list.as_slice() {
        [] => String::new(),
        list => format!(".revises(&[{}])", list.join(", ")),
    };
    let start = text.find("REVISION: Revision")?;
    let end = start + text[start..].find(';')?;
    let constant = &text[start..end];
    let constant = if let Some(at) = constant.find(".revises(") {
        let close = at + constant[at..].find(')')? + 1;
        // A line of its own goes with it when nothing comes in its place.
        let kept = if call.is_empty() {
            constant[..at].trim_end()
        } else {
            &constant[..at]
        };
        format!("{kept}{call}{}", &constant[close..])
    } else {
        let at = constant.find(')')? + 1;
        format!("{}{call}{}", &constant[..at], &constant[at..])
    };
    let (before, after) = (&text[..start], &text[end..]);
    let mut comments = String::with_capacity(before.len());
    for line in before.split_inclusive('\n') {
        match line.strip_prefix("//! Revises:") {
            Some(rest) => {
                let ending = &rest[rest.trim_end_matches(['\r', '\n']).len()..];
                let blanks = if ids.is_empty() { "" } else { "  " };
                let parents = ids.join(", ");
                comments.extend(["//! Revises:", blanks, parents.as_str(), ending]);
            }
            None => comments.push_str(line),
        }
    }
    Some(format!("{comments}{constant}{after}"))
}

fn sql(text: &str, parents: &[RevisionId]) -> Option<String> {
    const WORD: &str = "-- autogen: revises ";
    let mut out = String::with_capacity(text.len());
    let mut written = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with(WORD) {
            continue;
        }
        out.push_str(line);
        if line.starts_with("-- autogen: revision ") && !written {
            written = true;
            let ending = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            let ids: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
            let ids = if ids.is_empty() {
                "base".to_owned()
            } else {
                ids.join(", ")
            };
            out.extend([WORD, ids.as_str(), ending]);
        }
    }
    written.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> Vec<RevisionId> {
        ids.iter()
            .map(|id| RevisionId::new(*id).expect("an id"))
            .collect()
    }

    #[test]
    fn only_what_it_revises_is_different() {
        let text = "//! x\n//!\n//! Revision: b\n//! Revises:  a\n\nuse autogen::script::*;\n\n\
            pub const REVISION: Revision = Revision::new(\"b\").revises(&[\"a\"]).branch_labels(&[\"l\"]);\n\nfn a() {}\n";
        let new = with_parents(text, Format::Rust, Path::new("b.rs"), &ids(&["c", "d"])).expect("a text");
        assert_eq!(
            new,
            text.replace("Revises:  a", "Revises:  c, d")
                .replace("&[\"a\"]", "&[\"c\", \"d\"]")
        );
        let none = with_parents(&new, Format::Rust, Path::new("b.rs"), &[]).expect("a text");
        let again = with_parents(&none, Format::Rust, Path::new("b.rs"), &ids(&["a"])).expect("a text");
        assert!(
            again.contains("Revision::new(\"b\").revises(&[\"a\"]).branch_labels"),
            "{again}"
        );
    }

    #[test]
    fn sql_has_a_line_of_its_own() {
        let text = "-- autogen: revision b\n-- autogen: revises a\n-- autogen: upgrade\nSELECT 1;\n-- autogen: downgrade\n";
        let new = with_parents(text, Format::Sql, Path::new("b.sql"), &ids(&["c", "d"])).expect("a text");
        assert_eq!(new, text.replace("revises a", "revises c, d"));
    }

    #[test]
    fn what_is_written_in_another_way_is_left_alone() {
        let text =
            "pub const REVISION: Revision = Revision::new(\"b\") /* .revises(x) */ .revises(&[\"a\"]);";
        assert!(with_parents(text, Format::Rust, Path::new("b.rs"), &ids(&["c"])).is_err());
    }
}
