//! The look of lines for people: colors where a terminal shows them, and arrows that the locale has.

use std::env;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Effects, Style};

const GOOD: Style = AnsiColor::Green.on_default();
const ODD: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const FAINT: Style = Style::new().effects(Effects::DIMMED);

/// The look of the lines of one stream.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// True where escape sequences color the lines.
    colors: bool,
    /// True where arrows are characters beyond ASCII.
    unicode: bool,
}

impl Look {
    /// Returns the look of a stream. What is no terminal, such as a file or a pipe, has neither
    /// colors nor arrows beyond ASCII, so that lines can be searched for on every machine.
    pub(super) fn of(stream: &impl RawStream) -> Look {
        let unicode = stream.is_terminal() && is_utf_8(|name| env::var(name).ok());
        Look { colors: has_colors(stream), unicode }
    }

    /// Returns the arrow before what was sent to a receiver.
    pub(super) fn sent(self) -> &'static str {
        if self.unicode { "→" } else { "-->" }
    }

    /// Returns the arrow before the answer of a receiver.
    pub(super) fn answered(self) -> &'static str {
        if self.unicode { "←" } else { "<--" }
    }

    /// Colors a text by the status of an answer. No status is as bad as one of 500 and more.
    pub(super) fn by_status(self, status: Option<u16>, text: &str) -> String {
        self.painted(
            match status {
                Some(..300) => GOOD,
                Some(300..500) => ODD,
                Some(500..) | None => BAD,
            },
            text,
        )
    }

    /// Colors a warning.
    pub(super) fn odd(self, text: &str) -> String {
        self.painted(ODD, text)
    }

    /// Colors an error.
    pub(super) fn bad(self, text: &str) -> String {
        self.painted(BAD, text)
    }

    /// Colors a message that says that all is well.
    pub(super) fn good(self, text: &str) -> String {
        self.painted(GOOD, text)
    }

    /// Makes a text stand back behind others.
    pub(super) fn faint(self, text: &str) -> String {
        self.painted(FAINT, text)
    }

    fn painted(self, style: Style, text: &str) -> String {
        match self.colors {
            true => format!("{}{text}{}", style.render(), style.render_reset()),
            false => text.to_owned(),
        }
    }
}

/// Tells that a stream is a terminal that shows colors and that no variable such as `NO_COLOR`
/// forbids them, or that `CLICOLOR_FORCE` asks for them.
pub(super) fn has_colors(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Tells that the locale has all characters: the first variable counts that is not empty.
fn is_utf_8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let mut values = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable);
    let locale = values.find(|value| !value.is_empty()).unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use crate::cli::look::{Look, is_utf_8};

    #[test]
    fn the_first_variable_that_is_not_empty_names_the_locale() {
        for (variables, expected) in [
            ([None, None, None], false),
            ([None, None, Some("en_US.UTF-8")], true),
            ([None, Some("es_MX.utf8"), Some("C")], true),
            ([Some("C"), None, Some("en_US.UTF-8")], false),
            ([Some(""), Some(""), Some("C.UTF-8")], true),
            ([None, None, Some("es_MX.ISO-8859-1")], false),
        ] {
            let names = ["LC_ALL", "LC_CTYPE", "LANG"];
            let value = |name: &str| {
                let place = names.iter().position(|other| *other == name)?;
                variables[place].map(str::to_owned)
            };
            assert_eq!(is_utf_8(value), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_plain_look_is_ascii_and_a_rich_one_has_arrows_and_colors() {
        let plain = Look::default();
        assert_eq!((plain.sent(), plain.answered()), ("-->", "<--"));
        assert_eq!(plain.by_status(Some(500), "500"), "500");
        let rich = Look { colors: true, unicode: true };
        assert_eq!((rich.sent(), rich.answered()), ("→", "←"));
        assert_eq!(rich.by_status(Some(200), "200"), "\u{1b}[32m200\u{1b}[0m");
        assert_eq!(rich.by_status(Some(404), "404"), "\u{1b}[33m404\u{1b}[0m");
        assert_eq!(rich.by_status(None, "no"), "\u{1b}[31mno\u{1b}[0m");
    }
}
