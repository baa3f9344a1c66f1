//! An answer as a page shows it: its keys in their order, a line as long as it fits.

use std::fmt::{self, Formatter};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

const WIDTH: usize = 100;

/// JSON that keeps the order of its keys.
enum Node {
    Object(Vec<(String, Node)>),
    List(Vec<Node>),
    Leaf(Value),
}

/// The JSON of an answer, laid out for a page; with paths such as `deliveries.state`, those keys only.
pub fn show(json: &[u8], paths: &[String]) -> String {
    let mut node: Node = serde_json::from_slice(json).unwrap();
    if !paths.is_empty() {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        node.retain(&paths);
    }
    node.lay_out(0, 0) + "\n"
}

impl Node {
    /// Keeps the keys that paths name; in a list, those of each element.
    fn retain(&mut self, paths: &[&str]) {
        match self {
            Node::List(nodes) => nodes.iter_mut().for_each(|node| node.retain(paths)),
            Node::Object(entries) => {
                let first = |path: &str| path.split('.').next().unwrap().to_owned();
                for path in paths {
                    let exists = entries.iter().any(|(key, _)| *key == first(path));
                    assert!(exists, "the answer has no {path}");
                }
                entries.retain(|(key, _)| paths.iter().any(|path| first(path) == *key));
                for (key, node) in entries {
                    let inside = paths.iter().filter(|path| first(path) == *key);
                    let rest: Option<Vec<&str>> =
                        inside.map(|path| path.split_once('.').map(|(_, rest)| rest)).collect();
                    if let Some(rest) = rest {
                        node.retain(&rest);
                    }
                }
            }
            Node::Leaf(_) => panic!("there is no {paths:?} in a leaf"),
        }
    }

    /// `used` is what stands before it on its line.
    fn lay_out(&self, indent: usize, used: usize) -> String {
        let line = self.in_line();
        if used + line.chars().count() < WIDTH {
            return line;
        }
        let inner = indent + 2;
        let pad = " ".repeat(inner);
        let (open, lines, close): (_, Vec<String>, _) = match self {
            Node::Object(entries) => {
                let entry = |(key, node): &(String, Node)| {
                    let key = format!("{pad}{}: ", Value::from(key.as_str()));
                    let node = node.lay_out(inner, key.chars().count());
                    key + &node
                };
                ('{', entries.iter().map(entry).collect(), '}')
            }
            Node::List(nodes) => {
                let entry = |node: &Node| format!("{pad}{}", node.lay_out(inner, inner));
                ('[', nodes.iter().map(entry).collect(), ']')
            }
            Node::Leaf(_) => return line,
        };
        format!("{open}\n{}\n{}{close}", lines.join(",\n"), " ".repeat(indent))
    }

    fn in_line(&self) -> String {
        let list = |nodes: &[Node]| nodes.iter().map(Node::in_line).collect::<Vec<_>>().join(", ");
        match self {
            Node::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Node::Object(entries) => {
                let entry = |(key, node): &(String, Node)| {
                    format!("{}: {}", Value::from(key.as_str()), node.in_line())
                };
                format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            Node::List(nodes) => format!("[{}]", list(nodes)),
            Node::Leaf(value) => value.to_string(),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }
}
