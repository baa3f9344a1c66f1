//! Closed sets of words.

/// Defines an enum for a closed set of words, which parses from its words and shows them.
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
            /// All words, as they stand in JSON.
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
