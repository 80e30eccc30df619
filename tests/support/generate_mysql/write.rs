//! A schema as statements.

use super::model::{Column, Fill, Part, PartKind, Schema, Table, quote};

impl Schema {
    /// The statements, each to be run by itself: bodies hold semicolons.
    pub(crate) fn statements(&self) -> Vec<String> {
        let of_kind = |kind: PartKind| {
            self.tables.iter().flat_map(move |table| {
                let parts = table.parts.iter().filter(move |p| p.kind == kind);
                parts.map(move |part| (table, part))
            })
        };
        let mut out: Vec<String> = self.others.iter().map(|(_, sql)| sql.clone()).collect();
        out.extend(self.tables.iter().map(Table::create));
        for (table, part) in of_kind(PartKind::ForeignKey) {
            out.push(format!("ALTER TABLE {} ADD {}", quote(&table.name), part.sql));
        }
        for (table, part) in of_kind(PartKind::Trigger) {
            out.push(part.sql.replace("{table}", &quote(&table.name)));
        }
        out.extend(self.views.iter().map(|view| view.sql.clone()));
        out
    }

    /// All of them as a text for people.
    pub(crate) fn sql(&self) -> String {
        self.statements().join(";\n") + ";\n"
    }
}

impl Table {
    fn create(&self) -> String {
        let mut lines: Vec<String> = self.columns.iter().map(Column::sql).collect();
        if self.keyed {
            lines.push("PRIMARY KEY (`id`)".to_owned());
        }
        let of_table = |part: &&Part| matches!(part.kind, PartKind::Index | PartKind::Check);
        lines.extend(self.parts.iter().filter(of_table).map(|part| part.sql.clone()));
        let mut out = format!(
            "CREATE TABLE {} (\n  {}\n)",
            quote(&self.name),
            lines.join(",\n  ")
        );
        if let Some(collation) = self.collate {
            let (charset, _) = collation.split_once('_').expect("a character set");
            out.push_str(&format!(" DEFAULT CHARSET={charset} COLLATE={collation}"));
        }
        if let Some(option) = self.option {
            out.push_str(&format!(" {option}"));
        }
        if let Some(comment) = &self.comment {
            out.push_str(&format!(" COMMENT='{comment}'"));
        }
        if let Some(partition) = &self.partition {
            out.push_str(&format!("\nPARTITION BY {partition}"));
        }
        out
    }
}

impl Column {
    fn sql(&self) -> String {
        let mut line = format!("{} {}", quote(&self.name), self.ty.sql);
        if let Some(collation) = self.collate {
            let (charset, _) = collation.split_once('_').expect("a character set");
            line.push_str(&format!(" CHARACTER SET {charset} COLLATE {collation}"));
        }
        if let Fill::Generated(expression, _, stored) = &self.fill {
            let how = if *stored { "STORED" } else { "VIRTUAL" };
            line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {how}"));
        }
        if self.not_null {
            line.push_str(" NOT NULL");
        }
        match &self.fill {
            Fill::Nothing | Fill::Generated(..) => {}
            Fill::Default(default) => line.push_str(&format!(" DEFAULT {default}")),
            Fill::Counter => line.push_str(" AUTO_INCREMENT"),
        }
        if self.invisible {
            line.push_str(" INVISIBLE");
        }
        if let Some(comment) = &self.comment {
            line.push_str(&format!(" COMMENT '{comment}'"));
        }
        line
    }
}
