//! Closed sets of words.

/// A closed set of words on the wire, readable from text and shown as text.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Clone,
            Copy,
            Debug,
            PartialEq,
            Eq,
            serde::Serialize,
            serde::Deserialize,
            schemars::JsonSchema,
        )]
        pub(crate) enum $name {
            $(#[serde(rename = $word)] $variant),+
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(word: &str) -> Result<$name, ()> {
                match word {
                    $($word => Ok($name::$variant),)+
                    _ => Err(()),
                }
            }
        }

        impl $name {
            /// All of them, as on the wire.
            #[allow(dead_code, reason = "not every set is asked for")]
            pub(crate) const WORDS: &[&str] = &[$($word),+];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }
    };
}

pub(crate) use words;
