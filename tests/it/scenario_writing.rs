//! Scenario files of one's own: `scenarios new` and `scenarios show`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::app::app_with;
use crate::process::{Finished, command, finish, run};

fn new(folder: &Path, arguments: &[&str]) -> Finished {
    let folder = folder.to_str().unwrap();
    run(&[&["scenarios", "new", "--scenarios", folder], arguments].concat())
}

#[test]
fn a_copy_of_every_scenario_passes_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let listed = run(&["scenarios", "--format", "json"]).json();
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    for name in &names {
        let copied = new(folder.path(), &[&format!("my_{name}"), "--from", name]);
        assert_eq!(copied.code, 0, "{name}: {}", copied.stderr);
    }
    let path = folder.path().to_str().unwrap();
    let checked = run(&["scenarios", "check", path, "--deny", "warnings"]);
    assert_eq!(checked.code, 0, "{}", checked.stdout);
    assert_eq!(checked.stdout, format!("no mistakes in {} files\n", names.len()));
}

#[actix_web::test]
async fn a_copy_answers_a_curp_that_nobody_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let copied = new(folder.path(), &["new_hire", "--from", "institution_down"]);
    let says = format!(
        "wrote {path}/new_hire.belvo.json: the CURP NEWH900101MXXXXX00 gets it with \
         belvo-emulator --scenarios {path}\n"
    );
    assert_eq!(copied.stdout, says);
    let again = new(folder.path(), &["new_hires", "--from", "employed"]);
    assert!(again.stdout.contains("NEWH900102MXXXXX00"), "{}", again.stdout);
    let chosen =
        new(folder.path(), &["mine", "--from", "email_taken", "--curp", "MINE900101HXXXXX00"]);
    assert!(chosen.stdout.contains("the CURP MINE900101HXXXXX00 gets it"), "{}", chosen.stderr);
    let app = app_with(&["--scenarios", path]).await;
    let down = app.create_link("NEWH900101MXXXXX00").await.problem(400);
    assert_eq!(down.0, "institution_down");
    app.create_link("NEWH900102MXXXXX00").await.created();
}

#[test]
fn nothing_is_written_where_something_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(new(folder.path(), &["mine", "--from", "employed"]).code, 0);
    let path = folder.path().join("mine.belvo.json");
    let before = fs::read_to_string(&path).unwrap();
    for (arguments, says) in [
        (vec!["mine", "--from", "retired"], "\"mine\" is also the name of"),
        (vec!["Mine", "--from", "retired"], "expected lower-case letters, digits and underscores"),
        (vec!["other", "--from", "employd"], "Did you mean \"employed\"?"),
        (vec!["other", "--from", "employed", "--curp", "X"], "--curp: curp \"X\": expected 18"),
        (
            vec!["other", "--from", "employed", "--curp", "FAIL400002HXXXXX00"],
            "The CURP FAIL400002HXXXXX00 already belongs to the scenario \"nss_not_found\"",
        ),
    ] {
        let refused = new(folder.path(), &arguments);
        assert_eq!((refused.code, &*refused.stdout), (2, ""), "{arguments:?}");
        assert!(refused.stderr.contains(says), "{arguments:?}: {}", refused.stderr);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    // Without a folder the file goes to the present one, and replaces none.
    let mut here = command(&["scenarios", "new", "mine", "--from", "employed"]);
    here.current_dir(folder.path());
    let here = finish(here);
    assert_eq!(here.code, 2);
    assert!(here.stderr.contains("./mine.belvo.json exists: delete it"), "{}", here.stderr);
}

#[test]
fn a_scenario_is_shown_with_its_path() {
    let shown = run(&["scenarios", "show", "job_changes"]);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/job_changes.json");
    assert_eq!(shown.stdout, fs::read_to_string(file).unwrap());
    assert_eq!(shown.stderr, "scenarios/job_changes.json\n");
    let folder = tempfile::tempdir().unwrap();
    new(folder.path(), &["mine", "--from", "employed"]);
    let path = folder.path().to_str().unwrap();
    let own = run(&["scenarios", "show", "mine", "--scenarios", path]);
    assert_eq!(own.stderr, format!("{path}/mine.belvo.json\n"));
    let own: Value = serde_json::from_str(&own.stdout).unwrap();
    assert_eq!(own["name"], "mine");
    let unknown = run(&["scenarios", "show", "employd"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("Did you mean \"employed\"?"), "{}", unknown.stderr);
}
