//! A request of the API as it came, for all that is not its own business.

use std::borrow::Cow;

use crate::operations::Operation;

#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    /// None where the path or its method is unknown.
    pub operation: Option<Operation>,
    pub method: &'a str,
    /// Without the query.
    pub path: &'a str,
    pub query: &'a str,
    /// Names in lower case.
    pub headers: Vec<(&'a str, Cow<'a, str>)>,
    /// Empty where it was not read.
    pub body: &'a [u8],
}

impl Call<'_> {
    /// The first header of a name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        header.map(|(_, value)| &**value)
    }
}
