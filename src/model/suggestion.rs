//! Suggestions for misspelt words.

/// The similarity that a suggestion needs, from 0 (nothing in common) to 1 (equal).
const SIMILAR: f64 = 0.8;

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
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
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
