//! GRANT and REVOKE: of rights on things in a database, on the server's things, or of a role to a role.

use super::{DATABASES, ROLES};
use crate::target::{
    classify::{About, Manner, Verdict, tokens::find},
    cursor::Cursor,
};

/// What GRANT and REVOKE are about; the cursor stands behind that word.
pub(super) fn grants<'a>(cursor: &mut Cursor<'a>) -> Verdict<'a> {
    if find(cursor, &["on"]).is_none() {
        return Verdict::Outside(&ROLES);
    }
    cursor.take();
    if cursor.at_any(&["database", "tablespace", "parameter"]) {
        return Verdict::Outside(&DATABASES);
    }
    if cursor.eat_all(&["large", "object"]) {
        return Verdict::Rows("grant on large object");
    }
    Verdict::RunWith(Manner {
        about: About::Grants,
        ..Manner::default()
    })
}
