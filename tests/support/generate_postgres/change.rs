//! A schema that has grown out of another.

use super::create::{
    FUNCTIONS, add_table, any_type, column, default, enum_type, function, generated, own_type, sequence,
};
use super::model::{Column, Family, Fill, Part, PartKind, Schema, Shape, Table, Type, quote};
use super::parts::{add_over_table, add_reference, add_view, decorate};
use crate::support::generate::Numbers;

/// Tables, columns and all that leans on them come, go and change.
pub(crate) fn changed(before: &Schema, numbers: &mut Numbers) -> Schema {
    let mut after = before.clone();
    // Not tried: labels that go while defaults of columns name them.
    for (_, labels) in &mut after.enums {
        match numbers.below(8) {
            0 => labels.insert(1 + numbers.below(labels.len()), "between".to_owned()),
            1 if labels.len() > 2 => {
                labels.pop();
            }
            2 => labels.reverse(),
            3 => labels.push("last".to_owned()),
            _ => {}
        }
        labels.dedup();
    }
    after
        .enums
        .retain(|(_, labels)| !labels.is_empty() && !numbers.chance(8));
    for n in 0..after.types.len() {
        if numbers.chance(25) {
            let at: String = after.types[n].name.chars().filter(char::is_ascii_digit).collect();
            let other = own_type(numbers, &after, at.parse().expect("a number"));
            if after
                .types
                .iter()
                .enumerate()
                .all(|(m, t)| m == n || t.name != other.name)
            {
                after.types[n] = other;
            }
        }
    }
    after.types.retain(|_| !numbers.chance(8));
    for at in 0..after.sequences.len() {
        if numbers.chance(30) {
            after.sequences[at] = sequence(numbers, at);
        }
    }
    for n in 0..FUNCTIONS {
        if numbers.chance(25) {
            let other = function(numbers, n);
            after.functions.retain(|f| f.name != other.name);
            if numbers.chance(75) {
                after.functions.push(other);
            }
        }
    }
    after.tables.retain(|_| !numbers.chance(10));
    for at in 0..after.tables.len() {
        if numbers.chance(70) {
            let mut table = after.tables[at].clone();
            change_table(numbers, &after, &mut table);
            after.tables[at] = table;
            add_reference(numbers, &mut after, at);
        }
    }
    if numbers.chance(40) {
        add_table(numbers, &mut after);
    }
    for n in 0..after.views.len() {
        if numbers.chance(30) {
            let old = after.views.remove(n);
            let at: String = old.name.chars().filter(char::is_ascii_digit).collect();
            add_view(numbers, &mut after, at.parse().expect("a number"));
            let Some(new) = after.views.pop() else { break };
            after.views.insert(n, new);
        }
    }
    after.views.retain(|_| !numbers.chance(12));
    if numbers.chance(20) {
        add_view(numbers, &mut after, 7);
    }
    after.over_tables.retain(|_| !numbers.chance(25));
    if numbers.chance(20) {
        add_over_table(numbers, &mut after, 7);
    }
    fit(&mut after);
    after
}

/// Takes away what is not tried: tables that come to or leave a parent, or whose columns become the parent's; functions over the rows
/// of tables that go.
pub(crate) fn settle(before: &Schema, after: &mut Schema) {
    let parent = |table: &Table| match &table.shape {
        Shape::Child(parent) => Some(parent.clone()),
        Shape::Plain { .. } | Shape::Partitioned(..) => None,
    };
    let moves = |new: &Table| {
        let mut old = before.tables.iter().filter(|old| old.name == new.name);
        old.any(|old| parent(old) != parent(new))
    };
    let parents_of = |schema: &Schema, of: &Table| {
        let mut parents = schema.tables.iter();
        parents.find(|t| Some(&t.name) == parent(of).as_ref()).cloned()
    };
    // A column that is the parent's on one side is not the child's own on the other.
    for child in &before.tables {
        if let Some(name) = parent(child) {
            let old_parent = parents_of(before, child);
            for table in after.tables.iter_mut().filter(|t| t.name == name) {
                table.columns.retain(|c| {
                    child.column(&c.name).is_none()
                        || old_parent.as_ref().is_some_and(|p| p.column(&c.name).is_some())
                });
            }
        }
    }
    for child in &mut after.tables {
        if let Some(old_parent) = parents_of(before, child) {
            child.columns.retain(|c| old_parent.column(&c.name).is_none());
        }
    }
    fit(after);
    loop {
        let all = after.clone();
        after.tables.retain(|table| !moves(table));
        let stays = after.tables.len() == all.tables.len();
        after
            .over_tables
            .retain(|(table, ..)| before.tables.iter().any(|t| t.name == *table));
        fit(after);
        if stays && after.tables.iter().all(|table| !moves(table)) {
            return;
        }
    }
}

