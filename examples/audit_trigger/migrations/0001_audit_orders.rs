//! audit orders

use autogen::script::*;

pub const REVISION: Revision = Revision::new("0001");

pub fn upgrade(op: &mut Operations) {
    op.create_table("orders").column("id", integer()).primary_key(unnamed(), ["id"]);

    op.custom("audit_table").field("table", "orders");
}

pub fn downgrade(op: &mut Operations) {
    op.custom("audit_table").field("table", "orders").field("stop", true);

    op.drop_table("orders").column("id", integer()).primary_key(unnamed(), ["id"]);
}
