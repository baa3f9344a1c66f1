//! A request of the API as the client sent it.

use std::borrow::Cow;

use crate::operations::Operation;

#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    /// The operation. It is None where the path or its method is unknown.
    pub operation: Option<Operation>,
    pub method: &'a str,
    /// The path, without the query, and with one slash where the client sent several.
    pub path: Cow<'a, str>,
    pub query: &'a str,
    /// The headers, with names in lower case. A value need not be text.
    pub headers: Vec<(&'a str, &'a [u8])>,
    /// The body. It is empty where nobody has read it.
    pub body: &'a [u8],
}

impl Call<'_> {
    /// Returns the first header with this name, whose case makes no difference.
    pub(crate) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let header = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        header.map(|(_, value)| String::from_utf8_lossy(value))
    }
}
