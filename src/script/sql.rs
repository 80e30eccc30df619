//! Scripts as SQL: the statements themselves, for one engine.
//!
//! Comes in: a header and the plans of both directions, or the text of such a script. Goes out: that text, or one
//! [`Directive::Execute`] per statement, kept to the byte. Comments of the form `-- autogen: ..` hold the header and say where
//! each direction begins; all other comments are for people. Nothing is planned or run here.

use super::revision::{read_time, show_time};
use super::{Header, RevisionId, Script};
use crate::dialect::Engine;
use crate::directive::Directive;
use crate::nearest::nearest;
use crate::plan::{Plan, Step, ended, terminated};
use crate::sql::{Lexicon, LineIndex, Scanner, StatementKind, TokenKind, split};
use crate::{Error, ErrorKind, Place, Result};
use std::fmt::Write;
use std::path::Path;

/// What a direction of a script in SQL holds.
#[derive(Debug, Clone, Copy)]
pub enum SqlDirection<'a> {
    /// The statements of a plan, and what has to be set before them.
    Plan(&'a Plan),
    /// The reason why there is no way.
    Irreversible(&'a str),
}

/// How the comments begin that are not for people only.
const MARK: &str = "autogen:";

/// The text of a script in SQL.
///
/// # Errors
/// Internal ones only: when a statement does not come back as it is, because it holds a line such as `-- autogen: upgrade`.
pub fn render_sql(
    header: &Header,
    engine: Engine,
    upgrade: SqlDirection<'_>,
    downgrade: SqlDirection<'_>,
) -> Result<String> {
    let mut out = header_text(header, engine);
    for (name, direction) in [("upgrade", upgrade), ("downgrade", downgrade)] {
        let _ = writeln!(out, "\n-- {MARK} {name}");
        match direction {
            SqlDirection::Plan(plan) => plan_text(&mut out, plan),
            SqlDirection::Irreversible(why) => {
                let _ = writeln!(out, "\n-- {MARK} irreversible {}", one_line(why));
            }
        }
    }
    let back = read_sql(&out, None, engine)?;
    for (written, meant) in [(&back.upgrade, upgrade), (&back.downgrade, downgrade)] {
        if *written != directives_of(meant, Lexicon::of(engine)) {
            return Err(
                Error::new(ErrorKind::Internal, "a script came out that cannot be read back")
                    .hint("write this script in Rust: `format = \"rust\"`"),
            );
        }
    }
    Ok(out)
}

fn header_text(header: &Header, engine: Engine) -> String {
    let ids = |ids: &[RevisionId]| ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ");
    let mut lines: Vec<(&str, String)> = header
        .message
        .trim()
        .lines()
        .map(|line| ("message", one_line(line)))
        .collect();
    lines.push(("revision", header.revision.to_string()));
    lines.push((
        "revises",
        if header.revises.is_empty() {
            "base".to_owned()
        } else {
            ids(&header.revises)
        },
    ));
    lines.extend(
        header
            .branch_labels
            .iter()
            .map(|label| ("branch label", one_line(label))),
    );
    lines.extend(header.depends_on.iter().map(|id| ("depends on", one_line(id))));
    if !header.replaces.is_empty() {
        lines.push(("replaces", ids(&header.replaces)));
    }
    lines.extend(header.created.map(|time| ("created", show_time(time))));
    lines.push(("dialect", engine.name().to_owned()));
    lines.iter().fold(String::new(), |mut out, (key, value)| {
        out.push_str(format!("-- {MARK} {key} {value}").trim_end());
        out.push('\n');
        out
    })
}

fn plan_text(out: &mut String, plan: &Plan) {
    if !plan.session.before.is_empty() {
        out.push('\n');
    }
    for sql in &plan.session.before {
        out.push_str(&terminated(sql));
    }
    for step in &plan.steps {
        out.push('\n');
        step_text(out, step);
    }
}

fn step_text(out: &mut String, step: &Step) {
    comment(out, &step.directive.summary());
    for loss in step.directive.losses() {
        comment(out, &format!("loses data: {loss}"));
    }
    for statement in &step.statements {
        if let Some(note) = &statement.note {
            comment(out, note);
        }
        out.push_str(&ended(statement));
    }
}

/// A comment for people: never one of ours.
fn comment(out: &mut String, words: &str) {
    out.push_str("-- ");
    out.push_str(one_line(&words.replace(MARK, "autogen :")).trim_end());
    out.push('\n');
}

/// The text without line ends.
fn one_line(text: &str) -> String {
    let separates = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.trim()
        .chars()
        .map(|c| if separates(c) { ' ' } else { c })
        .collect()
}

/// What reading must give: the statements, without comments behind their ends.
fn directives_of(direction: SqlDirection<'_>, lexicon: &Lexicon) -> Vec<Directive> {
    let plan = match direction {
        SqlDirection::Plan(plan) => plan,
        SqlDirection::Irreversible(why) => return vec![Directive::Irreversible { why: one_line(why) }],
    };
    let steps = plan
        .steps
        .iter()
        .flat_map(|step| step.statements.iter().map(|statement| &statement.sql));
    plan.session
        .before
        .iter()
        .chain(steps)
        .map(|sql| {
            let parts: Vec<&str> = split(sql, lexicon).map(|statement| statement.text).collect();
            let sql = if let [one] = parts.as_slice() {
                one
            } else {
                sql.as_str()
            };
            Directive::Execute { sql: sql.into() }
        })
        .collect()
}

/// Reads a script in SQL, for the engine that it is written for.
///
/// # Errors
/// When it has no header or not both directions, is written for another engine, or holds what only a client program
/// understands.
pub fn read_sql(text: &str, file: Option<&Path>, engine: Engine) -> Result<Script> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source {
        text,
        lines: LineIndex::new(text),
        file,
    };
    let (header, dialect) = source.header()?.ok_or_else(|| {
        source
            .error(
                0,
                "this is no migration script: it has no line `-- autogen: revision ..`",
            )
            .hint("a script in SQL begins with such comments; `autogen revision` writes them")
    })?;
    if let Some(dialect) = dialect
        && !engine.is_kin(dialect)
    {
        let message = format!("this script is written for {dialect}, and the database is {engine}");
        return Err(source
            .error(0, message)
            .hint("scripts for several engines are written in Rust"));
    }
    let (mut upgrade, mut downgrade) = (None, None);
    for section in sections(text, Lexicon::of(engine)) {
        let place = match section.mark {
            Mark::Upgrade => &mut upgrade,
            Mark::Downgrade => &mut downgrade,
        };
        if place.is_some() {
            return Err(source.error(section.offset, "this direction is there twice"));
        }
        *place = Some(source.directives(&section, Lexicon::of(engine))?);
    }
    let missing = |name: &str| {
        source
            .error(text.len(), format!("the script has no line `-- {MARK} {name}`"))
            .hint("the statements of a direction stand under such a line; there may be none")
    };
    Ok(Script {
        header,
        upgrade: upgrade.ok_or_else(|| missing("upgrade"))?,
        downgrade: downgrade.ok_or_else(|| missing("downgrade"))?,
    })
}

