//! The operations that the OpenAPI description lists.

use actix_web::http::Method;
use serde_json::Value;

/// One method of one path.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With its parameters in braces, as in `/api/links/{id}/`.
    pub path: String,
    /// The documented statuses below 300.
    pub successes: Vec<u16>,
}

/// All operations, in the order of the document, but those of the demo, which answer 404 without
/// `--demo` and make the calls of the others with it.
pub fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap().iter();
    let others = paths.filter(|(path, _)| !path.starts_with("/_emulator/demo/"));
    others.flat_map(|(path, item)| of_path(path, item)).collect()
}

fn of_path<'a>(path: &'a str, item: &'a Value) -> impl Iterator<Item = Operation> + 'a {
    let methods = item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters");
    methods.map(move |(method, operation)| {
        let statuses = operation["responses"].as_object().unwrap().keys();
        let statuses = statuses.map(|status| status.parse().unwrap());
        Operation {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path: path.to_owned(),
            successes: statuses.filter(|status| *status < 300).collect(),
        }
    })
}
