//! The query string of a list: its filters and its page.

use std::str::FromStr;

use form_urlencoded::Serializer;
use uuid::Uuid;

use crate::account::request::projection::{Projected, Projection};
use crate::error::Error;
use crate::model::page::Page;

/// The largest page. A larger `page_size` is cut to this without an error.
const LARGEST_PAGE: usize = 1000;

/// The query of a list, and the URL that the client called, without the query.
#[derive(Debug)]
pub(crate) struct Query {
    url: String,
    pairs: Vec<(String, String)>,
    selection: Projection,
}

impl Query {
    pub(crate) fn new(url: String, query: &str) -> Query {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let keys = |name| {
            let names = last(&pairs, name)?.split(',').map(str::trim);
            Some(names.filter(|key| !key.is_empty()).map(str::to_owned).collect())
        };
        let selection = Projection { fields: keys("fields"), omit: keys("omit") };
        Query { url, pairs, selection }
    }

    /// Returns the value of a parameter: the last one if there are several. An empty value counts
    /// as absent, because generated clients send every option.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        last(&self.pairs, name)
    }

    /// Returns the value of a parameter if it is an id.
    pub(crate) fn uuid(&self, name: &str) -> Option<Uuid> {
        Uuid::from_str(self.text(name)?).ok()
    }

    /// Returns an object with the keys that `fields` and `omit` select.
    pub(crate) fn select<T>(&self, object: T) -> Projected<'_, T> {
        Projected { object, selection: &self.selection }
    }

    /// Returns the page that the query asks for. A `page_size` that is no positive number stands
    /// for the default. A page that does not exist is an error, except the first.
    pub(crate) fn page<T, R>(
        &self,
        default_size: usize,
        matches: impl Iterator<Item = T>,
        render: impl Fn(T) -> R,
    ) -> Result<Page<R>, Error> {
        let size = self.page_size(default_size);
        let number = match self.text("page") {
            None => 1,
            Some(text) => text.parse().map_err(|_| Error::invalid_page())?,
        };
        let first = usize::checked_sub(number, 1)
            .and_then(|before| before.checked_mul(size))
            .ok_or_else(Error::invalid_page)?;
        let mut count = 0;
        let mut results = Vec::new();
        for item in matches {
            if count >= first && results.len() < size {
                results.push(render(item));
            }
            count += 1;
        }
        if first > 0 && results.is_empty() {
            return Err(Error::invalid_page());
        }
        Ok(Page {
            count,
            next: (first + results.len() < count).then(|| self.url_of_page(number + 1)),
            previous: (number > 1).then(|| self.url_of_page(number - 1)),
            results,
        })
    }

    fn page_size(&self, default: usize) -> usize {
        let size: Option<usize> = self.text("page_size").and_then(|text| text.parse().ok());
        size.filter(|size| *size > 0).unwrap_or(default).min(LARGEST_PAGE)
    }

    /// Returns the URL of another page. Like Belvo's, it carries every parameter over.
    fn url_of_page(&self, number: usize) -> String {
        let others = self.pairs.iter().filter(|(key, _)| key != "page");
        let query = Serializer::new(String::new())
            .extend_pairs(others)
            .append_pair("page", &number.to_string())
            .finish();
        format!("{}?{query}", self.url)
    }
}

fn last<'q>(pairs: &'q [(String, String)], name: &str) -> Option<&'q str> {
    let last = pairs.iter().rfind(|(key, _)| key == name);
    last.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}