fn change_table(numbers: &mut Numbers, schema: &Schema, table: &mut Table) {
    for at in 0..table.columns.len() {
        let column = &table.columns[at];
        let is_reference = column.name.ends_with("_ref");
        if column.name == "id" {
            change_id(numbers, table, at);
            continue;
        }
        let others: Vec<Column> = table
            .columns
            .iter()
            .filter(|c| c.name != column.name)
            .cloned()
            .collect();
        let is_child = matches!(table.shape, Shape::Child(_));
        let column = &mut table.columns[at];
        match numbers.below(18) {
            0 if !column.is_generated() => column.not_null = !column.not_null,
            1 if !column.is_generated() && !is_reference => {
                column.fill = default(numbers, schema, &column.ty).map_or(Fill::Nothing, Fill::Default);
            }
            2 if !column.is_generated() => column.fill = Fill::Nothing,
            3 if !column.is_generated() && !is_reference => {
                column.ty = any_type(numbers, schema);
                column.fill = Fill::Nothing;
                column.collate = None;
                column.settings.clear();
            }
            4 if column.ty.family == Family::Text && !column.is_generated() => column.collate = Some("\"C\""),
            5 if !is_child => match &mut column.fill {
                Fill::Generated(_, stored) if schema.version >= 18 && numbers.chance(40) => {
                    *stored = !*stored;
                }
                Fill::Generated(..) => column.fill = Fill::Nothing,
                _ if !is_reference => {
                    if let Some(fill) = generated(numbers, schema, &column.ty, &others) {
                        column.fill = fill;
                        column.not_null = false;
                        column.settings.clear();
                    }
                }
                _ => {}
            },
            6 => {
                column.comment = numbers
                    .chance(60)
                    .then(|| format!("comment {}", numbers.below(3)));
            }
            7 => column.settings.clear(),
            8 => {
                let wider = [
                    ("smallint", 0),
                    ("integer", 1),
                    ("varchar(5)", 8),
                    ("varchar(20)", 7),
                    ("real", 5),
                ];
                if let Some((_, to)) = wider.iter().find(|(from, _)| *from == column.ty.sql)
                    && !column.is_generated()
                    && !matches!(column.fill, Fill::Serial)
                {
                    column.ty = super::create::base_type(*to);
                }
            }
            _ => {}
        }
    }
    if numbers.chance(35) {
        let added = column(numbers, schema, &table.columns);
        let at = numbers.below(table.columns.len() + 1);
        let is_child = matches!(table.shape, Shape::Child(_));
        if let Some(added) = added.filter(|c| !(is_child && c.is_generated())) {
            table.columns.insert(at, added);
        }
    }
    if numbers.chance(25) && table.columns.len() > 2 {
        let at = 1 + numbers.below(table.columns.len() - 1);
        if table.columns[at].name != "id" {
            table.columns.remove(at);
        }
    }
    if numbers.chance(40) {
        table
            .parts
            .retain(|p| p.kind == PartKind::ForeignKey && numbers.chance(70));
        table.options.clear();
        decorate(numbers, schema, table);
    }
    if numbers.chance(10) {
        table.keyed = !table.keyed && table.column("id").is_some();
    }
    if numbers.chance(15) {
        table.comment = numbers.chance(60).then(|| format!("table {}", numbers.below(3)));
    }
    match &mut table.shape {
        Shape::Plain { unlogged } if numbers.chance(6) => *unlogged = !*unlogged,
        Shape::Partitioned(_, partitions) if !partitions.is_empty() && numbers.chance(30) => {
            partitions.remove(numbers.below(partitions.len()));
        }
        Shape::Child(parent) if numbers.chance(15) => {
            let parent = parent.clone();
            table.shape = Shape::Plain { unlogged: false };
            let own = std::mem::take(&mut table.columns);
            if let Some(parent) = schema.tables.iter().find(|t| t.name == parent) {
                table.columns = parent
                    .columns
                    .iter()
                    .filter(|c| own.iter().all(|o| o.name != c.name))
                    .cloned()
                    .collect();
            }
            table.columns.extend(own);
        }
        _ => {}
    }
}

