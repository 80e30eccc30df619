//! Errors and notices as drawings: the message, the place with its source underlined, the way out. Text comes out; nothing is printed.

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::{Error, Notice, Place, notice};

/// The most characters of one source line that are drawn; the rest of a longer one says nothing about the place.
const WIDEST: usize = 400;
/// How many lines of a statement are drawn above and below the place.
const ABOVE: usize = 4;
const BELOW: usize = 2;
/// The most lines of one statement that are drawn.
const LONGEST: usize = 30;

/// Draws an error with its places and hints.
pub(super) fn error(error: &Error, renderer: &Renderer) -> String {
    draw(
        Level::ERROR,
        &error.full_message(),
        error.places(),
        error.hints().iter().map(String::as_str),
        renderer,
    )
}

/// Draws a notice.
pub(super) fn notice(notice: &Notice, renderer: &Renderer) -> String {
    let level = match notice.level {
        notice::Level::Notice => Level::NOTE,
        notice::Level::Warning => Level::WARNING,
    };
    draw(
        level,
        &notice.message,
        notice.place.as_slice(),
        notice.hint.as_deref().into_iter(),
        renderer,
    )
}

fn draw<'a>(
    level: Level<'a>,
    message: &'a str,
    places: &'a [Place],
    hints: impl Iterator<Item = &'a str>,
    renderer: &Renderer,
) -> String {
    let mut main = Group::with_title(level.primary_title(message));
    for place in places {
        main = main.elements(located(place));
    }
    let hints = hints.map(|hint| Group::with_title(Level::HELP.secondary_title(hint)));
    if places.is_empty() {
        // Without a drawing there is nothing that a line on the left would have to hold together.
        let groups: Vec<String> = std::iter::once(main)
            .chain(hints)
            .map(|group| renderer.render(&[group]))
            .collect();
        return groups.join("\n");
    }
    renderer.render(&std::iter::once(main).chain(hints).collect::<Vec<_>>())
}

fn located(place: &Place) -> Vec<Element<'_>> {
    let file = place.file.as_ref().map(|file| file.display().to_string());
    let origin = || {
        Origin::path(file.clone().unwrap_or_else(|| "SQL".to_owned()))
            .line(place.line)
            .char_column(place.column)
    };
    let snippet = place.snippet.as_str();
    if snippet.trim().is_empty() {
        return file.as_ref().map(|_| origin().into()).into_iter().collect();
    }
    let one_line = !snippet.trim_end().contains('\n');
    // A statement that has no file is a text of its own; one that has a file begins somewhere above the place.
    let first_line = match (&file, one_line) {
        (_, true) => place.line,
        (None, false) => 1,
        (Some(_), false) => {
            let statement: Snippet<'_, Annotation<'_>> =
                Snippet::source(head(snippet)).line_numbering(false).fold(false);
            return vec![origin().into(), statement.into()];
        }
    };
    let line = place.line - first_line.min(place.line);
    let (source, span) = window(snippet, line, place.column);
    let drawn = Snippet::source(source)
        .line_start(first_line + line.saturating_sub(ABOVE))
        .fold(false)
        .annotation(AnnotationKind::Primary.span(span));
    vec![
        match &file {
            Some(file) => drawn.path(file.clone()),
            None => drawn,
        }
        .into(),
    ]
}

/// The first lines of a long statement.
fn head(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().take(LONGEST).map(|line| cut(line, WIDEST)).collect();
    if text.lines().count() > LONGEST {
        lines.push("...");
    }
    lines.join("\n")
}

fn cut(line: &str, characters: usize) -> &str {
    line.char_indices()
        .nth(characters)
        .map_or(line, |(end, _)| &line[..end])
}

/// The lines around the line (counted from 0) of the place, and the bytes of the word at that line and column (counted from 1).
fn window(text: &str, line: usize, column: usize) -> (String, std::ops::Range<usize>) {
    let mut source = String::new();
    let mut span = 0..0;
    for (number, content) in text
        .lines()
        .enumerate()
        .take(line + 1 + BELOW)
        .skip(line.saturating_sub(ABOVE))
    {
        let mut content = content;
        let mut column = column;
        if number == line {
            // Of a very long line the part around the place is drawn.
            let skipped = column.saturating_sub(WIDEST / 2);
            if content.chars().count() > WIDEST && skipped > 0 {
                let start = content.char_indices().nth(skipped).map_or(0, |(at, _)| at);
                content = &content[start..];
                column -= skipped;
            }
        }
        content = cut(content, WIDEST);
        if number == line {
            let start = content
                .char_indices()
                .nth(column.saturating_sub(1))
                .map_or(content.len(), |(at, _)| at);
            span = source.len() + start..source.len() + start + word_length(&content[start..]);
        }
        source.push_str(content);
        source.push('\n');
    }
    (source, span)
}

/// The bytes of the word or the one character at the start.
fn word_length(text: &str) -> usize {
    let word = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    if word == 0 {
        text.chars().next().map_or(0, char::len_utf8)
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn place(file: Option<&str>, line: usize, column: usize, snippet: &str) -> Place {
        Place {
            file: file.map(Into::into),
            line,
            column,
            snippet: snippet.to_owned(),
        }
    }

    fn plain(error: &Error) -> String {
        super::error(error, &Renderer::plain())
    }

    #[test]
    fn an_error_without_a_place_is_its_message_and_its_hints() {
        let error = Error::new(ErrorKind::Usage, "no such thing").hint("try another");
        insta::assert_snapshot!(plain(&error), @r"
        error: no such thing
        help: try another
        ");
    }

    #[test]
    fn the_word_at_the_place_is_underlined() {
        let error = Error::new(ErrorKind::Target, "near \"TABEL\": syntax error").at(place(
            Some("schema.sql"),
            12,
            8,
            "CREATE TABEL x (a);",
        ));
        insta::assert_snapshot!(plain(&error), @r#"
        error: near "TABEL": syntax error
          --> schema.sql:12:8
           |
        12 | CREATE TABEL x (a);
           |        ^^^^^
        "#);
    }

    #[test]
    fn a_statement_of_several_lines_is_drawn_where_the_place_is_in_it() {
        let error = Error::new(ErrorKind::Database, "no such column: b").at(place(
            None,
            2,
            8,
            "CREATE VIEW v AS\nSELECT b\nFROM t",
        ));
        insta::assert_snapshot!(plain(&error), @r"
        error: no such column: b
          |
        1 | CREATE VIEW v AS
        2 | SELECT b
          |        ^
        3 | FROM t
          |
        ");
    }

    #[test]
    fn a_place_outside_its_snippet_and_an_endless_line_do_no_harm() {
        let far = Error::new(ErrorKind::Database, "x").at(place(Some("a.sql"), 3, 900, "short"));
        assert!(plain(&far).contains("a.sql:3"));
        let long = "é".repeat(1_000_000);
        let long = Error::new(ErrorKind::Database, "x").at(place(Some("a.sql"), 3, 500_000, &long));
        assert!(plain(&long).len() < 5_000);
    }
}
