//! Quotes what a client wrote, as much of it as a person reads.

use std::borrow::Cow;

/// The number of characters of a word that are quoted. Names and ids are shorter.
const LONGEST_WORD: usize = 200;
/// The numbers of characters of a sentence that are shown when it is longer than both together.
/// Such a sentence quotes something long, and says at its end what is expected.
const LONGEST_BEGINNING: usize = 1000;
const LONGEST_END: usize = 1000;

/// Returns a word, or its beginning if it is long.
pub(crate) fn cut(word: &str) -> Cow<'_, str> {
    match end_of(word, LONGEST_WORD) {
        Some(end) => format!("{}…", &word[..end]).into(),
        None => word.into(),
    }
}

/// Returns a word in quotation marks, or its beginning if it is long.
pub(crate) fn quoted(word: &str) -> String {
    format!("{:?}", cut(word))
}

/// Returns a sentence, or its beginning and its end if it is long.
pub(crate) fn shortened(sentence: String) -> String {
    let Some(beginning) = end_of(&sentence, LONGEST_BEGINNING) else { return sentence };
    let (end, _) = sentence.char_indices().nth_back(LONGEST_END - 1).unwrap_or_default();
    match beginning < end {
        true => format!("{}…{}", &sentence[..beginning], &sentence[end..]),
        false => sentence,
    }
}

/// Returns the place after this many characters if the text is longer.
fn end_of(text: &str, characters: usize) -> Option<usize> {
    text.char_indices().nth(characters).map(|(end, _)| end)
}

#[cfg(test)]
mod tests {
    use crate::model::quote::{cut, shortened};

    #[test]
    fn a_long_word_is_cut_between_two_characters() {
        let fits = "ñ".repeat(200);
        assert_eq!(cut(&fits), fits);
        assert_eq!(cut(&format!("{fits}ñ")), format!("{fits}…"));
    }

    #[test]
    fn a_long_sentence_keeps_its_beginning_and_its_end() {
        let fits = "ñ".repeat(2000);
        assert_eq!(shortened(fits.clone()), fits);
        let long = format!("unknown field `{}`, expected `now`", "x".repeat(1_000_000));
        let shown = shortened(long);
        assert_eq!(shown.chars().count(), 1000 + 1 + 1000);
        assert!(shown.starts_with("unknown field `") && shown.ends_with("`, expected `now`"));
    }
}
