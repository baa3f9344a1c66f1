//! The recipes and the npm package: each recipe is in the manual, a script runs it, and all say what the binary says.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};

use crate::manual::page::{pages, root};
use crate::process::{command, run};

/// Recipes in languages whose tools the tests cannot install.
const NOT_RUN: &[&str] =
    &["dotnet/BelvoEmulator.cs", "dotnet/EmploymentTests.cs", "testcontainers/BelvoContainer.java"];
const SCRIPT: &str = "tests/clients/recipes/run";

fn text_of(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of all recipes, such as `go/employment_test.go`.
fn recipes() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in fs::read_dir(root().join("packaging/recipes")).unwrap() {
        let folder = folder.unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let (folder, file) = (folder.file_name(), file.unwrap().file_name());
            names.insert(format!("{}/{}", folder.display(), file.display()));
        }
    }
    assert!(names.len() > 10, "{names:?}");
    names
}

/// The recipes, and the files of the npm package that say what the binary says.
fn sources() -> Vec<(String, String)> {
    let npm = ["account", "binary", "flags", "process"];
    let npm = npm.iter().map(|name| format!("packaging/npm/package/lib/{name}.js"));
    let recipes = recipes().into_iter().map(|name| format!("packaging/recipes/{name}"));
    recipes.chain(npm).map(|path| (path.clone(), text_of(&path))).collect()
}

/// The words of a text that begin with a prefix and go on with these characters.
fn words<'a>(text: &'a str, prefix: &'a str, goes_on: fn(char) -> bool) -> Vec<&'a str> {
    let starts = text.match_indices(prefix).map(|(start, _)| &text[start..]);
    starts.map(|rest| rest.split(|char| !goes_on(char)).next().unwrap()).collect()
}

fn variables<'a>(text: &'a str, prefix: &'a str) -> Vec<&'a str> {
    words(text, prefix, |char| char.is_ascii_uppercase() || char == '_')
}

#[test]
fn each_recipe_is_run_by_the_script_or_known_not_to_be() {
    let script = text_of(SCRIPT);
    let lines = script.lines().filter_map(|line| line.strip_prefix("    files "));
    let run: BTreeSet<String> = lines.flat_map(|line| line.split(' ').map(str::to_owned)).collect();
    let not_run: BTreeSet<String> = NOT_RUN.iter().map(|name| (*name).to_owned()).collect();
    assert!(run.is_disjoint(&not_run), "{run:?}");
    assert_eq!(run.union(&not_run).cloned().collect::<BTreeSet<_>>(), recipes());
    for name in NOT_RUN {
        assert!(script.contains(name), "{name}: {SCRIPT} does not say why it is not run");
    }
}

#[test]
fn each_recipe_is_shown_on_a_page_that_names_the_test_that_runs_it() {
    let pages = pages();
    for name in recipes() {
        let directive = format!("<!-- same as: packaging/recipes/{name} -->");
        let shown: Vec<_> = pages.iter().filter(|page| page.text.contains(&directive)).collect();
        let [page] = shown[..] else { panic!("{name} is shown on {} pages", shown.len()) };
        let (folder, _) = name.split_once('/').unwrap();
        let says = match NOT_RUN.contains(&name.as_str()) {
            true => "No test ".to_owned(),
            false => format!("`{SCRIPT} {folder}`"),
        };
        assert!(page.text.contains(&says), "{}: {name}: {says}", page.name);
    }
}

#[test]
fn the_first_test_of_the_npm_package_is_one_that_is_run() {
    let readme = text_of("packaging/npm/package/README.md");
    for file in ["vitest.config.ts", "first.test.ts"] {
        let run = text_of(&format!("tests/clients/packages/npm/vitest/{file}"));
        assert!(readme.contains(&format!("```ts\n{run}```\n")), "{file}");
    }
}

#[test]
fn recipes_wait_for_the_line_that_the_binary_prints() {
    let mut child = command(&["--port", "0"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let (ready, _) = line.split_once("http").unwrap();
    let mut waiting = 0;
    for (path, text) in sources() {
        let said = text.matches("ready on ").count();
        waiting += said;
        assert_eq!(
            said,
            text.matches(ready).count(),
            "{path} waits for another line than {ready:?}"
        );
    }
    assert!(waiting >= 9, "{waiting}");
}

#[test]
fn recipes_use_flags_variables_and_the_port_of_the_binary() {
    let help = run(&["--help"]).stdout + &run(&["healthcheck", "--help"]).stdout;
    let flags: BTreeSet<&str> =
        words(&help, "--", |char| char.is_ascii_lowercase() || char == '-').into_iter().collect();
    let settings: BTreeSet<&str> = variables(&help, "BELVO_EMULATOR_").into_iter().collect();
    let told = run(&["exec", "--", "env"]).stdout;
    let told: BTreeSet<&str> = variables(&told, "BELVO_").into_iter().collect();
    let (_, after) = help.split_once("[env: BELVO_EMULATOR_PORT=]").unwrap();
    let (_, after) = after.split_once("[default: ").unwrap();
    let port = after.split(']').next().unwrap();
    for (path, text) in sources() {
        for line in text.lines().filter(|line| line.contains("--port")) {
            for flag in words(line, "--", |char| char.is_ascii_lowercase() || char == '-') {
                assert!(flag == "--" || flags.contains(flag), "{path}: {flag}");
            }
        }
        for name in variables(&text, "BELVO_") {
            let is_known = settings.contains(name) || told.contains(name);
            let is_made = name == "BELVO_EMULATOR_" || name == "BELVO_EMULATOR_BIN";
            assert!(is_known || is_made, "{path}: {name}");
        }
        if path.contains("testcontainers/") {
            assert!(text.contains(&format!("PORT = {port}")), "{path}: the port is {port}");
        }
    }
}
