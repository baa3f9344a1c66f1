//! The inputs that the fuzz targets begin with, and those that once found something. Each goes
//! through the function of its target, without a fuzzer.

mod harness;

use std::cell::Cell;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Once;

use crate::process::run;

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the panics of this thread, also those that become an answer with 500.
fn count_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            PANICS.set(PANICS.get() + 1);
            usual(panic);
        }));
    });
}

fn files(target: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target);
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{target} has no corpus");
    files.sort();
    files
}

fn replay(target: &str, run: impl Fn(&[u8])) {
    count_panics();
    for file in files(target) {
        let before = PANICS.get();
        run(&fs::read(&file).unwrap());
        assert_eq!(PANICS.get(), before, "{} makes something panic", file.display());
    }
}

#[test]
fn requests_of_the_corpus_are_answered_and_leave_sound_accounts() {
    replay("requests", harness::requests);
}

#[test]
fn snapshots_of_the_corpus_are_refused_or_leave_sound_accounts() {
    replay("snapshot", harness::snapshot);
}

#[test]
fn scenarios_of_the_corpus_are_refused_or_can_be_lived_with() {
    replay("scenario", harness::scenario);
}

#[test]
fn flags_of_the_corpus_are_refused_with_a_sentence_or_taken() {
    replay("flags", harness::flags);
}

#[test]
fn descriptions_of_the_corpus_are_compared_or_refused() {
    for file in files("drift") {
        let finished = run(&["drift", file.to_str().unwrap()]);
        assert!([0, 1, 2].contains(&finished.code), "{}: {}", file.display(), finished.stderr);
    }
}
