//! Where output goes: data to standard output, everything else to standard error, with colours where they are wanted.
//!
//! A reader that has gone away (`| head`) is no error and stops nothing: what is left to say is thrown away. Standard error is
//! written as well as it can be; what fails there has nowhere to be told.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use annotate_snippets::Renderer;
use anstream::AutoStream;
use anstyle::{AnsiColor, Effects, Style};
use serde_json::Value;

use super::{
    arguments::{Format, GlobalOptions},
    captured::{Captured, Piece},
    draw,
    progress::{Progress, Work},
    prompt::{self, Colours},
};
use crate::{
    Error, ErrorKind, Level, Notice, Result,
    database::Interrupter,
    report::{self, Text, Tone},
};

/// Standard output and standard error as the global options want them.
pub(crate) struct Terminal {
    out: Mutex<AutoStream<io::Stdout>>,
    err: Mutex<AutoStream<io::Stderr>>,
    reader_gone: AtomicBool,
    format: Option<Format>,
    volume: Volume,
    progress: Progress,
    writers: Arc<Mutex<Vec<Interrupter>>>,
    /// Where output goes instead, when it is that of one of several databases.
    captured: Option<Captured>,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Volume {
    /// Data and errors.
    Quiet,
    /// Also notices and what was done.
    Normal,
    /// Also each step.
    Verbose,
}

impl Terminal {
    /// The streams of this process.
    pub(crate) fn new(options: &GlobalOptions) -> Self {
        let choice = match options.color {
            clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
            clap::ColorChoice::Always => anstream::ColorChoice::Always,
            clap::ColorChoice::Never => anstream::ColorChoice::Never,
        };
        let volume = match (options.quiet, options.verbose) {
            (true, _) => Volume::Quiet,
            (false, true) => Volume::Verbose,
            (false, false) => Volume::Normal,
        };
        let progress = volume == Volume::Normal && options.format.is_none() && io::stderr().is_terminal();
        Self {
            out: Mutex::new(AutoStream::new(io::stdout(), choice)),
            err: Mutex::new(AutoStream::new(io::stderr(), choice)),
            reader_gone: AtomicBool::new(false),
            format: options.format,
            volume,
            progress: Progress::new(progress),
            writers: Arc::default(),
            captured: None,
        }
    }

    /// A terminal of the same kind whose output is kept; nobody can be asked there, and no sign of work is shown.
    pub(crate) fn capturing(&self) -> Self {
        let (out, err) = (
            self.out
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .current_choice(),
            self.err
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .current_choice(),
        );
        Self {
            out: Mutex::new(AutoStream::new(io::stdout(), out)),
            err: Mutex::new(AutoStream::new(io::stderr(), err)),
            reader_gone: AtomicBool::new(false),
            format: self.format,
            volume: self.volume,
            progress: Progress::new(false),
            writers: Arc::clone(&self.writers),
            captured: Some(Captured::default()),
        }
    }

    /// What was kept, in order.
    pub(crate) fn take_captured(&self) -> Vec<Piece> {
        self.captured.as_ref().map(Captured::take).unwrap_or_default()
    }

    /// Gives out what another terminal has kept.
    ///
    /// # Errors
    /// As [`data`](Self::data).
    pub(crate) fn replay(&self, pieces: &[Piece]) -> Result<()> {
        for piece in pieces {
            match piece {
                Piece::Data(text) => self.write_painted(text)?,
                Piece::Said(text) => self.write_err(text),
                Piece::Document(document) => self.json(document)?,
            }
        }
        Ok(())
    }

    /// The form that the user asked for.
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    /// Whether output is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Some(Format::Json)
    }

    /// How much is said.
    pub(crate) fn volume(&self) -> Volume {
        self.volume
    }

