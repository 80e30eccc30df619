//! Catalog queries as texts, and what they give.
//!
//! Comes in: the text of a `.sql` file. Goes out: the text for one server version, with the namespaces that are read, and rows
//! read cell by cell. Nothing here knows what a query is about.

use super::Oid;
use crate::Result;
pub(super) use crate::reflect::cells::Cells;
use std::fmt::Write;
use std::str::FromStr;

/// What a query is fitted to.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// The major version of the server.
    pub(super) version: u32,
    /// The namespaces that are read.
    pub(super) namespaces: Vec<Oid>,
    /// Whether what is in no namespace is read too.
    pub(super) global: bool,
}

/// The members of extensions in one catalog.
const MEMBERS: &str =
    "SELECT m.objid FROM pg_depend AS m WHERE m.refclassid = 3079 AND m.deptype = 'e' AND m.classid = ";
/// The user of the session.
const USER: &str = "(SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user)";

impl Fit {
    /// The query without what the version does not have: `/*if 15*/ .. /*else*/ .. /*end*/` asks for a version, `$NAMESPACES` stands
    /// for the numbers of the namespaces, `$MEMBERS` for the members of extensions in the catalog that is named behind it, `$GLOBAL`
    /// for whether what is in no namespace is read, `$USER` for the user.
    pub(super) fn sql(&self, template: &str) -> String {
        let mut namespaces = String::new();
        for oid in &self.namespaces {
            let _ = write!(
                namespaces,
                "{}{oid}",
                if namespaces.is_empty() { "" } else { ", " }
            );
        }
        if namespaces.is_empty() {
            // No namespace has the number 0.
            namespaces.push('0');
        }
        self.of_version(template)
            .replace("$NAMESPACES", &namespaces)
            .replace("$MEMBERS ", MEMBERS)
            .replace("$GLOBAL", if self.global { "true" } else { "false" })
            .replace("$USER", USER)
    }

    fn of_version(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let mut open: Vec<bool> = Vec::new();
        let mut rest = template;
        while let Some(start) = rest.find("/*") {
            let (before, mark) = rest.split_at(start);
            if open.iter().all(|shown| *shown) {
                out.push_str(before);
            }
            let length = mark.find("*/").map_or(mark.len(), |end| end + 2);
            match mark[2..length].trim_end_matches("*/") {
                "else" => {
                    if let Some(shown) = open.last_mut() {
                        *shown = !*shown;
                    }
                }
                "end" => {
                    open.pop();
                }
                condition => {
                    let least = condition.strip_prefix("if ").and_then(|n| n.parse().ok());
                    open.push(self.version >= least.unwrap_or(0));
                }
            }
            rest = &mark[length..];
        }
        out.push_str(rest);
        out
    }
}

/// Cells that are arrays.
impl Cells {
    /// The next cell as the elements of an array; of several dimensions, all of them. NULL is an empty array.
    pub(super) fn array(&mut self) -> Result<Vec<Option<String>>> {
        Ok(self.optional()?.map_or_else(Vec::new, |text| array(&text)))
    }

    /// The next cell as an array without NULLs.
    pub(super) fn texts(&mut self) -> Result<Vec<String>> {
        Ok(self.array()?.into_iter().flatten().collect())
    }

    /// The next cell as numbers, in an array or one after the other.
    pub(super) fn numbers<N: FromStr>(&mut self) -> Result<Vec<N>> {
        let Some(text) = self.optional()? else {
            return Ok(Vec::new());
        };
        text.split(['{', '}', ',', ' '])
            .filter(|word| !word.is_empty())
            .map(|word| word.parse().map_err(|_| self.unexpected(&format!("`{text}`"))))
            .collect()
    }

    /// The next cell as `name=value` pairs.
    pub(super) fn options(&mut self) -> Result<Vec<(String, String)>> {
        Ok(self.texts()?.iter().map(|text| pair(text)).collect())
    }
}

/// `name=value` as its two sides.
pub(super) fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.to_owned(), value.to_owned())
}

/// The elements of an array as the server prints it (the manual, 8.15.6); of several dimensions, all elements in order.
pub(super) fn array(text: &str) -> Vec<Option<String>> {
    let mut elements = Vec::new();
    let mut chars = text.chars().peekable();
    let mut current = String::new();
    let mut started = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                let mut quoted = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => quoted.extend(chars.next()),
                        '"' => break,
                        c => quoted.push(c),
                    }
                }
                elements.push(Some(quoted));
            }
            '{' | '}' | ',' => {
                if started {
                    let bare = std::mem::take(&mut current);
                    elements.push((bare != "NULL").then_some(bare));
                    started = false;
                }
            }
            c => {
                started = true;
                current.push(c);
            }
        }
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(version: u32) -> Fit {
        Fit {
            version,
            namespaces: vec![2200, 16385],
            global: true,
        }
    }

    #[test]
    fn a_query_has_the_columns_of_its_version() {
        let sql = "a/*if 17*/, b/*else*//*if 15*/, c/*else*/, d/*end*//*end*/ IN ($NAMESPACES)";
        assert_eq!(fit(18).sql(sql), "a, b IN (2200, 16385)");
        assert_eq!(fit(16).sql(sql), "a, c IN (2200, 16385)");
        assert_eq!(fit(13).sql(sql), "a, d IN (2200, 16385)");
    }

    #[test]
    fn without_namespaces_nothing_is_read() {
        let none = Fit {
            namespaces: Vec::new(),
            ..fit(18)
        };
        assert_eq!(none.sql("IN ($NAMESPACES)"), "IN (0)");
    }

    #[test]
    fn arrays_are_read_with_their_quotes() {
        let text = |s: &str| Some(s.to_owned());
        assert_eq!(array("{}"), []);
        assert_eq!(array("{a,NULL,\"NULL\"}"), [text("a"), None, text("NULL")]);
        assert_eq!(
            array(r#"{"a \"b\" \\ {c},",d e}"#),
            [text(r#"a "b" \ {c},"#), text("d e")]
        );
        assert_eq!(
            array("{{1,NULL,\"{siglen=32}\"}}"),
            [text("1"), None, text("{siglen=32}")]
        );
    }
}
