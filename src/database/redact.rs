//! Takes the passwords out of a text that may hold database URLs: in goes what a user wrote, out comes what may be
//! shown. It errs on the side of hiding too much.

/// What stands in the place of a secret.
const HIDDEN: &str = "***";

/// Words that mark a URL parameter as secret.
const SECRET_PARAMETERS: [&str; 5] = ["pass", "pwd", "secret", "token", "credential"];

/// `text` with the password of every URL in it, and every URL parameter that sounds like a secret, replaced by `***`.
///
/// A URL is taken to reach to the end of its line, and its user part to reach to the last `@` there: passwords
/// that should have been percent-encoded and were not (`p@ss`, `a/b`, `x y`) are hidden whole.
pub(crate) fn redact(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        redact_line(line, &mut shown);
    }
    shown
}

fn redact_line(line: &str, shown: &mut String) {
    // A URL that lost its scheme or a part of it (`anna:secret@host`, `postgres//anna:secret@host`) has its secret still.
    let start = line.find("://").map_or(0, |found| found + 3);
    let (head, rest) = line.split_at(start);
    shown.push_str(head);
    let Some(end) = rest.rfind('@') else {
        redact_parameters(rest, shown);
        return;
    };
    let (user, rest) = rest.split_at(end);
    match user.split_once(':') {
        Some((name, _)) => {
            shown.push_str(name);
            shown.push(':');
            shown.push_str(HIDDEN);
        }
        // `user@host`: nothing to hide, except in the parameters of an earlier URL on this line.
        None => redact_parameters(user, shown),
    }
    redact_parameters(rest, shown);
}

/// Hides the value in every `name=value` whose name sounds like a secret and stands behind `?` or `&`.
fn redact_parameters(text: &str, shown: &mut String) {
    let mut rest = text;
    while let Some(start) = rest.find(['?', '&']).map(|found| found + 1) {
        let (head, tail) = rest.split_at(start);
        shown.push_str(head);
        rest = tail;
        let name = rest.split(['=', '&']).next().unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        if rest[name.len()..].starts_with('=') && SECRET_PARAMETERS.iter().any(|word| lower.contains(word)) {
            shown.push_str(name);
            shown.push('=');
            shown.push_str(HIDDEN);
            let value = &rest[name.len() + 1..];
            let end = value.find(['&', '"', '\'', '\n']).unwrap_or(value.len());
            rest = &value[end..];
        }
    }
    shown.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_in_what_is_no_url() {
        assert_eq!(redact("anna:secret@host/shop"), "anna:***@host/shop");
        assert_eq!(redact("postgres//anna:secret@host"), "postgres//anna:***@host");
        assert_eq!(redact("url = \"anna:s@cret@host\""), "url = \"anna:***@host\"");
        assert_eq!(redact("migrations@3f9c"), "migrations@3f9c");
    }

    #[test]
    fn a_password_is_hidden_however_badly_it_is_encoded() {
        for password in [
            "secret", "s3c@ret", "se/cret", "se cret", "se?cret", "a:secret", "se#cret@",
        ] {
            let shown = redact(&format!("postgres://anna:{password}@db.example.com/shop"));
            assert_eq!(shown, "postgres://anna:***@db.example.com/shop");
        }
    }

    #[test]
    fn secret_parameters_are_hidden_and_others_shown() {
        assert_eq!(
            redact("postgres://db/shop?sslmode=require&password=secret&sslpassword=x&application_name=a"),
            "postgres://db/shop?sslmode=require&password=***&sslpassword=***&application_name=a"
        );
    }

    #[test]
    fn a_text_without_secrets_stays_as_it_is() {
        for text in [
            "sqlite://app.db?mode=ro",
            "postgres://anna@db/shop",
            "url = \"sqlite://app.db\"\nformat = 1",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn each_line_is_treated_by_itself() {
        assert_eq!(
            redact("url = \"mysql://a:b@c/d\"\nmail = \"x@y\"\n"),
            "url = \"mysql://a:***@c/d\"\nmail = \"x@y\"\n"
        );
    }
}