    /// Whether somebody sits there who can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        self.captured.is_none()
            && !self.is_json()
            && self.volume != Volume::Quiet
            && io::stdin().is_terminal()
            && io::stderr().is_terminal()
    }

    /// Asks a question that is answered by yes or no; `None` when it is passed over.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when Ctrl-C is pressed instead.
    pub(crate) fn ask(&self, question: &str, help: &str) -> Result<Option<bool>> {
        let err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        let colours = match err.current_choice() {
            anstream::ColorChoice::Never => Colours::Hidden,
            _ => Colours::Shown,
        };
        drop(err);
        self.progress.aside(|| prompt::ask(question, help, colours))
    }

    /// Lets Ctrl-C stop a connection that writes in good order: its statement fails, and whoever uses it rolls back and says so.
    pub(crate) fn stops(&self, writer: Interrupter) {
        self.writers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(writer);
    }

    /// Stops the connections that write. Gives whether there are any.
    pub(super) fn interrupt(&self) -> bool {
        let writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        for writer in &*writers {
            writer.interrupt();
        }
        !writers.is_empty()
    }

    /// Begins a piece of work, of which a sign is shown when it takes long.
    pub(crate) fn work(&self, what: &str) -> Work<'_> {
        self.progress.begin(what)
    }

    /// Writes data.
    ///
    /// # Errors
    /// When standard output takes no more, as on a full disk. A reader that went away is none.
    pub(crate) fn data(&self, text: &Text) -> Result<()> {
        let out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let coloured = out.current_choice() != anstream::ColorChoice::Never;
        drop(out);
        if coloured || self.captured.is_some() {
            return self.write_painted(&paint(text));
        }
        // To take codes out again costs more than a long list does.
        self.plain_data(&text.to_string())
    }

    fn write_painted(&self, painted: &str) -> Result<()> {
        if let Some(captured) = &self.captured {
            captured.push(Piece::Data(painted.to_owned()));
            return Ok(());
        }
        self.write_data(|| {
            let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            out.write_all(painted.as_bytes()).and_then(|()| out.flush())
        })
    }

    /// Writes data that has no tones.
    ///
    /// # Errors
    /// As [`data`](Self::data).
    pub(crate) fn plain_data(&self, text: &str) -> Result<()> {
        if let Some(captured) = &self.captured {
            captured.push(Piece::Data(text.to_owned()));
            return Ok(());
        }
        self.write_data(|| {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        })
    }

    /// Writes a document as data.
    ///
    /// # Errors
    /// As [`data`](Self::data).
    pub(crate) fn json(&self, document: &Value) -> Result<()> {
        if let Some(captured) = &self.captured {
            captured.push(Piece::Document(document.clone()));
            return Ok(());
        }
        self.plain_data(&format!("{document:#}\n"))
    }

    /// Says what was done. Not in JSON, where the document says it.
    pub(crate) fn say(&self, message: &str) {
        if self.volume > Volume::Quiet && !self.is_json() {
            self.write_err(&format!("{message}\n"));
        }
    }

    /// Says what is being done, to those who want to know.
    pub(crate) fn say_step(&self, message: &str) {
        if self.volume == Volume::Verbose {
            let faint = Style::new().effects(Effects::DIMMED);
            self.write_err(&format!("{faint}{message}{faint:#}\n"));
        }
    }

    /// Says what a person should know. Warnings are said even where quiet is wanted; in JSON, the document holds them all.
    pub(crate) fn notices<'a>(&self, notices: impl IntoIterator<Item = &'a Notice>) {
        if self.is_json() {
            return;
        }
        for notice in notices {
            if notice.level == Level::Warning || self.volume > Volume::Quiet {
                self.write_err(&format!("{}\n", draw::notice(notice, &Renderer::styled())));
            }
        }
    }

    /// Says what went wrong.
    pub(crate) fn error(&self, error: &Error) {
        if self.is_json() && self.captured.is_some() {
            // It becomes a part of the one document.
        } else if self.is_json() {
            self.write_err(&format!("{:#}\n", report::error(error)));
        } else {
            self.write_err(&format!("{}\n", draw::error(error, &Renderer::styled())));
        }
    }

    fn write_data(&self, write: impl FnOnce() -> io::Result<()>) -> Result<()> {
        if self.reader_gone.load(Ordering::Relaxed) {
            return Ok(());
        }
        match self.progress.aside(write) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.reader_gone.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                Err(Error::new(ErrorKind::Io, "standard output cannot be written to").because(error))
            }
        }
    }

    fn write_err(&self, text: &str) {
        if let Some(captured) = &self.captured {
            captured.push(Piece::Said(text.to_owned()));
            return;
        }
        self.progress.aside(|| {
            let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
            // There is nowhere to tell that telling failed.
            drop(err.write_all(text.as_bytes()).and_then(|()| err.flush()));
        });
    }
}

/// The text with the escape codes of its tones; the stream takes them out again where they are not wanted.
fn paint(text: &Text) -> String {
    let mut painted = String::new();
    for (tone, piece) in text.pieces() {
        let style = style(*tone);
        if style.is_plain() {
            painted.push_str(piece);
            continue;
        }
        // Each line has its own codes, so that a pager shows any of them right.
        for line in piece.split_inclusive('\n') {
            let content = line.trim_end_matches('\n');
            if !content.is_empty() {
                painted.extend([
                    style.render().to_string().as_str(),
                    content,
                    style.render_reset().to_string().as_str(),
                ]);
            }
            painted.push_str(&line[content.len()..]);
        }
    }
    painted
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Heading => Style::new().bold(),
        Tone::Added => AnsiColor::Green.on_default(),
        Tone::Removed => AnsiColor::Red.on_default(),
        Tone::Changed => AnsiColor::Yellow.on_default(),
        Tone::AddedInside => AnsiColor::Green.on_default().bold().underline(),
        Tone::RemovedInside => AnsiColor::Red.on_default().bold().underline(),
        Tone::Loss => AnsiColor::BrightRed.on_default().bold(),
        Tone::Faint => Style::new().dimmed(),
    }
}
