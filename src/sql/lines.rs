//! Byte offsets to lines and columns, as editors count them.

use std::path::Path;

use crate::Place;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The line starts of a text, for many look-ups.
#[derive(Debug, Clone)]
pub(crate) struct LineIndex<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> LineIndex<'a> {
    /// Indexes `text` in one pass.
    pub(crate) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self { text, starts }
    }

    /// Line and column of the byte `offset`, both from 1, the column in characters. An offset past the end means the
    /// end, one inside a character means that character; a byte-order mark takes no column.
    pub(crate) fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = floor_char_boundary(self.text, offset);
        let line = self.starts.partition_point(|&start| start <= offset);
        (line, column(&self.text[self.starts[line - 1]..offset], line))
    }

    /// The place of the byte `offset`; its snippet is the whole line.
    pub(crate) fn place(&self, file: Option<&Path>, offset: usize) -> Place {
        let (line, column) = self.line_column(offset);
        let start = self.starts[line - 1];
        let end = self.starts.get(line).map_or(self.text.len(), |next| next - 1);
        let snippet = self.text[start..end]
            .trim_start_matches(BYTE_ORDER_MARK)
            .trim_end_matches('\r');
        Place {
            file: file.map(Path::to_path_buf),
            line,
            column,
            snippet: snippet.to_owned(),
        }
    }
}

/// Line and column of one byte `offset`, as [`LineIndex::line_column`] gives them.
pub(crate) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..floor_char_boundary(text, offset)];
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, column(&before[start..], line))
}

fn column(before: &str, line: usize) -> usize {
    let mark = usize::from(line == 1 && before.starts_with(BYTE_ORDER_MARK));
    before.chars().count() - mark + 1
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let text = "ab\nçdé f\r\n\nlast";
        let index = LineIndex::new(text);
        for (needle, expected) in [
            ("ab", (1, 1)),
            ("çd", (2, 1)),
            ("f", (2, 5)),
            ("last", (4, 1)),
            ("t", (4, 4)),
        ] {
            let offset = text.find(needle).expect("in the text");
            assert_eq!(index.line_column(offset), expected, "{needle}");
            assert_eq!(line_column(text, offset), expected, "{needle}");
        }
        assert_eq!(index.line_column(usize::MAX), (4, 5));
        assert_eq!(line_column(text, usize::MAX), (4, 5));
        assert_eq!(
            index.line_column(4),
            (2, 1),
            "inside a character is that character"
        );
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let text = "\u{feff}a b";
        assert_eq!(LineIndex::new(text).line_column(3), (1, 1));
        assert_eq!(line_column(text, 5), (1, 3));
        assert_eq!(line_column(text, 0), (1, 1));
        assert_eq!(LineIndex::new(text).place(None, 5).snippet, "a b");
    }

    #[test]
    fn a_place_shows_its_line() {
        let place = LineIndex::new("one\r\ntwo 2\r\nthree").place(Some(Path::new("a.sql")), 9);
        assert_eq!(
            place,
            Place {
                file: Some("a.sql".into()),
                line: 2,
                column: 5,
                snippet: "two 2".to_owned()
            }
        );
    }

    #[test]
    fn an_empty_text_has_one_line() {
        assert_eq!(LineIndex::new("").line_column(0), (1, 1));
        assert_eq!(line_column("", 0), (1, 1));
    }
}
