//! Scenario files in which anything is wrong: nothing panics, the schema and serde agree, and each
//! fix mends its finding.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::model::json;
use crate::scenario::lint::finding::MOST_FINDINGS;
use crate::scenario::lint::render::one_line;
use crate::scenario::lint::{
    Check, Drawing, Finding, Report, Source, as_github, as_json, as_text, check,
};
use crate::scenario::{Scenario, built_in};

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();

/// The number of changed texts that each file is tried with.
const CHANGES: u32 = 80;

fn source_of(path: &Path) -> Source {
    let (text, path) = (fs::read_to_string(path).unwrap(), path.display().to_string());
    Source { path, text, built_in: false, folder: 1 }
}

/// The entries of a folder of this repository, in the order of their names.
fn entries(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The places in the sources at which a rule adds a finding, each with its file and its line.
fn rules() -> Vec<(String, usize)> {
    let (mut folders, mut rules) = (vec!["src/scenario/lint".to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().unwrap().to_str().unwrap();
            let shown = format!("{folder}/{name}");
            if path.is_dir() {
                folders.push(shown);
            } else if name != "tests.rs" {
                let text = fs::read_to_string(&path).unwrap();
                let adds = text.lines().zip(1..).filter(|(line, _)| line.contains(".add("));
                rules.extend(adds.map(|(_, line)| (shown.clone(), line)));
            }
        }
    }
    rules
}

fn report_of(text: &str) -> Report {
    let source = Source { path: "a.json".into(), text: text.into(), built_in: false, folder: 1 };
    check(vec![source], TODAY).0
}

/// The built-in files, and those with mistakes.
fn files() -> Vec<String> {
    let mistakes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mistakes");
    let mut texts: Vec<String> = built_in().into_iter().map(|source| source.text).collect();
    for kind in ["syntax", "shape", "meaning"] {
        for entry in fs::read_dir(mistakes.join(kind)).unwrap() {
            texts.extend(fs::read_to_string(entry.unwrap().path()));
        }
    }
    texts
}

/// Numbers that follow from the first one.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// Things that stand in scenario files, in right places and in wrong ones.
const PIECES: [&str; 34] = [
    "null",
    "true",
    "0",
    "-1",
    "1.0",
    "1e999",
    "18446744073709551616",
    "\"\"",
    "\"é\\u0000\"",
    "[]",
    "{}",
    "[1, 3]",
    "\"EMPLOYED\"",
    "\"load\"",
    "{\"event\": \"load\"}",
    "\"2019-02-30\"",
    "\"2020-01-01\"",
    "\"15s\"",
    "\"1 day 2h\"",
    "\"0\"",
    "\"-2y\"",
    "\"4000d\"",
    "\"99999999999y\"",
    "\"HIRE980101MXXXXX00\"",
    "\"ñIRE980101MXXXXX00\"",
    "\"(\"",
    "\"\\ud83d\\ude00[\"",
    "name",
    ",",
    ":",
    "\"name\": 1",
    "// x",
    "\u{feff}",
    "\"curp_has_a_link\"",
];

/// Changes a text: a piece of it is replaced, removed or doubled.
fn changed(text: &str, numbers: &mut Numbers) -> String {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    // Values end where these stand, so that most changes replace a whole one.
    let borders: Vec<usize> = ends
        .iter()
        .copied()
        .filter(|at| text[*at..].starts_with([',', '}', ']', '{', '[', ':', ' ', '\n']))
        .collect();
    let places = if numbers.below(3) == 0 || borders.len() < 2 { &ends } else { &borders };
    let from = places[numbers.below(places.len())];
    let later: Vec<usize> = places.iter().copied().filter(|at| *at >= from).take(12).collect();
    let to = later[numbers.below(later.len())];
    let piece = match numbers.below(3) {
        0 => text[from..to].repeat(2),
        1 => String::new(),
        _ => PIECES[numbers.below(PIECES.len())].to_owned(),
    };
    format!("{}{piece}{}", &text[..from], &text[to..])
}

/// Draws a report in all ways, and looks at its places.
fn hold(text: &str, report: &Report) {
    for finding in &report.findings {
        assert!(text.get(finding.place.range.clone()).is_some(), "{finding:?}\n{text}");
        let fix = finding.fix.as_ref().map(|fix| fix.range.clone());
        assert!(fix.is_none_or(|range| text.get(range).is_some()), "{finding:?}\n{text}");
        assert!(!finding.message.is_empty() && !one_line(report, finding).contains('\n'));
    }
    assert!(report.findings.len() <= MOST_FINDINGS);
    assert!(!as_text(report, Drawing { colors: true, unicode: true }).is_empty());
    assert!(!as_json(report).is_empty() && !as_github(report).is_empty());
}

/// Findings about the shape, which serde would refuse as well.
fn is_of_shape(finding: &&Finding) -> bool {
    use Check::{
        DuplicateKey, MissingKey, NotARegex, OutOfBounds, RefusedValue, Syntax, UnknownKey,
        UnknownValue, WrongForm, WrongType,
    };
    let shape = [
        DuplicateKey,
        MissingKey,
        NotARegex,
        OutOfBounds,
        RefusedValue,
        Syntax,
        UnknownKey,
        UnknownValue,
        WrongForm,
        WrongType,
    ];
    shape.contains(&finding.check)
}

#[test]
fn no_text_panics_and_the_schema_agrees_with_serde() {
    let mut numbers = Numbers(7);
    for file in files() {
        let mut text = file.clone();
        for change in 0..CHANGES {
            // A few changes on top of one another, then from the file again.
            text = changed(if change % 4 == 0 { &file } else { &text }, &mut numbers);
            let report = report_of(&text);
            hold(&text, &report);
            let read = json::parse::<Scenario>(text.as_bytes());
            let of_shape = report.findings.iter().find(is_of_shape);
            match (&read, of_shape) {
                (Ok(_), Some(finding)) => panic!("serde reads it: {finding:?}\n{text}"),
                (Err(mistake), None) => panic!("serde refuses it: {mistake:?}\n{text}"),
                _ => {}
            }
            let by_serde_alone =
                report.findings.iter().filter(|it| it.check == Check::RefusedValue);
            for finding in by_serde_alone {
                let known = [
                    "longer than 3650 days",
                    "the fewest and the most",
                    "is not a duration",
                    // Keys that contradict one another.
                    "concurrent_jobs needs a person",
                    "concurrent_jobs is ",
                    "says nothing with \"source\": \"ISSSTE\"",
                    "employer needs two names",
                    "has no current job",
                    "without a start_date",
                    "without an end_date",
                    "before it begins",
                    "the lowest and the highest",
                    // A name of blanks.
                    "the name of an employer",
                ];
                let is_known = known.iter().any(|words| finding.message.contains(words));
                assert!(is_known, "the schema does not find this: {finding:?}\n{text}");
            }
        }
    }
}

/// Each mistake of the corpus has its expected output, so a rule that is switched off changes one of
/// them.
#[test]
fn every_rule_is_met_by_a_mistake() {
    let mut met: HashSet<(String, usize)> = HashSet::new();
    for kind in ["syntax", "shape", "meaning"] {
        for mistake in entries(&format!("tests/it/mistakes/{kind}")) {
            let files = match mistake.is_dir() {
                true => entries(&format!(
                    "tests/it/mistakes/{kind}/{}",
                    mistake.file_name().unwrap().to_str().unwrap()
                )),
                false => vec![mistake],
            };
            let own = files.iter().map(PathBuf::as_path).map(source_of);
            let (report, _) = check(built_in().into_iter().chain(own).collect(), TODAY);
            let rules = report.findings.iter().map(|finding| finding.rule);
            met.extend(rules.map(|rule| (rule.file().to_owned(), rule.line() as usize)));
        }
    }
    let rules = rules();
    assert!(rules.len() > 40, "{rules:?}");
    let unmet: Vec<&(String, usize)> = rules.iter().filter(|rule| !met.contains(rule)).collect();
    assert!(unmet.is_empty(), "no mistake of the corpus meets {unmet:#?}");
    let unknown: Vec<&(String, usize)> = met.iter().filter(|rule| !rules.contains(rule)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_fix_mends_its_finding() {
    for text in files() {
        for finding in report_of(&text).findings {
            let Some(fix) = &finding.fix else { continue };
            let mut mended = text.clone();
            mended.replace_range(fix.range.clone(), &fix.text);
            let is_left = |other: &Finding| {
                other.check == finding.check && other.place.range.start == finding.place.range.start
            };
            let left = report_of(&mended).findings.into_iter().find(is_left);
            assert!(left.is_none(), "{finding:?}\n{mended}\n{left:?}");
        }
    }
}

#[test]
fn the_work_for_a_bad_file_is_bounded() {
    let unknown = "\"a\":1,".repeat(150_000);
    let deep = "[".repeat(1_000_000);
    let deep_objects = "{\"a\":".repeat(200_000);
    let long_text = format!("{{\"name\": \"{}\"}}", "A".repeat(1_000_000));
    let long_regex = format!(
        "{{\"when\": {{\"rule\": {{\"curp_does_not_match\": \"{}\"}}}}}}",
        "(".repeat(500_000)
    );
    let many_steps = format!(
        "{{\"name\": \"a\", \"description\": \"d\", \"login\": {{\"accept\": {{\"data\": {{\"records\": \
         []}}, \"later\": [{}]}}}}}}",
        vec!["{\"event\": \"raise\"}"; 40_000].join(",")
    );
    for text in
        [format!("{{{unknown}\"b\":1}}"), deep, deep_objects, long_text, long_regex, many_steps]
    {
        let report = report_of(&text);
        assert!((1..=MOST_FINDINGS).contains(&report.findings.len()));
        hold(&text, &report);
    }
}
