//! The query string of a list: its filters and its page.

use std::ops::Range;

use form_urlencoded::Serializer;

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

    /// Tells that the name of a parameter begins so.
    pub(crate) fn asks(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key.starts_with(name))
    }

    /// Returns an object with the keys that `fields` and `omit` select.
    pub(crate) fn select<T>(&self, object: T) -> Projected<'_, T> {
        Projected { object, selection: &self.selection }
    }

    /// Returns the page of objects that are counted by walking over them.
    ///
    /// # Errors
    /// 404 for a page that does not exist, except the first.
    pub(crate) fn page<T, R>(
        &self,
        default_size: usize,
        matches: impl Iterator<Item = T>,
        render: impl Fn(T) -> R,
    ) -> Result<Page<R>, Error> {
        let places = self.places(default_size)?;
        let mut count = 0;
        let mut results = Vec::new();
        for item in matches {
            if places.contains(&count) {
                results.push(render(item));
            }
            count += 1;
        }
        self.page_with(places, count, results)
    }

    /// Returns the page of objects whose number is known. `results` makes those at the given places
    /// of the list.
    ///
    /// # Errors
    /// 404 for a page that does not exist, except the first.
    pub(crate) fn counted_page<R>(
        &self,
        default_size: usize,
        count: usize,
        results: impl FnOnce(Range<usize>) -> Vec<R>,
    ) -> Result<Page<R>, Error> {
        let places = self.places(default_size)?;
        let results = results(places.start.min(count)..places.end.min(count));
        self.page_with(places, count, results)
    }

    /// Returns the places of the page in the list. A `page_size` that is no positive number stands
    /// for the default.
    fn places(&self, default_size: usize) -> Result<Range<usize>, Error> {
        let size = self.page_size(default_size);
        let before = self.page_number()?.checked_sub(1);
        let first = before.and_then(|before| before.checked_mul(size));
        let places = first.and_then(|first| Some(first..first.checked_add(size)?));
        places.ok_or_else(Error::invalid_page)
    }

    fn page_number(&self) -> Result<usize, Error> {
        match self.text("page") {
            None => Ok(1),
            Some(text) => text.parse().map_err(|_| Error::invalid_page()),
        }
    }

    fn page_with<R>(
        &self,
        places: Range<usize>,
        count: usize,
        results: Vec<R>,
    ) -> Result<Page<R>, Error> {
        if places.start > 0 && results.is_empty() {
            return Err(Error::invalid_page());
        }
        let number = self.page_number()?;
        Ok(Page {
            count,
            next: (places.end < count).then(|| self.url_of_page(number + 1)),
            previous: (number > 1).then(|| self.url_of_page(number - 1)),
            results,
        })
    }

    /// Returns the size of the page. One that is no positive number stands for the default.
    pub(crate) fn page_size(&self, default: usize) -> usize {
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
