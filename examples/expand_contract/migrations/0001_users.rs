//! users

use autogen::script::*;

pub const REVISION: Revision = Revision::new("0001");

pub fn upgrade(op: &mut Operations) {
    op.create_table("users")
        .column("id", integer())
        .column("first", text())
        .column("last", text());
}

pub fn downgrade(op: &mut Operations) {
    op.drop_table("users")
        .column("id", integer())
        .column("first", text())
        .column("last", text());
}
