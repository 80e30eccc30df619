//! A unified diff of two texts: what `diff -u` prints, with the changes inside a line marked.

use similar::{ChangeTag, TextDiff, udiff::UnifiedHunkHeader};

use super::{Text, Tone};

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// The unified diff from `old` to `new`, whose names stand in its header. Empty when they are equal.
pub fn unified(old: &str, new: &str, old_name: &str, new_name: &str) -> Text {
    let mut text = Text::new();
    let diff = TextDiff::from_lines(old, new);
    for group in diff.grouped_ops(CONTEXT) {
        if text.is_empty() {
            text.push(Tone::Heading, format!("--- {old_name}\n+++ {new_name}\n"));
        }
        text.push(Tone::Faint, format!("{}\n", UnifiedHunkHeader::new(&group)));
        for operation in &group {
            for change in diff.iter_inline_changes(operation) {
                let (mark, line, inside) = match change.tag() {
                    ChangeTag::Equal => (" ", Tone::Plain, Tone::Plain),
                    ChangeTag::Delete => ("-", Tone::Removed, Tone::RemovedInside),
                    ChangeTag::Insert => ("+", Tone::Added, Tone::AddedInside),
                };
                text.push(line, mark);
                for (marked, piece) in change.iter_strings_lossy() {
                    text.push(if marked { inside } else { line }, piece);
                }
                if change.missing_newline() {
                    text.plain("\n\\ No newline at end of file\n");
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_diff() {
        assert!(unified("a\n", "a\n", "x", "y").is_empty());
    }

    #[test]
    fn it_is_what_diff_u_prints() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n";
        assert_eq!(
            unified(old, new, "old.sql", "new.sql").to_string(),
            "--- old.sql\n+++ new.sql\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn the_changed_part_of_a_line_is_marked() {
        let diff = unified(
            "    name text NOT NULL,\n",
            "    name varchar NOT NULL,\n",
            "a",
            "b",
        );
        let marked: Vec<&str> = diff
            .pieces()
            .iter()
            .filter(|(tone, _)| matches!(tone, Tone::AddedInside | Tone::RemovedInside))
            .map(|(_, text)| text.as_str())
            .collect();
        assert_eq!(marked, ["text", "varchar"]);
    }
}