/// Between serial, identity and nothing, and between the types of numbers.
fn change_id(numbers: &mut Numbers, table: &mut Table, at: usize) {
    let is_partitioned = table.is_partitioned();
    let column = &mut table.columns[at];
    match numbers.below(20) {
        0 => column.fill = Fill::Nothing,
        1 => {
            column.fill = Fill::Serial;
            column.not_null = true;
        }
        2 if !is_partitioned => {
            column.fill = Fill::Identity("BY DEFAULT AS IDENTITY".to_owned());
            column.not_null = true;
        }
        3 if !is_partitioned => {
            column.fill = Fill::Identity("ALWAYS AS IDENTITY (INCREMENT 3)".to_owned());
            column.not_null = true;
        }
        4 => column.ty = super::create::base_type(1),
        _ => {}
    }
}

/// Takes away what leans on what is not there any more, or cannot.
pub(super) fn fit(schema: &mut Schema) {
    let has_function: Vec<String> = schema.functions.iter().map(|f| f.name.clone()).collect();
    let calls_known = |sql: &str| {
        ["public.fold", "public.seven", "public.touch", "public.positive"]
            .iter()
            .all(|name| !sql.contains(name) || has_function.iter().any(|f| f == name))
    };
    let sequences: Vec<String> = schema.sequences.iter().map(|s| s.name.clone()).collect();
    let mut types: Vec<Type> = schema.types.iter().filter_map(|t| t.ty.clone()).collect();
    for (name, labels) in &schema.enums {
        types.push(enum_type(name, labels));
        types.push(Type {
            sql: format!("{name}[]"),
            family: Family::Array,
            value: format!("ARRAY[{}]::{name}[]", enum_type(name, labels).value),
        });
    }
    for table in &mut schema.tables {
        for column in &mut table.columns {
            if column.ty.sql.contains('.') {
                let known = types.iter().find(|t| t.sql == column.ty.sql);
                column.ty = known.cloned().unwrap_or_else(|| super::create::base_type(7));
                if matches!(column.fill, Fill::Default(_)) {
                    column.fill = if !column.ty.sql.contains("mood") || column.ty.family == Family::Array {
                        Fill::Nothing
                    } else {
                        Fill::Default(column.ty.value.replace('#', "1"))
                    };
                }
            }
            if let Fill::Default(sql) = &column.fill
                && (!calls_known(sql)
                    || sql.contains("nextval") && !sequences.iter().any(|s| sql.contains(s.as_str())))
            {
                column.fill = Fill::Nothing;
            }
        }
    }
    fit_children(schema);
    let parents: Vec<String> = schema
        .tables
        .iter()
        .filter_map(|t| match &t.shape {
            Shape::Child(parent) => Some(parent.clone()),
            Shape::Plain { .. } | Shape::Partitioned(..) => None,
        })
        .collect();
    for table in schema.tables.iter_mut().filter(|t| parents.contains(&t.name)) {
        // Not tried: statistics targets of parents, which reach only the children that are there.
        table.columns.iter_mut().for_each(|c| c.settings.clear());
    }
    let version = schema.version;
    let has_relatives = |table: &Table| table.is_partitioned() || parents.contains(&table.name);
    for table in schema
        .tables
        .iter_mut()
        .filter(|t| version >= 18 && has_relatives(t))
    {
        // Not tried: not-null constraints of tables with children on 18, whose names the children may have taken.
        table.keyed = false;
        for column in &mut table.columns {
            column.not_null = false;
            if matches!(column.fill, Fill::Serial | Fill::Identity(_)) {
                column.fill = Fill::Nothing;
            }
        }
    }
    for table in schema.tables.iter_mut().filter(|t| t.is_unlogged()) {
        // Not tried: tables that become unlogged while others refer to them, or together with a serial column.
        table.keyed = false;
        for column in &mut table.columns {
            if matches!(column.fill, Fill::Serial) {
                column.fill = Fill::Nothing;
            }
        }
    }
    for table in &mut schema.tables {
        let columns = table.columns.clone();
        for column in &mut table.columns {
            if let Fill::Generated(sql, _) = &column.fill {
                let wanted = match sql.as_str() {
                    sql if sql.ends_with(" * 2") => Family::Integer,
                    sql if sql.ends_with(" + 1") => Family::Number,
                    _ => Family::Text,
                };
                let source = columns
                    .iter()
                    .any(|c| !c.is_generated() && c.ty.family == wanted && sql.contains(&quote(&c.name)));
                if !source || !calls_known(sql) {
                    column.fill = Fill::Nothing;
                }
            }
        }
        let table_columns = table.columns.clone();
        let fits = |part: &Part| {
            calls_known(&part.sql)
                && part.uses.iter().all(|(name, family)| {
                    table_columns.iter().any(|c| {
                        c.name == *name
                            && family.is_none_or(|f| f == c.ty.family)
                            && (c.ty.family != Family::Plain || family == &Some(Family::Plain))
                            && !matches!(c.fill, Fill::Generated(_, false))
                    })
                })
        };
        table.parts.retain(fits);
        table.keyed &= table.columns.iter().any(|c| c.name == "id");
    }
    let targets: Vec<(String, bool, bool)> = schema
        .tables
        .iter()
        .filter(|t| t.keyed)
        .map(|t| (t.name.clone(), t.is_unlogged(), t.is_partitioned()))
        .collect();
    for table in &mut schema.tables {
        let (unlogged, partitioned) = (table.is_unlogged(), table.is_partitioned());
        table.parts.retain(|part| {
            let Some(refers) = &part.refers else { return true };
            targets.iter().any(|(name, is_unlogged, is_partitioned)| {
                name == refers
                    && (!is_unlogged || unlogged)
                    && (!(partitioned || *is_partitioned) || !part.sql.contains(" NOT "))
            })
        });
    }
    fit_views(schema);
}

