//! The rules of the house that the compiler does not know: who may import whom, and where time,
//! randomness and actix may be named.

use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom, and nothing else may. The first column is a module of `src/`.
const IMPORTS: &[(&str, &str)] = &[
    ("cli", "account accounts config drift error model openapi scenario seed server"),
    ("config", "account accounts"),
    ("server", "account accounts clock config courier http routes"),
    ("routes", "api control http operations pages"),
    ("embed", "account accounts config error model server"),
    ("http", "account accounts error model operations"),
    ("api", "account error http operations"),
    ("control", "account accounts error http model operations"),
    ("pages", "accounts http openapi operations"),
    ("openapi", "account accounts control error model operations"),
    ("courier", "account accounts clock model"),
    ("accounts", "account clock error model operations seed"),
    ("account", "error generate model operations scenario seed"),
    ("scenario", "error model operations"),
    ("generate", "model seed"),
    ("clock", ""),
    ("drift", ""),
    ("error", ""),
    ("model", ""),
    ("operations", ""),
    ("seed", ""),
    ("lib", ""),
];

const ACTIX_ROOMS: &[&str] = &["api", "control", "http", "pages", "routes", "server"];

/// What reads the time or draws at random, and the one module that may.
const AMBIENT: &[(&str, &str)] = &[
    ("SystemTime", "clock"),
    ("Instant::now", "clock"),
    ("Utc::now", "clock"),
    ("Local::now", "clock"),
    ("rand::rng(", "seed"),
    ("rand::random", "seed"),
    ("thread_rng", "seed"),
    ("from_os_rng", "seed"),
    ("try_from_rng", "seed"),
    ("new_v4", "seed"),
    ("now_v7", "seed"),
    (".fake(", "seed"),
    (".fake::<", "seed"),
    ("get_current_timestamp", "clock"),
];

/// What signs tokens: only the core knows the keys.
const SIGNING: &[(&str, &str)] = &[("jsonwebtoken", "account"), ("use ring", "account")];

/// The rules that a file of `src/` breaks.
fn violations(module: &str, text: &str) -> Vec<String> {
    let code: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let allowed = IMPORTS.iter().find(|(name, _)| *name == module).map(|(_, names)| *names);
    let Some(allowed) = allowed else { return vec![format!("{module} is not in the table")] };
    let mut found = Vec::new();
    for line in code {
        for name in names_after(line, "crate::") {
            let known = IMPORTS.iter().any(|(other, _)| *other == name);
            if known && name != module && !allowed.split(' ').any(|other| other == name) {
                found.push(format!("{module} may not import {name}"));
            }
        }
        if line.contains("actix") && !ACTIX_ROOMS.contains(&module) {
            found.push(format!("{module} may not name actix"));
        }
        for (word, owner) in AMBIENT.iter().chain(SIGNING) {
            if line.contains(word) && module != *owner {
                found.push(format!("{module} may not name {word}"));
            }
        }
    }
    found
}

/// The identifiers that follow `prefix` in a line.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.split(prefix).skip(1).map(|rest| {
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn source_files(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { source_files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn the_house_keeps_its_rules() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = source_files(&src);
    assert!(files.len() > 30);
    let mut broken = Vec::new();
    for path in files {
        let room = path.strip_prefix(&src).unwrap().iter().next().unwrap().to_str().unwrap();
        let module = room.trim_end_matches(".rs");
        if module != "main" {
            let text = fs::read_to_string(&path).unwrap();
            broken.extend(violations(module, &text).iter().map(|rule| format!("{path:?}: {rule}")));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// A room that once needed another does not keep its key.
#[test]
fn the_table_allows_no_more_than_is_used() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (module, allowed) in IMPORTS {
        let room = src.join(module);
        let files =
            if room.is_dir() { source_files(&room) } else { vec![room.with_extension("rs")] };
        let text: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let used: Vec<&str> = names_after(&text, "crate::").collect();
        for name in allowed.split_whitespace() {
            assert!(used.contains(&name), "{module} does not import {name}");
        }
    }
}

#[test]
fn a_broken_rule_is_found() {
    let cases = [
        ("account", "use actix_web::HttpResponse;", "account may not name actix"),
        ("account", "let now = std::time::SystemTime::now();", "account may not name SystemTime"),
        ("courier", "let now = Instant::now();", "courier may not name Instant::now"),
        ("generate", "let mut rng = rand::rng();", "generate may not name rand::rng("),
        ("generate", "let name: String = FirstName().fake();", "generate may not name .fake("),
        ("model", "Uuid::new_v4()", "model may not name new_v4"),
        ("account", "get_current_timestamp()", "account may not name get_current_timestamp"),
        ("api", "use jsonwebtoken::decode;", "api may not name jsonwebtoken"),
        ("account", "use crate::accounts::Slot;", "account may not import accounts"),
        ("scenario", "fn f(a: crate::account::Account) {}", "scenario may not import account"),
        ("stray", "", "stray is not in the table"),
    ];
    for (module, text, rule) in cases {
        assert_eq!(violations(module, text), [rule], "{text}");
    }
    assert!(violations("account", "// SystemTime and actix_web in a comment").is_empty());
    assert!(violations("clock", "SystemTime::now().into()").is_empty());
}
