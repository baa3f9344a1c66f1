//! From a method and a path to the operation.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::operations::{AnyOperation, Scope};

/// The place to which a method and a path lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub face: Face,
    /// The operations of the path, in the order of the table; none where the path does not exist.
    pub of_path: &'static [AnyOperation],
    /// The operation among them that has the method.
    pub operation: Option<AnyOperation>,
    /// The segment that stands for the `{name}` of the path.
    pub parameter: Option<Box<str>>,
}

/// A part of the emulator, told by the first segment of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// Belvo's API, `/api/`.
    Api,
    /// The control API, `/_emulator/`.
    Control,
    /// All other paths.
    Open,
}

/// The operations below a segment.
#[derive(Default)]
struct Node {
    fixed: Vec<(&'static str, Node)>,
    /// The node of `{name}`; a fixed segment goes before it.
    parameter: Option<Box<Node>>,
    operations: Vec<AnyOperation>,
}

static ROOT: LazyLock<Node> = LazyLock::new(|| {
    let mut root = Node::default();
    for operation in AnyOperation::all() {
        root.add(operation);
    }
    root
});

impl Route {
    /// Looks up a path, with or without its last slash. Its segments are percent-decoded.
    pub(crate) fn of(method: &str, path: &str) -> Route {
        let (of_path, parameter) = ROOT.find(path).unwrap_or_default();
        let has_method = |operation: &&AnyOperation| operation.row().method.answers(method);
        Route {
            face: Face::of(path),
            of_path,
            operation: of_path.iter().find(has_method).copied(),
            parameter: parameter.map(Into::into),
        }
    }

    /// True where the header `Authorization` must show who calls, also before a 404 or 405.
    pub(crate) fn needs_keys(&self) -> bool {
        match self.of_path.first() {
            Some(operation) => operation.row().access.is_in_header(),
            None => self.face != Face::Open,
        }
    }

    /// The scope of a token that stands in for the API keys. A method that the path lacks needs the
    /// scope of the path's other methods of its kind.
    pub(crate) fn scope(&self, method: &str) -> Option<Scope> {
        match self.operation {
            Some(operation) => operation.row().access.scope(),
            None => {
                let mut scopes = self.of_path.iter().filter_map(|other| other.row().access.scope());
                scopes.find(|scope| scope.covers(method))
            }
        }
    }

    /// The value of the header `Allow`.
    pub(crate) fn allow(&self) -> String {
        let methods: Vec<&str> =
            self.of_path.iter().map(|operation| operation.row().method.as_str()).collect();
        methods.join(", ")
    }
}

impl Face {
    fn of(path: &str) -> Face {
        match segments(path).and_then(|mut segments| segments.next()) {
            Some("api") => Face::Api,
            Some("_emulator") => Face::Control,
            _ => Face::Open,
        }
    }
}

impl Node {
    fn add(&mut self, operation: AnyOperation) {
        let path = operation.row().path;
        let mut node = self;
        for segment in segments(path).expect("a path of the table begins with a slash") {
            node = node.child(segment);
        }
        node.operations.push(operation);
    }

    fn child(&mut self, segment: &'static str) -> &mut Node {
        if segment.starts_with('{') {
            return self.parameter.get_or_insert_default();
        }
        let place = self.fixed.iter().position(|(other, _)| *other == segment);
        let place = place.unwrap_or_else(|| {
            self.fixed.push((segment, Node::default()));
            self.fixed.len() - 1
        });
        &mut self.fixed[place].1
    }

    /// The operations of a path, and the segment that stands for its `{name}`.
    fn find<'a>(&self, path: &'a str) -> Option<(&[AnyOperation], Option<&'a str>)> {
        let (mut node, mut parameter) = (self, None);
        for segment in segments(path)? {
            let fixed = node.fixed.iter().find(|(other, _)| *other == segment);
            node = match (fixed, &node.parameter) {
                (Some((_, child)), _) => child,
                (None, Some(child)) => {
                    parameter = Some(segment);
                    child
                }
                _ => return None,
            };
        }
        let operations = node.operations.as_slice();
        (!operations.is_empty()).then_some((operations, parameter))
    }
}

/// Returns a path with one slash where several follow each other.
pub(crate) fn merge_slashes(path: &str) -> Cow<'_, str> {
    if !path.contains("//") {
        return path.into();
    }
    let mut merged = path.to_owned();
    merged.retain({
        let mut before = None;
        move |letter| before.replace(letter) != Some('/') || letter != '/'
    });
    merged.into()
}

