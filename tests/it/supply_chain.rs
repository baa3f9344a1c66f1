//! What the binary is made of: crates of one registry, under licences that let it be passed on with
//! their texts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates that bring no text; their licence is known by its name.
const WITHOUT_TEXT: &[&str] = &["impl-more"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The name and the licence of each crate that is linked.
fn crates() -> BTreeSet<(String, String)> {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let tree = ["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none"];
    let format = ["--no-dedupe", "--format", "{p}|{l}"];
    let text = output(Command::new(cargo).args(tree).args(format));
    let crates = text.lines().filter_map(|line| {
        let (name, licence) = line.split_once('|')?;
        Some((name.split(' ').next()?.to_owned(), licence.to_owned()))
    });
    let crates: BTreeSet<_> = crates.collect();
    assert!(crates.len() > 50, "{crates:?}");
    crates
}

/// Whoever builds the crate needs all that is built into the program, and the terms of its licence.
#[test]
fn the_crate_has_all_that_is_built_in_and_no_test_of_the_repository() {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let list = ["package", "--list", "--offline", "--locked", "--allow-dirty"];
    let text = output(Command::new(cargo).args(list));
    let packed: BTreeSet<&str> = text.lines().collect();
    for folder in ["scenarios", "ui/dist"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap());
            assert!(packed.contains(&*path), "{path} is not in the crate");
        }
    }
    for file in ["Cargo.lock", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"] {
        assert!(packed.contains(file), "{file} is not in the crate");
    }
    let is_of_tests = |path: &&&str| {
        ["tests/", "fuzz/", "ui/src/", "packaging/"].iter().any(|folder| path.starts_with(folder))
    };
    assert_eq!(packed.iter().find(is_of_tests), None);
}

/// The licences that `deny.toml` allows.
fn allowed() -> BTreeSet<String> {
    let rules = fs::read_to_string(root().join("deny.toml")).unwrap();
    let (_, list) = rules.split_once("\nallow = [\n").unwrap();
    let (list, _) = list.split_once("\n]").unwrap();
    list.lines().map(|line| line.trim().trim_matches([',', '"']).to_owned()).collect()
}

/// Tells that one way to read the expression asks for allowed licences only. A plus stands for
/// later versions as well.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let plain = licence.replace(['(', ')'], "").replace('/', " OR ");
    let all = plain.split(" AND ");
    all.map(|part| part.split(" OR ").map(|way| way.trim().trim_end_matches('+')))
        .all(|mut ways| ways.any(|way| allowed.contains(way)))
}

#[test]
fn every_linked_crate_may_be_passed_on() {
    let allowed = allowed();
    for (name, licence) in crates() {
        assert!(is_allowed(&licence, &allowed), "{name} is licensed under {licence:?}");
    }
    for licence in ["GPL-3.0", "MIT AND AGPL-3.0", ""] {
        assert!(!is_allowed(licence, &allowed), "{licence}");
    }
}

#[test]
fn every_crate_comes_from_one_registry_with_its_checksum() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let mut sources = BTreeSet::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key));
            line.map(|line| line.trim_start_matches(" = ").to_owned())
        };
        if value("name").as_deref() == Some("\"belvo-emulator\"") {
            continue;
        }
        sources.extend(value("source"));
        assert!(value("checksum").is_some(), "no checksum: {package}");
    }
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert!(sources.first().unwrap().starts_with("\"registry+"), "{sources:?}");
}

#[test]
fn the_licences_beside_the_binary_name_each_crate_and_have_its_text() {
    let texts = output(&mut Command::new(root().join("packaging/licences")));
    for of_the_page in ["preact\n", "@preact/signals\n", "Jason Miller"] {
        assert!(texts.contains(of_the_page), "{of_the_page}");
    }
    for (name, licence) in crates() {
        if name == "belvo-emulator" {
            continue;
        }
        let begins = format!("{name} ");
        let line = texts.lines().find(|line| line.starts_with(&begins));
        let line = line.unwrap_or_else(|| panic!("{name} is not there"));
        assert!(line.contains(&format!("({licence})")), "{line}");
        let has_text = !line.ends_with(':');
        assert_eq!(has_text, !WITHOUT_TEXT.contains(&name.as_str()), "{line}");
    }
    assert!(texts.contains("Permission is hereby granted, free of charge"));
    assert!(texts.contains("Apache License"));
}
