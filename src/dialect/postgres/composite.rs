//! Composite types: their attributes, and how one becomes another.

use super::objects::split;
use super::spelling::{list_items, qname};
use super::tokens::Tokens;
use crate::dialect::Statement;
use crate::schema::{QName, Schema};

/// The attributes of a composite type: name, as it is spelled, and what follows it.
pub(super) fn attributes(definition: &str) -> Option<Vec<(&str, &str)>> {
    let first = split(definition).into_iter().next()?;
    let tokens = Tokens::of(first);
    let open = tokens.symbol(0, "(")?;
    let inside = tokens.rest(open).strip_prefix('(')?.strip_suffix(')')?;
    list_items(inside)
        .into_iter()
        .map(|item| {
            let tokens = Tokens::of(item);
            (tokens.len() > 1).then(|| (tokens.text(0, 1), tokens.rest(1)))
        })
        .collect()
}

/// The statements that make one composite type into another in place; `None` when it is made anew: the server adds attributes at the end
/// only, and changes the type of none while a column has the type.
pub(super) fn alter(name: &QName, old: &str, new: &str, schema: &Schema) -> Option<Vec<Statement>> {
    let (old, new) = (attributes(old)?, attributes(new)?);
    let find = |list: &[(&str, &str)], name: &str| list.iter().position(|(n, _)| *n == name);
    let mut order: Vec<&str> = old
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| find(&new, name).is_some())
        .collect();
    order.extend(
        new.iter()
            .map(|(name, _)| *name)
            .filter(|name| find(&old, name).is_none()),
    );
    if !order.iter().copied().eq(new.iter().map(|(name, _)| *name)) {
        return None;
    }
    let mut actions = Vec::new();
    for (name, _) in old.iter().filter(|(name, _)| find(&new, name).is_none()) {
        actions.push(format!("DROP ATTRIBUTE {name} CASCADE"));
    }
    for (name, ty) in &new {
        match find(&old, name) {
            Some(at) if old[at].1 == *ty => {}
            Some(_) => actions.push(format!("ALTER ATTRIBUTE {name} TYPE {ty} CASCADE")),
            None => actions.push(format!("ADD ATTRIBUTE {name} {ty} CASCADE")),
        }
    }
    let retypes = actions.iter().any(|action| action.starts_with("ALTER"));
    if retypes && super::retype::has_columns(name, schema) {
        return None;
    }
    if actions.is_empty() {
        return Some(Vec::new());
    }
    Some(vec![Statement::new(format!(
        "ALTER TYPE {} {}",
        qname(name),
        actions.join(", ")
    ))])
}

/// Whether attributes change in a way that the server refuses while a column has the type.
pub(super) fn is_another(old: &str, new: &str) -> bool {
    let (Some(old), Some(new)) = (attributes(old), attributes(new)) else {
        return true;
    };
    let stays = |list: &[(&str, &str)], name: &str| list.iter().any(|(n, _)| *n == name);
    let kept: Vec<_> = old.iter().filter(|(name, _)| stays(&new, name)).collect();
    // What stays must stand first, as it was.
    !kept.into_iter().eq(new.iter().take(
        new.len()
            .min(old.iter().filter(|(name, _)| stays(&new, name)).count()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_and_go_in_place() {
        let old = "CREATE TYPE public.p AS (\n    a numeric(10,2),\n    \"B c\" text COLLATE \"C\"\n)";
        let new = "CREATE TYPE public.p AS (\n    a numeric(12,2),\n    d text\n)";
        let altered = alter(&"p".into(), old, new, &Schema::new()).expect("in place");
        assert_eq!(
            altered[0].sql,
            "ALTER TYPE public.p DROP ATTRIBUTE \"B c\" CASCADE, ALTER ATTRIBUTE a TYPE numeric(12,2) CASCADE, ADD ATTRIBUTE d text CASCADE"
        );
        let swapped = "CREATE TYPE public.p AS (\n    \"B c\" text COLLATE \"C\",\n    a numeric(10,2)\n)";
        assert_eq!(alter(&"p".into(), old, swapped, &Schema::new()), None);
    }
}
