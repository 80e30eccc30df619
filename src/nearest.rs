//! Suggests the word that was meant: in goes a misspelt word and the words there are, out comes the nearest, if
//! one is near enough to be worth naming.

/// The candidate with the fewest edits from `word` (insert, delete, replace, swap of neighbours; case does not
/// count), unless every candidate differs in more than a third of its letters. The first of equals wins.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.to_lowercase().chars().collect();
        // Words of very different length cannot be near; this also bounds the work for absurdly long input.
        let allowed = letters.len().max(word.len()).div_ceil(3);
        if letters.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let edits = distance(&word, &letters);
        if edits <= allowed && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i);
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut edits = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                edits = edits.min(before[j - 2] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        let words = ["target", "timezone", "format"];
        assert_eq!(nearest("tagret", words), Some("target"));
        assert_eq!(nearest("Targets", words), Some("target"));
        assert_eq!(nearest("time_zone", words), Some("timezone"));
    }

    #[test]
    fn a_word_unlike_all_gets_no_suggestion() {
        assert_eq!(nearest("zzz", ["target", "format"]), None);
        assert_eq!(nearest("", ["target"]), None);
        assert_eq!(nearest(&"x".repeat(100_000), ["target"]), None);
    }
}
