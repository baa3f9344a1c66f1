//! Suggestions for misspelt words.

/// The similarity that a suggestion needs, from 0 (nothing in common) to 1 (equal).
const SIMILAR: f64 = 0.8;
/// The number of bytes up to which a word can be a name that is misspelt.
const LONGEST_NAME: usize = 100;

/// Returns the candidate that is most similar to `word`, if it is similar enough. Case makes no
/// difference.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    nearest_to_any(&[word.to_owned()], candidates)
}

/// Returns the candidate that is most similar to one of the words, if it is similar enough.
pub(crate) fn nearest_to_any<'a>(
    words: &[String],
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let names = words.iter().filter(|word| word.len() <= LONGEST_NAME);
    let words: Vec<String> = names.map(|word| word.to_lowercase()).collect();
    if words.is_empty() {
        return None;
    }
    let likeness = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let each = words.iter().map(|word| strsim::jaro_winkler(word, &candidate));
        each.fold(0.0, f64::max)
    };
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

/// Returns a blank and a sentence that suggests a candidate. The text is empty when no candidate is
/// similar enough.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    nearest(word, candidates)
        .map(|candidate| format!(" Did you mean {candidate:?}?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use crate::model::suggestion::{LONGEST_NAME, nearest};

    #[test]
    fn nothing_is_suggested_for_what_is_no_name() {
        let looked_at = Cell::new(0);
        let candidates =
            || ["employed"].into_iter().inspect(|_| looked_at.set(looked_at.get() + 1));
        assert_eq!(nearest("employd", candidates()), Some("employed"));
        let long = format!("employed{}", "d".repeat(LONGEST_NAME));
        assert_eq!(nearest(&long, candidates()), None);
        assert_eq!(looked_at.get(), 1, "a long word is compared with nothing");
    }
}
