//! The rules of the house that the compiler does not know: who may import whom, where time,
//! randomness and actix may be named, where an account has methods, and how large things may be.

use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom, and nothing else may. The first column is a module of `src/`.
const IMPORTS: &[(&str, &str)] = &[
    (
        "cli",
        "account accounts clock config courier demo descriptors drift error files generate guard http model \
         openapi operations scenario seed server",
    ),
    ("config", "account accounts courier demo descriptors guard"),
    ("server", "account accounts clock comparisons config courier demo descriptors http routes"),
    ("routes", "api control http operations pages"),
    ("embed", "account accounts config error model server"),
    ("http", "account accounts clock demo error guard model operations"),
    ("api", "account http operations"),
    ("control", "account accounts demo error http model operations"),
    ("pages", "account accounts demo error http openapi operations"),
    ("openapi", "account accounts control demo error model operations"),
    ("courier", "account accounts clock files model"),
    ("demo", "account accounts clock error model operations seed"),
    ("accounts", "account clock comparisons error model operations seed"),
    ("account", "comparisons error generate metrics model operations scenario seed"),
    ("scenario", "error files model operations"),
    ("generate", "model seed"),
    ("clock", ""),
    ("comparisons", ""),
    ("descriptors", ""),
    ("drift", ""),
    ("error", "model"),
    ("files", "model"),
    ("guard", "error"),
    ("metrics", "model"),
    ("model", ""),
    ("operations", ""),
    ("seed", ""),
    ("lib", ""),
];

/// The rooms of `src/account`, a line for each height: a room may import those that stand below its
/// line, and nothing else. `calls` are the files of this name in all rooms.
const ROOMS: &[&[&str]] = &[
    &["snapshot", "invariants"],
    &["answer"],
    &["login/listing"],
    &["login/dry_run"],
    &["calls", "journal/explain", "webhooks/outlook"],
    &["lifecycle", "memory", "journal/happened"],
    &["login", "records/reading"],
    &["faults"],
    &["webhooks", "journal", "tokens", "budget"],
    &["log"],
    &["records"],
    &["links", "schedule"],
    &["institutions"],
    &["request", "rate_limits"],
    &["base"],
];

/// The rooms and files of `src/account` that may give an account methods.
const METHODS_OF_ACCOUNTS: &[&str] = &[
    "mod",
    "answer",
    "lifecycle",
    "memory",
    "calls",
    "snapshot",
    "invariants",
    "login/dry_run",
    "login/listing",
    "journal/explain",
    "journal/happened",
    "webhooks/outlook",
];

/// Longer functions do not fit a screen.
const LONGEST_FUNCTION_LINES: usize = 70;
const LONGEST_FILE_LINES: usize = 400;
/// No doc comment begins with one of these words: such a sentence has no subject, or leans on its
/// neighbour.
const RIDDLES: &[&str] = &["What", "Whether", "The same"];

const ACTIX_ROOMS: &[&str] = &["api", "control", "http", "pages", "routes", "server"];

/// The names that read the time or draw at random, each with the one module that may use it.
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
    ("get_current_timestamp", "clock"),
];

/// The names that sign tokens, each with the one module that may use it: the core has the keys.
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

/// The height of a room of `src/account` in [`ROOMS`], counted from the top.
fn height(room: &str) -> Option<usize> {
    ROOMS.iter().position(|line| line.contains(&room))
}

/// The room of a path in `src/account`, given without its extension.
fn room_of<'a>(path: &[&'a str]) -> std::borrow::Cow<'a, str> {
    match path {
        [_, "calls", ..] => "calls".into(),
        [room, file, ..] if height(&format!("{room}/{file}")).is_some() => {
            format!("{room}/{file}").into()
        }
        [room, ..] => (*room).into(),
        [] => "mod".into(),
    }
}

/// The paths of `use crate::account::…;` in a file, braces taken apart.
fn imports_of_account(text: &str) -> Vec<String> {
    let statements = text.split("use crate::account::").skip(1);
    let trees = statements.filter_map(|rest| Some(rest.split_once(';')?.0.split_whitespace()));
    trees.flat_map(|tree| leaves(&tree.collect::<String>())).collect()
}

