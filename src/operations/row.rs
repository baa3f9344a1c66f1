//! One row of the table of operations.

use std::collections::BTreeSet;

/// An operation as the table writes it down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The operationId, unique in the table.
    pub id: &'static str,
    pub method: Method,
    /// As the description writes it. The last slash may be left out or added.
    pub path: &'static str,
    /// One sentence without a full stop.
    pub summary: &'static str,
    pub access: Access,
    pub body: Body,
    /// True where the call logs in at the institution.
    pub logs_in: bool,
    /// True where `X-Belvo-Request-Mode: async` leaves the work to the background.
    pub in_background: bool,
    /// The statuses of success. 202 shows a request id, 204 nothing, the others the same type.
    answers: &'static [u16],
    /// The statuses of errors that do not follow from other columns.
    refuses: &'static [&'static [u16]],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// Where a request shows who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The API keys in the header `Authorization`.
    Keys,
    /// The API keys, or a token of the widget with this scope.
    KeysOrToken(Scope),
    /// The API keys in the body, or in the header where the body has none.
    KeysInBody,
    /// Nobody has to show anything.
    Open,
}

/// A permission that a token of the widget can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    ReadInstitutions,
    ReadLinks,
    WriteLinks,
    DeleteLinks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Optional,
    Required,
}

pub(super) const fn get(path: &'static str, summary: &'static str) -> Row {
    Row::new(Method::Get, path, summary)
}

pub(super) const fn post(path: &'static str, summary: &'static str) -> Row {
    Row::new(Method::Post, path, summary)
}

pub(super) const fn put(path: &'static str, summary: &'static str) -> Row {
    Row::new(Method::Put, path, summary)
}

pub(super) const fn patch(path: &'static str, summary: &'static str) -> Row {
    Row::new(Method::Patch, path, summary)
}

pub(super) const fn delete(path: &'static str, summary: &'static str) -> Row {
    Row::new(Method::Delete, path, summary)
}

impl Row {
    pub(crate) const fn named(self, id: &'static str) -> Row {
        Row { id, ..self }
    }

    /// A token with this scope stands in for the API keys.
    pub(crate) const fn allows(self, scope: Scope) -> Row {
        Row { access: Access::KeysOrToken(scope), ..self }
    }

    pub(crate) const fn reads_keys_from_body(self) -> Row {
        Row { access: Access::KeysInBody, ..self }
    }

    pub(crate) const fn open(self) -> Row {
        Row { access: Access::Open, ..self }
    }

    pub(crate) const fn takes_body(self) -> Row {
        Row { body: Body::Required, ..self }
    }

    pub(crate) const fn may_take_body(self) -> Row {
        Row { body: Body::Optional, ..self }
    }

    pub(crate) const fn logs_in(self) -> Row {
        Row { logs_in: true, ..self }
    }

    pub(crate) const fn in_background(self) -> Row {
        Row { in_background: true, ..self }
    }

    pub(crate) const fn answers(self, statuses: &'static [u16]) -> Row {
        Row { answers: statuses, ..self }
    }

    pub(crate) const fn refuses(self, statuses: &'static [&'static [u16]]) -> Row {
        Row { refuses: statuses, ..self }
    }

    /// The statuses of success.
    pub(crate) fn successes(&self) -> BTreeSet<u16> {
        let background = self.in_background.then_some(202);
        self.answers.iter().copied().chain(background).collect()
    }

    /// The statuses of errors.
    pub(crate) fn errors(&self) -> BTreeSet<u16> {
        let named = self.refuses.iter().copied().flatten();
        let of_keys: &[u16] = match self.access {
            Access::Open => &[],
            Access::Keys => &[401, 429],
            Access::KeysOrToken(_) | Access::KeysInBody => &[401, 403, 429],
        };
        let of_body: &[u16] = match self.body {
            Body::None => &[],
            Body::Optional | Body::Required => &[400, 408, 413, 415],
        };
        named.chain(of_keys).chain(of_body).copied().collect()
    }

    const fn new(method: Method, path: &'static str, summary: &'static str) -> Row {
        Row {
            id: "",
            method,
            path,
            summary,
            access: Access::Keys,
            body: Body::None,
            logs_in: false,
            in_background: false,
            answers: &[],
            refuses: &[],
        }
    }
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// `HEAD` is answered like `GET`, without the body.
    pub(crate) fn answers(self, method: &str) -> bool {
        self.as_str() == method || self == Method::Get && method == "HEAD"
    }
}

impl Access {
    /// True where the header `Authorization` must show who calls.
    pub(crate) fn is_in_header(self) -> bool {
        matches!(self, Access::Keys | Access::KeysOrToken(_))
    }

    /// The scope of a token that stands in for the API keys.
    pub(crate) fn scope(self) -> Option<Scope> {
        match self {
            Access::KeysOrToken(scope) => Some(scope),
            Access::Keys | Access::KeysInBody | Access::Open => None,
        }
    }
}

impl Scope {
    /// The words of all scopes.
    pub(crate) const WORDS: &[&str] =
        &["read_institutions", "read_links", "write_links", "delete_links"];

    /// The word in a token.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Scope::ReadInstitutions => "read_institutions",
            Scope::ReadLinks => "read_links",
            Scope::WriteLinks => "write_links",
            Scope::DeleteLinks => "delete_links",
        }
    }

    /// True for the methods that the scope is about.
    pub(crate) fn covers(self, method: &str) -> bool {
        match self {
            Scope::ReadInstitutions | Scope::ReadLinks => ["GET", "HEAD"].contains(&method),
            Scope::WriteLinks => ["POST", "PUT", "PATCH"].contains(&method),
            Scope::DeleteLinks => method == "DELETE",
        }
    }
}
