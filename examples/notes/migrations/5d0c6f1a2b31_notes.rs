//! notes
//!
//! Revision: 5d0c6f1a2b31
//! Revises:
//! Created:  2026-11-22 06:40:00 UTC

use autogen::script::*;

pub const REVISION: Revision = Revision::new("5d0c6f1a2b31");

pub fn upgrade(op: &mut Operations) {
    // notes: new table
    op.create_table("notes")
        .column("id", ty("INTEGER"))
        .column("body", ty("TEXT").not_null())
        .primary_key(unnamed(), ["id"]);
}

pub fn downgrade(op: &mut Operations) {
    // loses data: every row of notes
    op.drop_table("notes")
        .column("id", ty("INTEGER"))
        .column("body", ty("TEXT").not_null())
        .primary_key(unnamed(), ["id"]);
}
