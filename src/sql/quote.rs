//! What quoted names and strings stand for.
//!
//! In comes the text of one token, out comes its meaning. Writing names and strings in an engine's quotes is the
//! dialect's job.

use std::borrow::Cow;

use super::lexicon::Lexicon;

/// What a quoted name or string stands for: without quotes and prefix, doubled quotes single, escapes resolved.
/// Text in no quotes comes back as it is; of PostgreSQL's `E'..'` and `U&'..'`, codes of characters (`\x41`) stay as written.
pub(crate) fn unquote<'a>(text: &'a str, lexicon: &Lexicon) -> Cow<'a, str> {
    match text.as_bytes() {
        [quote @ (b'\'' | b'"' | b'`'), .., last] if quote == last => {
            let is_name = *quote == b'`' || (*quote == b'"' && lexicon.double_quoted_names);
            let inner = &text[1..text.len() - 1];
            if lexicon.backslash_escapes && !is_name {
                unescape(inner, char::from(*quote), MYSQL_ESCAPES)
            } else {
                undouble(inner, char::from(*quote))
            }
        }
        [b'[', .., b']'] if lexicon.bracket_names => Cow::Borrowed(&text[1..text.len() - 1]),
        [b'e' | b'E', b'\'', .., b'\''] if lexicon.escape_strings => {
            unescape(&text[2..text.len() - 1], '\'', POSTGRES_ESCAPES)
        }
        [b'n' | b'N', b'\'', .., b'\''] if lexicon.national_strings => unquote(&text[1..], lexicon),
        [b'u' | b'U', b'&', quote @ (b'\'' | b'"'), .., last] if lexicon.escape_strings && quote == last => {
            unquote(&text[2..], lexicon)
        }
        [b'$', .., b'$'] if lexicon.dollar_quotes => {
            let mark = text[1..].find('$').map_or(0, |at| at + 2);
            Cow::Borrowed(text.get(mark..text.len() - mark).unwrap_or(text))
        }
        _ => Cow::Borrowed(text),
    }
}

fn undouble(inner: &str, quote: char) -> Cow<'_, str> {
    if inner.contains(quote) {
        let doubled: String = [quote, quote].iter().collect();
        Cow::Owned(inner.replace(&doubled, quote.encode_utf8(&mut [0; 4])))
    } else {
        Cow::Borrowed(inner)
    }
}

/// Escapes that stand for another character; a backslash before any other stands for that one, except before those
/// that map to `None`, where it stays.
type Escapes = &'static [(char, Option<char>)];

/// MySQL manual, 9.1.1. `\%` and `\_` stay for LIKE.
const MYSQL_ESCAPES: Escapes = &[
    ('n', Some('\n')),
    ('t', Some('\t')),
    ('r', Some('\r')),
    ('b', Some('\u{8}')),
    ('0', Some('\0')),
    ('Z', Some('\u{1a}')),
    ('%', None),
    ('_', None),
];

/// PostgreSQL manual, 4.1.2.2.
const POSTGRES_ESCAPES: Escapes = &[
    ('n', Some('\n')),
    ('t', Some('\t')),
    ('r', Some('\r')),
    ('b', Some('\u{8}')),
    ('f', Some('\u{c}')),
    ('x', None),
    ('u', None),
    ('U', None),
    ('0', None),
    ('1', None),
    ('2', None),
    ('3', None),
    ('4', None),
    ('5', None),
    ('6', None),
    ('7', None),
];

fn unescape(inner: &str, quote: char, escapes: Escapes) -> Cow<'_, str> {
    if !inner.contains(['\\', quote]) {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == quote {
            chars.next();
            out.push(c);
        } else if c == '\\' {
            let Some(letter) = chars.next() else {
                out.push(c);
                break;
            };
            match escapes.iter().find(|(from, _)| *from == letter) {
                Some((_, Some(meant))) => out.push(*meant),
                Some((_, None)) => out.extend([c, letter]),
                None => out.push(letter),
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unquoting_gives_what_is_meant() {
        for (text, lexicon, meant) in [
            ("plain", &Lexicon::SQLITE, "plain"),
            ("\"a\"\"b\"", &Lexicon::SQLITE, "a\"b"),
            ("`a``b`", &Lexicon::SQLITE, "a`b"),
            ("[a b]", &Lexicon::SQLITE, "a b"),
            ("'it''s'", &Lexicon::SQLITE, "it's"),
            ("'a\\'", &Lexicon::SQLITE, "a\\"),
            ("''", &Lexicon::SQLITE, ""),
            ("\"\"", &Lexicon::SQLITE, ""),
            ("[]", &Lexicon::SQLITE, ""),
            ("''''", &Lexicon::SQLITE, "'"),
            ("E'a\\n\\'b''\\x41'", &Lexicon::POSTGRES, "a\n'b'\\x41"),
            ("$q$a'$q$", &Lexicon::POSTGRES, "a'"),
            ("$$$$", &Lexicon::POSTGRES, ""),
            ("N'a'", &Lexicon::POSTGRES, "a"),
            ("U&\"a\"", &Lexicon::POSTGRES, "a"),
            ("'a\\'b\\\\\\%'", &Lexicon::MYSQL, "a'b\\\\%"),
            ("\"a\"\"b\"", &Lexicon::MYSQL, "a\"b"),
            ("`a\\`", &Lexicon::MYSQL, "a\\"),
            ("'", &Lexicon::SQLITE, "'"),
            ("$", &Lexicon::POSTGRES, "$"),
            ("$$", &Lexicon::POSTGRES, "$$"),
        ] {
            assert_eq!(unquote(text, lexicon), meant, "{text}");
        }
    }
}