/// Reads only the header of a script in SQL; `None` for a text that is no script.
///
/// # Errors
/// When a line of it cannot be read.
pub(super) fn find_sql_header(text: &str, file: Option<&Path>) -> Result<Option<Header>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(Source {
        text,
        lines: LineIndex::new(text),
        file,
    }
    .header()?
    .map(|(header, _)| header))
}

/// The statements of both directions as tokens without blanks and comments, for a checksum; `None` when the text does not say
/// which engine's tokens they are.
pub(super) fn significant(text: &str) -> Option<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (header, dialect) = Source {
        text,
        lines: LineIndex::new(text),
        file: None,
    }
    .header()
    .ok()??;
    let lexicon = Lexicon::of(dialect?);
    let mut out = vec![header.revision.to_string()];
    out.extend(header.revises.iter().map(ToString::to_string));
    for section in sections(text, lexicon) {
        out.push(section.mark.name().to_owned());
        out.extend(section.irreversible.iter().map(|(why, _)| why.clone()));
        for statement in split(section.text, lexicon) {
            out.extend(
                statement
                    .tokens()
                    .filter(|t| !t.is_trivia())
                    .map(|t| t.text(statement.text).to_owned()),
            );
            out.push(";".to_owned());
        }
    }
    Some(out)
}

/// Which direction a part of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Upgrade,
    Downgrade,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

/// A direction.
#[derive(Debug)]
struct Section<'a> {
    mark: Mark,
    /// What follows its line, up to the next direction.
    text: &'a str,
    /// Where that begins.
    offset: usize,
    /// The reason why there is no way, and where it stands.
    irreversible: Option<(String, usize)>,
}

/// What a comment says to us: the words after `-- autogen:`.
fn said(comment: &str) -> Option<&str> {
    comment
        .trim()
        .strip_prefix("--")?
        .trim_start()
        .strip_prefix(MARK)
        .map(str::trim)
}

/// The directions of a text. Only comments count, so that a string may hold the same words.
fn sections<'a>(text: &'a str, lexicon: &'a Lexicon) -> Vec<Section<'a>> {
    let mut sections: Vec<Section<'a>> = Vec::new();
    let mut line_is_blank = true;
    for token in Scanner::new(text, lexicon) {
        let word = token.text(text);
        let alone = std::mem::replace(
            &mut line_is_blank,
            token.kind == TokenKind::Whitespace && word.contains('\n'),
        );
        let Some(said) =
            said(word).filter(|_| token.kind == TokenKind::LineComment && (alone || token.start == 0))
        else {
            continue;
        };
        let mark = match said {
            "upgrade" => Mark::Upgrade,
            "downgrade" => Mark::Downgrade,
            _ => {
                if let (Some(why), Some(section)) = (said.strip_prefix("irreversible"), sections.last_mut()) {
                    section.irreversible = Some((why.trim().to_owned(), token.start));
                }
                continue;
            }
        };
        if let Some(before) = sections.last_mut() {
            before.text = &text[before.offset..token.start];
        }
        sections.push(Section {
            mark,
            text: &text[token.end..],
            offset: token.end,
            irreversible: None,
        });
    }
    sections
}

