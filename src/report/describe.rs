//! Things of the model in a few words, for people and for no engine.

use crate::schema::{
    Action, Column, Constraint, Deferral, GeneratedKind, Identity, Index, IndexPart, Name, Nulls, Options,
    Order, PartTarget,
};

/// `email varchar(320) not null default ''`.
pub(super) fn column(column: &Column) -> String {
    let mut words = vec![column.name.to_string()];
    if !column.ty.is_empty() {
        words.push(column.ty.to_string());
    }
    if column.not_null {
        words.push("not null".to_owned());
    }
    if let Some(default) = &column.default {
        words.push(format!("default {default}"));
    }
    if let Some(collation) = &column.collation {
        words.push(format!("collate {collation}"));
    }
    if let Some(generated) = &column.generated {
        words.push(format!("as ({}) {}", generated.expression, kept(generated.kind)));
    }
    match &column.identity {
        None => {}
        Some(Identity::Always(_)) => words.push("identity".to_owned()),
        Some(Identity::ByDefault(_)) => words.push("identity by default".to_owned()),
        Some(Identity::Auto) => words.push("autoincrement".to_owned()),
    }
    words.extend(options(&column.options));
    words.join(" ")
}

/// `stored` or `virtual`.
pub(super) fn kept(kind: GeneratedKind) -> &'static str {
    match kind {
        GeneratedKind::Stored => "stored",
        GeneratedKind::Virtual => "virtual",
    }
}

/// `foreign key fk_a (a) references t (b) on delete cascade`.
pub(super) fn constraint(constraint: &Constraint) -> String {
    let mut words = vec![constraint.kind().to_string()];
    words.extend(constraint.name().map(ToString::to_string));
    match constraint {
        Constraint::PrimaryKey(key) => {
            words.push(parts(&key.columns));
            words.extend(include(&key.include));
            words.extend(deferral(key.deferral));
            words.extend(options(&key.options));
        }
        Constraint::Unique(unique) => {
            words.push(parts(&unique.columns));
            words.extend(include(&unique.include));
            words.extend(unique.nulls_not_distinct.then(|| "nulls not distinct".to_owned()));
            words.extend(deferral(unique.deferral));
            words.extend(options(&unique.options));
        }
        Constraint::ForeignKey(key) => {
            words.push(names(&key.columns));
            words.push(format!("references {}", key.table));
            if !key.referenced.is_empty() {
                words.push(names(&key.referenced));
            }
            words.extend(action("delete", key.on_delete));
            words.extend(action("update", key.on_update));
            words.extend(match key.match_kind {
                crate::schema::MatchKind::Simple => None,
                crate::schema::MatchKind::Full => Some("match full".to_owned()),
                crate::schema::MatchKind::Partial => Some("match partial".to_owned()),
            });
            words.extend(deferral(key.deferral));
            words.extend(options(&key.options));
        }
        Constraint::Check(check) => {
            words.push(format!("({})", check.expression));
            words.extend(options(&check.options));
        }
        Constraint::Exclude(exclude) => {
            let elements: Vec<String> = exclude
                .elements
                .iter()
                .map(|(element, operator)| format!("{} with {operator}", part(element)))
                .collect();
            words.push(format!("({})", elements.join(", ")));
            words.extend(exclude.predicate.as_ref().map(|sql| format!("where {sql}")));
            words.extend(deferral(exclude.deferral));
            words.extend(options(&exclude.options));
        }
    }
    words.join(" ")
}

/// `unique index ix_a (a, b desc) where c > 0`.
pub(super) fn index(index: &Index) -> String {
    let mut words = Vec::new();
    if index.unique {
        words.push("unique".to_owned());
    }
    words.push(format!("index {}", index.name));
    words.extend(index.method.as_ref().map(|method| format!("using {method}")));
    words.push(parts(&index.parts));
    words.extend(include(&index.include));
    words.extend(index.nulls_not_distinct.then(|| "nulls not distinct".to_owned()));
    words.extend(index.predicate.as_ref().map(|sql| format!("where {sql}")));
    words.extend(options(&index.options));
    words.join(" ")
}

/// `strict`, `fillfactor 70`.
pub(super) fn options(options: &Options) -> impl Iterator<Item = String> {
    options.iter().map(|(key, value)| {
        let key = key.replace('_', " ");
        if value.is_empty() {
            key
        } else {
            format!("{key} {value}")
        }
    })
}

fn parts(parts: &[IndexPart]) -> String {
    let parts: Vec<String> = parts.iter().map(part).collect();
    format!("({})", parts.join(", "))
}

fn part(part: &IndexPart) -> String {
    let mut words = vec![match &part.target {
        PartTarget::Column(name) => name.to_string(),
        PartTarget::Expression(sql) => format!("({sql})"),
    }];
    words.extend(
        part.collation
            .as_ref()
            .map(|collation| format!("collate {collation}")),
    );
    words.extend(part.length.map(|length| format!("first {length}")));
    words.extend(part.operator_class.as_ref().map(ToString::to_string));
    if part.order == Order::Descending {
        words.push("desc".to_owned());
    }
    match part.nulls {
        None => {}
        Some(Nulls::First) => words.push("nulls first".to_owned()),
        Some(Nulls::Last) => words.push("nulls last".to_owned()),
    }
    words.join(" ")
}

fn names(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    format!("({})", names.join(", "))
}

fn include(columns: &[Name]) -> Option<String> {
    (!columns.is_empty()).then(|| format!("include {}", names(columns)))
}

fn action(event: &str, action: Action) -> Option<String> {
    (action != Action::NoAction).then(|| format!("on {event} {}", action.sql().to_lowercase()))
}

fn deferral(deferral: Deferral) -> Option<String> {
    match deferral {
        Deferral::NotDeferrable => None,
        Deferral::Immediate => Some("deferrable".to_owned()),
        Deferral::Deferred => Some("deferrable initially deferred".to_owned()),
    }
}
