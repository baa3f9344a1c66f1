//! Suggestions for misspelt words.

/// The similarity that a suggestion needs, from 0 (nothing in common) to 1 (equal).
const SIMILAR: f64 = 0.8;

/// Returns the candidate that is most similar to `word`, if it is similar enough. Case makes no
/// difference.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let likeness = |candidate: &str| strsim::jaro_winkler(&word, &candidate.to_lowercase());
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