/// A text and the places in it.
struct Source<'a> {
    text: &'a str,
    lines: LineIndex<'a>,
    file: Option<&'a Path>,
}

impl Source<'_> {
    fn place(&self, offset: usize) -> Place {
        self.lines.place(self.file, offset)
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Script, message).at(self.place(offset))
    }

    /// The header and the engine it names, from the comments at the top.
    fn header(&self) -> Result<Option<(Header, Option<Engine>)>> {
        let mut header: Option<Header> = None;
        let mut rest: Vec<(&str, &str, usize)> = Vec::new();
        let mut dialect = None;
        let mut offset = 0;
        for line in self.text.split_inclusive('\n') {
            let start = offset + line.len() - line.trim_start().len();
            offset += line.len();
            if !line.trim().is_empty() && !line.trim_start().starts_with("--") {
                break;
            }
            let Some(words) = said(line) else { continue };
            let (key, value) = KEYS
                .iter()
                .find_map(|key| Some((*key, words.strip_prefix(key)?)))
                .filter(|(_, value)| value.is_empty() || value.starts_with(char::is_whitespace))
                .map_or((words, ""), |(key, value)| (key, value.trim()));
            match key {
                "upgrade" | "downgrade" => break,
                "revision" => header = Some(Header::new(self.id(value, start)?)),
                "dialect" => {
                    dialect = Some(Engine::from_name(value).ok_or_else(|| {
                        let names = Engine::ALL.map(Engine::name);
                        self.error(start, format!("{value:?} is no engine"))
                            .hint(format!("the engines are {}", names.join(", ")))
                    })?);
                }
                _ => rest.push((key, value, start)),
            }
        }
        let Some(mut header) = header else { return Ok(None) };
        let mut message = Vec::new();
        for (key, value, start) in rest {
            match key {
                "message" => message.push(value),
                "revises" => header.revises = self.ids(value, start)?,
                "branch label" => header.branch_labels.push(value.to_owned()),
                "depends on" => header.depends_on.push(value.to_owned()),
                "replaces" => header.replaces = self.ids(value, start)?,
                "created" => header.created = read_time(value),
                _ => return Err(self.unknown_key(key, start)),
            }
        }
        header.message = message.join("\n");
        Ok(Some((header, dialect)))
    }

    fn unknown_key(&self, key: &str, start: usize) -> Error {
        let word: String = key.chars().take_while(|c| !c.is_whitespace()).take(80).collect();
        let error = self.error(start, format!("`-- {MARK} {word}` has no meaning"));
        match nearest(&word, KEYS) {
            Some(known) => error.hint(format!("did you mean `-- {MARK} {known}`?")),
            None => error.hint(format!("known are {}", KEYS.join(", "))),
        }
    }

    fn id(&self, text: &str, start: usize) -> Result<RevisionId> {
        RevisionId::new(text).map_err(|error| error.at(self.place(start)))
    }

    fn ids(&self, text: &str, start: usize) -> Result<Vec<RevisionId>> {
        if text == "base" {
            return Ok(Vec::new());
        }
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        words.map(|word| self.id(word, start)).collect()
    }

    fn directives(&self, section: &Section<'_>, lexicon: &Lexicon) -> Result<Vec<Directive>> {
        let mut directives = Vec::new();
        if let Some((why, _)) = &section.irreversible {
            directives.push(Directive::Irreversible { why: why.clone() });
        }
        for statement in split(section.text, lexicon) {
            let at = section.offset + statement.offset;
            if let Some(open) = statement.unterminated {
                return Err(self
                    .error(section.offset + open, "what opens here is never closed")
                    .hint("a quote or a comment lacks its end"));
            }
            match statement.kind {
                StatementKind::Sql => directives.push(Directive::Execute {
                    sql: statement.text.into(),
                }),
                StatementKind::ClientCommand | StatementKind::CopyData => {
                    return Err(self
                        .error(at, "this speaks to a client program and not to the database")
                        .hint("write it as SQL"));
                }
            }
        }
        Ok(directives)
    }
}

/// What a comment of ours may begin with; a longer one before what it begins with.
const KEYS: [&str; 10] = [
    "revision",
    "revises",
    "message",
    "created",
    "dialect",
    "branch label",
    "depends on",
    "replaces",
    "upgrade",
    "downgrade",
];

#[cfg(test)]
mod tests;
