//! count words
//!
//! Revision: 9a4e77c0d512
//! Revises:  5d0c6f1a2b31
//! Created:  2026-11-22 08:15:00 UTC

use autogen::script::*;

pub const REVISION: Revision = Revision::new("9a4e77c0d512").revises(&["5d0c6f1a2b31"]);

pub fn upgrade(op: &mut Operations) {
    op.alter_table("notes")
        .add_column("words", ty("INTEGER").not_null().default("0"));

    // What SQL cannot say, Rust can: this is compiled into the application.
    op.run("count the words of every note", |db| {
        Box::pin(async move {
            for row in db.query("SELECT id, body FROM notes").await? {
                let (id, words) = (row.integer(0)?, row.text(1)?.split_whitespace().count());
                db.execute(&format!("UPDATE notes SET words = {words} WHERE id = {id}"))
                    .await?;
            }
            Ok(())
        })
    });

    op.create_index("ix_notes_words").on("notes", ["words"]);
}

pub fn downgrade(op: &mut Operations) {
    op.drop_index("ix_notes_words").on("notes", ["words"]);

    op.run("say in the text how many words it had", |db| {
        Box::pin(async move {
            db.execute("UPDATE notes SET body = body || ' (' || words || ' words)'")
                .await?;
            Ok(())
        })
    });

    op.alter_table("notes")
        .drop_column("words", ty("INTEGER").not_null().default("0"));
}