/// The paths of one tree of a `use`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((stem, rest)) = tree.split_once('{') else { return vec![tree.to_owned()] };
    let (mut depth, mut found, mut branch) = (0, Vec::new(), String::new());
    for char in rest.chars() {
        match char {
            ',' | '}' if depth == 0 => {
                let leaf = std::mem::take(&mut branch);
                if !leaf.is_empty() {
                    found.extend(leaves(&leaf).iter().map(|leaf| format!("{stem}{leaf}")));
                }
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        branch.push(char);
    }
    found
}

/// The rules of `src/account` that one of its files breaks; `path` is relative to it.
fn violations_in_account(path: &str, text: &str) -> Vec<String> {
    let segments: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    let segments = segments.strip_suffix(&["mod"]).unwrap_or(&segments);
    let room = room_of(segments);
    let mut found = Vec::new();
    if text.lines().any(|line| line.starts_with("impl Account"))
        && !METHODS_OF_ACCOUNTS.contains(&&*room)
    {
        found.push(format!("{room} may not give an account methods"));
    }
    let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
    if room == "mod" || is_test {
        return found;
    }
    let Some(own) = height(&room) else { return vec![format!("{room} has no place in ROOMS")] };
    for import in imports_of_account(text) {
        let other: Vec<&str> = import.split("::").collect();
        let is_type = other[0].starts_with(|first: char| first.is_ascii_uppercase());
        let other = room_of(&other);
        let is_below = height(&other).is_some_and(|other| own < other);
        if is_type && other != "Account" {
            found.push(format!("{room} imports {other} from the root, and not from its room"));
        } else if !is_type && other != room && !is_below {
            found.push(format!("{room} may not import {other}"));
        }
    }
    found
}

/// The rules of form that a file breaks.
fn violations_of_form(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    if lines.len() > LONGEST_FILE_LINES {
        found.push(format!("is longer than {LONGEST_FILE_LINES} lines"));
    }
    for (place, line) in lines.iter().enumerate() {
        let number = place + 1;
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if code.contains("use ") && code.ends_with("::*;") {
            found.push(format!("line {number} imports all there is"));
        }
        if code.contains("super::super") {
            found.push(format!("line {number} climbs twice"));
        }
        let indent = &line[..line.len() - code.len()];
        let end = format!("{indent}}}");
        let length = lines[place..].iter().position(|line| *line == end).map_or(1, |end| end + 1);
        if is_function(code) && !code.ends_with(';') && length > LONGEST_FUNCTION_LINES {
            found.push(format!(
                "the function in line {number} is longer than {LONGEST_FUNCTION_LINES} lines"
            ));
        }
    }
    found
}

fn is_function(code: &str) -> bool {
    let words = code.split_whitespace();
    let mut rest = words.skip_while(|word| {
        word.starts_with("pub") || ["const", "async", "crate)", "in"].contains(word)
    });
    rest.next() == Some("fn")
}

/// The doc comments of a file that begin with one of [`RIDDLES`].
fn riddles(text: &str) -> Vec<String> {
    let is_doc = |line: &str| line.starts_with("///") || line.starts_with("//!");
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let begins = |place: usize| place == 0 || !is_doc(lines[place - 1]);
    let is_riddle = |line: &str| {
        let sentence = line.get(3..).unwrap_or_default().trim_start();
        RIDDLES.iter().any(|word| sentence.starts_with(&format!("{word} ")))
    };
    let riddle = |(place, line): &(usize, &&str)| is_doc(line) && begins(*place) && is_riddle(line);
    let found = lines.iter().enumerate().filter(riddle);
    found.map(|(place, line)| format!("line {}: {line}", place + 1)).collect()
}

/// The modules of a table like [`IMPORTS`] that import each other in a circle, and those that import
/// them. A module is placed once all that it imports are; these are never placed.
fn in_a_circle<'a>(imports: &[(&'a str, &str)]) -> Vec<&'a str> {
    let mut left = imports.to_vec();
    loop {
        let is_left = |other: &str| left.iter().any(|(name, _)| *name == other);
        let next = left.iter().position(|(_, allowed)| !allowed.split_whitespace().any(is_left));
        let Some(next) = next else { return left.iter().map(|(name, _)| *name).collect() };
        left.remove(next);
    }
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
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&src).unwrap().to_str().unwrap();
        let module = path.split('/').next().unwrap().trim_end_matches(".rs");
        let mut found = violations_of_form(&text);
        found.extend(riddles(&text));
        if module != "main" {
            found.extend(violations(module, &text));
        }
        if let Some(path) = path.strip_prefix("account/") {
            found.extend(violations_in_account(path, &text));
        }
        broken.extend(found.iter().map(|rule| format!("{path}: {rule}")));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    assert_eq!(in_a_circle(IMPORTS), [""; 0]);
}

