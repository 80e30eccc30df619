//! The header of a new script: what it revises and depends on, checked against those that are there.

use jiff::Timestamp;

use crate::{
    Error, ErrorKind, Result,
    cli::arguments::Place,
    script::{Folder, Graph, Header, RevisionId},
};

/// The one revision that a new script follows; `None` for a first one.
///
/// # Errors
/// When the expression names nothing, or several.
pub(super) fn parent(scripts: &Folder, expression: &str) -> Result<Option<RevisionId>> {
    let mut revisions = scripts.graph().resolve(expression, &[])?.revisions;
    match revisions.len() {
        0 | 1 => Ok(revisions.pop()),
        _ => {
            let names: Vec<&str> = revisions.iter().map(RevisionId::as_str).collect();
            Err(Error::new(
                ErrorKind::Usage,
                format!("{expression} means {}", names.join(", ")),
            )
            .hint("a script with several parents is written by `autogen merge`"))
        }
    }
}

/// The header of a script that follows `parents`.
///
/// # Errors
/// When a parent is no head, and the script is not to be spliced in; when it depends on what is not there; when its id or a label is
/// taken.
pub(super) fn header(
    scripts: &Folder,
    place: &Place,
    parents: Vec<RevisionId>,
    depends_on: &[String],
    message: &str,
) -> Result<Header> {
    let graph = scripts.graph();
    if let Some(inner) = parents.iter().find(|parent| !graph.is_head(parent))
        && !place.splice
    {
        let children: Vec<&str> = graph.children(inner).map(RevisionId::as_str).collect();
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{inner} is no head: {} follows it", children.join(", ")),
        )
        .hint("`--splice` begins another branch there"));
    }
    let header = Header {
        revises: parents,
        branch_labels: place.branch_label.clone(),
        depends_on: depends_on
            .iter()
            .map(|text| dependency(graph, text))
            .collect::<Result<_>>()?,
        message: message.trim().to_owned(),
        // To the second, as it is shown.
        created: Timestamp::from_second(Timestamp::now().as_second()).ok(),
        ..Header::new(match &place.rev_id {
            Some(id) => RevisionId::new(id.as_str())?,
            None => RevisionId::random(),
        })
    };
    if let Some(other) = scripts.get(&header.revision) {
        return Err(Error::new(
            ErrorKind::Script,
            format!(
                "revision {} is there already: {}",
                header.revision,
                other.path.display()
            ),
        )
        .hint("choose another id"));
    }
    // What holds together with it now will be read again.
    let all = scripts.entries().map(|entry| &entry.header).chain([&header]);
    Graph::new(all)?;
    Ok(header)
}

/// A label stays one, so that it may move; anything else is written as a full id.
fn dependency(graph: &Graph, text: &str) -> Result<String> {
    if graph.labelled(text).is_some() {
        return Ok(text.to_owned());
    }
    match graph.resolve(text, &[])?.revisions.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err(Error::new(
            ErrorKind::Usage,
            format!("{text} is no script to depend on"),
        )),
        several => {
            let names: Vec<&str> = several.iter().map(RevisionId::as_str).collect();
            Err(Error::new(
                ErrorKind::Usage,
                format!("{text} means {}: name one of them", names.join(", ")),
            ))
        }
    }
}
