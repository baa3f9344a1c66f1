//! A page of the manual: its fenced blocks, and the directives that stand before them as comments.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub struct Page {
    /// The path from the repository's root.
    pub name: String,
    pub text: String,
}

/// A part of a page that the tests act upon.
pub enum Part {
    /// A comment such as `<!-- status: 409 -->`.
    Directive {
        name: String,
        value: String,
    },
    Block(Block),
}

/// A fenced block.
pub struct Block {
    pub language: String,
    /// Where its text stands in the page, with the last line break.
    pub range: Range<usize>,
    /// The number of its first line in the page.
    pub line: usize,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of the manual: the two in the root, and those of `docs/`.
pub fn pages() -> Vec<Page> {
    let mut names = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        names.push(format!("docs/{}", entry.unwrap().file_name().to_str().unwrap()));
    }
    names.sort();
    names.iter().map(|name| page(name)).collect()
}

pub fn page(name: &str) -> Page {
    let text = fs::read_to_string(root().join(name)).unwrap_or_else(|_| panic!("no {name}"));
    Page { name: name.to_owned(), text }
}

impl Page {
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut open: Option<Block> = None;
        let mut offset = 0;
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            let (start, end) = (offset, offset + line.len());
            offset = end;
            let fence = line.strip_prefix("```").map(str::trim_end);
            match (fence, &mut open) {
                (Some(language), None) => {
                    let language = language.to_owned();
                    open = Some(Block { language, range: end..end, line: index + 2 });
                }
                (Some(_), Some(block)) => {
                    block.range.end = start;
                    parts.extend(open.take().map(Part::Block));
                }
                (None, None) => parts.extend(directive(line)),
                (None, Some(_)) => {}
            }
        }
        assert!(open.is_none(), "{}: a block has no end", self.name);
        parts
    }

    pub fn block(&self, block: &Block) -> &str {
        &self.text[block.range.clone()]
    }

    /// The text of a section, without its heading.
    #[track_caller]
    pub fn section(&self, heading: &str) -> &str {
        let (_, section) = self.text.split_once(&format!("\n{heading}\n")).expect(heading);
        let level = heading.split(' ').next().unwrap();
        section.split(&format!("\n{level} ")).next().unwrap()
    }

    /// The first cells of the rows of its tables that hold code, as `flag` in "| `flag` | … |".
    pub fn first_cells(text: &str) -> Vec<&str> {
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.map(|row| row.split('`').next().unwrap()).collect()
    }

    /// The targets of its links, but those of other sites.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        let targets = self.text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        targets.filter(|target| !target.contains("://"))
    }

    /// The anchors of its headings, as GitHub makes them.
    pub fn anchors(&self) -> Vec<String> {
        let headings = self.text.lines().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }

    /// The file that a link's target names, and the anchor in it.
    pub fn resolve(&self, target: &str) -> (PathBuf, Option<String>) {
        let (path, anchor) = match target.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor.to_owned())),
            None => (target, None),
        };
        let here = root().join(&self.name);
        let file = if path.is_empty() { here } else { here.parent().unwrap().join(path) };
        (file, anchor)
    }
}

fn directive(line: &str) -> Option<Part> {
    let comment = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    let (name, value) = comment.split_once(':').unwrap_or((comment, ""));
    let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
    Some(Part::Directive { name, value })
}

fn anchor(heading: &str) -> String {
    let kept = |char: &char| char.is_alphanumeric() || " -_".contains(*char);
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

/// The anchors of a page that another page links to.
pub fn anchors_of(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    Page { name: String::new(), text }.anchors()
}
