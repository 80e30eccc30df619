//! orders

use autogen::script::*;

pub const REVISION: Revision = Revision::new("0001");

pub fn upgrade(op: &mut Operations) {
    op.create_table("orders").column("id", integer()).column("total", smallint());

    op.create_table("legacy_orders").column("id", integer());
}

pub fn downgrade(op: &mut Operations) {
    op.drop_table("legacy_orders").column("id", integer());

    op.drop_table("orders").column("id", integer()).column("total", smallint());
}