/// The segments of a path. Slashes that follow each other count as one, because base URLs end in a
/// slash and the proxy in front of Belvo merges them.
fn segments(path: &str) -> Option<impl Iterator<Item = &str>> {
    path.starts_with('/').then(|| path.split('/').filter(|segment| !segment.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::operations::{AnyOperation, Face, Operation, Route, merge_slashes};

    /// The id of the operation, and the parameter.
    fn found(method: &str, path: &str) -> Option<(&'static str, Option<String>)> {
        let route = Route::of(method, path);
        let id = route.operation?.row().id;
        Some((id, route.parameter.map(Into::into)))
    }

    #[test]
    fn every_row_is_found_by_its_method_and_path_in_both_spellings() {
        for operation in AnyOperation::all() {
            let row = operation.row();
            let path = row.path.replace(['{', '}'], "");
            let path = path.trim_end_matches('/');
            for path in [path.to_owned(), format!("{path}/")] {
                let route = Route::of(row.method.as_str(), &path);
                assert_eq!(route.operation, Some(operation), "{} {path}", row.method.as_str());
                assert_eq!(route.parameter.is_some(), row.path.contains('{'), "{path}");
            }
        }
    }

    #[test]
    fn ids_and_pairs_of_method_and_path_are_unique_and_a_path_has_one_parameter() {
        let rows = || AnyOperation::all().map(AnyOperation::row);
        let ids: BTreeSet<&str> = rows().map(|row| row.id).collect();
        assert_eq!(ids.len(), rows().count());
        let calls: BTreeSet<_> = rows().map(|row| (row.method.as_str(), row.path)).collect();
        assert_eq!(calls.len(), rows().count());
        for row in rows() {
            assert!(row.path.matches('{').count() <= 1, "{}", row.path);
            assert!(!row.summary.ends_with('.') && !row.successes().is_empty(), "{}", row.id);
        }
    }

    #[test]
    fn the_parameter_is_the_segment_of_the_path() {
        let refreshed = found("POST", "/api/links/a%b/refresh");
        assert_eq!(refreshed, Some(("RefreshLink", Some("a%b".to_owned()))));
        assert_eq!(found("POST", "/_emulator/requests/verify"), Some(("VerifyRequests", None)));
        let explained = found("GET", "/_emulator/requests/verified");
        assert_eq!(explained, Some(("ExplainRequest", Some("verified".to_owned()))));
        assert_eq!(found("HEAD", "/api/links/"), found("GET", "/api/links/"));
    }

    #[test]
    fn slashes_are_merged() {
        let plain = found("GET", "/api/links/");
        for path in ["//api/links/", "///api//links/", "/api/links//", "//api//links///"] {
            assert_eq!(found("GET", path), plain, "{path}");
            assert_eq!(merge_slashes(path), "/api/links/");
        }
        assert_eq!(found("GET", "//api/links//a//"), found("GET", "/api/links/a/"));
        assert_eq!(Route::of("GET", "//_emulator/nope").face, Face::Control);
    }

    #[test]
    fn other_paths_are_not_found() {
        let paths = [
            "",
            "*",
            "/",
            "//",
            "/apis/",
            "/api/links/a/b/",
            "api/links/",
            "/api/mx",
            "/API/",
            "/livez/x",
            "/_emulator/webhooks",
        ];
        for path in paths {
            let route = Route::of("GET", path);
            assert!(route.of_path.is_empty() && route.operation.is_none(), "{path}: {route:?}");
        }
        let other = Route::of("TRACE", "/api/links/a");
        assert_eq!((other.operation, other.allow().as_str()), (None, "GET, PATCH, PUT, DELETE"));
    }

    #[test]
    fn keys_are_asked_for_before_a_path_or_method_is_said_to_be_unknown() {
        let cases = [
            ("GET", "/api", Face::Api, true),
            ("PUT", "/api/nope/", Face::Api, true),
            ("POST", "/api/token", Face::Api, false),
            ("GET", "/api/token/", Face::Api, false),
            ("GET", "/api/token/x", Face::Api, true),
            ("GET", "/_emulator", Face::Control, true),
            ("POST", "/_emulator/openapi.json", Face::Control, false),
            ("GET", "/livez", Face::Open, false),
            ("GET", "/apis", Face::Open, false),
        ];
        for (method, path, face, needs_keys) in cases {
            let route = Route::of(method, path);
            assert_eq!((route.face, route.needs_keys()), (face, needs_keys), "{method} {path}");
        }
    }

    #[test]
    fn the_operations_that_log_in_are_these() {
        let logs_in = Operation::ALL.iter().filter(|operation| operation.logs_in());
        let words: Vec<&str> = logs_in.map(|operation| operation.as_str()).collect();
        let expected = [
            "RegisterLink",
            "PatchBody",
            "UpdateLink",
            "RefreshLink",
            "RetrieveEmploymentRecords",
            "RetrieveOwners",
            "PatchOwners",
            "RetrieveCurrentEmployments",
        ];
        assert_eq!(words, expected);
    }
}