/// A child has what its parent has, but does not say it again.
fn fit_children(schema: &mut Schema) {
    let parents: Vec<(String, Vec<Column>)> = schema
        .tables
        .iter()
        .filter(|t| matches!(t.shape, Shape::Plain { unlogged: false }))
        .map(|t| (t.name.clone(), t.columns.clone()))
        .collect();
    let mut seen: Vec<String> = Vec::new();
    for table in &mut schema.tables {
        if let Shape::Child(parent) = &table.shape {
            match parents
                .iter()
                .find(|(name, _)| name == parent && seen.contains(name))
            {
                Some((_, columns)) => table.columns.retain(|c| columns.iter().all(|p| p.name != c.name)),
                None => table.shape = Shape::Plain { unlogged: false },
            }
        }
        seen.push(table.name.clone());
    }
}

fn fit_views(schema: &mut Schema) {
    let tables = schema.tables.clone();
    let mut known: Vec<String> = Vec::new();
    schema.views.retain(|view| {
        let fits = view.reads.iter().all(|(name, columns)| {
            known.contains(name)
                || tables.iter().any(|t| {
                    t.name == *name
                        && (!view.needs_key || t.keyed)
                        && columns.iter().all(|name| {
                            t.column(name).is_some_and(|c| {
                                c.ty.family != Family::Plain || !view.sql.contains("GROUP BY 1")
                            })
                        })
                })
        });
        let fresh = !known.contains(&view.name);
        if fits && fresh {
            known.push(view.name.clone());
        }
        fits && fresh
    });
    let mut seen = Vec::new();
    schema.over_tables.retain(|(table, sql, uses)| {
        let name: String = sql.split_whitespace().take(3).collect();
        let fits = !seen.contains(&name)
            && tables.iter().any(|t| {
                t.name == *table
                    && uses.iter().all(|(column, _)| t.column(column).is_some())
                    && (!t.is_unlogged() || sql.contains("FUNCTION"))
            });
        seen.push(name);
        fits
    });
}
