//! A text that is hidden in log lines and in error messages.

use std::fmt::{self, Debug, Formatter};
use std::ops::Deref;
use std::sync::Arc;

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Arc<str>);

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret(text.into())
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use crate::account::base::secret::Secret;

    #[test]
    fn it_is_not_shown() {
        assert_eq!(format!("{:?}", Some(Secret::from("Bearer abc"))), "Some([redacted])");
    }
}