/// The files of `src/` beside the `mod.rs` of a room, each with the files that it imports. A `mod.rs`
/// hands on what its room has, so it is left out.
fn imports_of_files() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let module = |path: &Path| {
        let path = path.strip_prefix(&src).unwrap().with_extension("");
        path.to_str().unwrap().replace('/', "::")
    };
    let is_left_out = |path: &PathBuf| path.ends_with("mod.rs") || path.ends_with("lib.rs");
    let files: Vec<PathBuf> =
        source_files(&src).into_iter().filter(|path| !is_left_out(path)).collect();
    let modules: Vec<String> = files.iter().map(|path| module(path)).collect();
    let imports = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        // Unit tests may use what tests of other files have.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        let is_imported = |other: &&String| {
            **other != module(path) && text.contains(&format!("use crate::{other}::"))
        };
        modules.iter().filter(is_imported).cloned().collect::<Vec<_>>().join(" ")
    };
    files.iter().map(|path| (module(path), imports(path))).collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let imports = imports_of_files();
    assert!(imports.iter().any(|(file, others)| file == "http::body" && !others.is_empty()));
    let imports: Vec<(&str, &str)> = imports.iter().map(|(a, b)| (&**a, &**b)).collect();
    assert_eq!(in_a_circle(&imports), [""; 0]);
}

/// A room that once needed another does not keep its key.
#[test]
fn the_table_allows_no_more_than_is_used() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (module, allowed) in IMPORTS {
        let room = src.join(module);
        let mut files = if room.is_dir() { source_files(&room) } else { Vec::new() };
        files.extend(Some(room.with_extension("rs")).filter(|file| file.exists()));
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
    let in_account = [
        (
            "links/mod.rs",
            "use crate::account::webhooks::outbox::Outbox;",
            "links may not import webhooks",
        ),
        ("faults/kinds.rs", "use crate::account::{Account, login};", "faults may not import login"),
        (
            "login/mod.rs",
            "use crate::account::records::{reading::RecordReader, Record};",
            "login may not import records/reading",
        ),
        ("links/calls.rs", "use crate::account::answer::Answer;", "calls may not import answer"),
        (
            "answer.rs",
            "use crate::account::Query;",
            "answer imports Query from the root, and not from its room",
        ),
        ("faults/mod.rs", "impl Account {", "faults may not give an account methods"),
        ("cellar.rs", "", "cellar has no place in ROOMS"),
    ];
    for (path, text, rule) in in_account {
        assert_eq!(violations_in_account(path, text), [rule], "{text}");
    }
    assert!(violations_in_account("login/calls.rs", "impl Account {").is_empty());
    let long_function = format!("fn long() {{\n{}}}", "    work();\n".repeat(69));
    let of_form = [
        ("    use crate::model::*;".to_owned(), "line 1 imports all there is"),
        ("use super::super::Account;".to_owned(), "line 1 climbs twice"),
        ("\n".repeat(401), "is longer than 400 lines"),
        (long_function, "the function in line 1 is longer than 70 lines"),
    ];
    for (text, rule) in of_form {
        assert_eq!(violations_of_form(&text), [rule], "{text}");
    }
    let short_function = format!("pub async fn short() {{\n{}}}", "    work();\n".repeat(68));
    assert!(violations_of_form(&short_function).is_empty());
    let riddle = "/// What it is.\n/// What follows.\nfn f() {}\n//! The same again.";
    assert_eq!(riddles(riddle), ["line 1: /// What it is.", "line 4: //! The same again."]);
    let circle = [("one", "two three"), ("two", "four"), ("three", ""), ("four", "one")];
    assert_eq!(in_a_circle(&circle), ["one", "two", "four"]);
    assert!(violations("account", "// SystemTime and actix_web in a comment").is_empty());
    assert!(violations("clock", "SystemTime::now().into()").is_empty());
}
