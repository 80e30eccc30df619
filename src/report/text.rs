//! Text for people, as data: pieces with a tone each. Whoever prints it decides on colours; without any it is plain text.

use std::fmt;

/// What a piece of text is, and so how it may be coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// A title.
    Heading,
    /// Comes.
    Added,
    /// Goes.
    Removed,
    /// Changes.
    Changed,
    /// The part of an added line that is new.
    AddedInside,
    /// The part of a removed line that is old.
    RemovedInside,
    /// Destroys data.
    Loss,
    /// Of less weight.
    Faint,
}

/// Text made of pieces. `Display` gives it without any colours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<(Tone, String)>,
}

impl Text {
    /// No text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece.
    pub fn push(&mut self, tone: Tone, text: impl Into<String>) -> &mut Self {
        self.pieces.push((tone, text.into()));
        self
    }

    /// Adds a plain piece.
    pub fn plain(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(Tone::Plain, text)
    }

    /// Ends the line.
    pub fn end_line(&mut self) -> &mut Self {
        self.plain("\n")
    }

    /// The same with `mark` before the first line of each entry, and as many blanks before lines that are indented already.
    #[must_use]
    pub fn indented(self, mark: &str) -> Self {
        let blank = " ".repeat(mark.chars().count());
        let mut out = Self::new();
        let mut at_start = true;
        for (tone, piece) in self.pieces {
            for line in piece.split_inclusive('\n') {
                if at_start {
                    out.plain(if line.starts_with(' ') {
                        blank.as_str()
                    } else {
                        mark
                    });
                }
                out.push(tone, line);
                at_start = line.ends_with('\n');
            }
        }
        out
    }

    /// Adds another text.
    pub fn append(&mut self, other: Self) -> &mut Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[(Tone, String)] {
        &self.pieces
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|(_, text)| text.is_empty())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|(_, text)| f.write_str(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self {
            pieces: vec![(Tone::Plain, text)],
        }
    }
}
