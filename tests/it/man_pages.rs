//! Man pages, which come from the same source as the help.

use crate::process::run;

#[test]
fn man_pages_have_the_flags_of_their_command() {
    let page = run(&["man"]);
    assert_eq!((page.code, page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH belvo-emulator 1"), "{:.300}", page.stdout);
    for words in [r"\-\-webhook\-url", "healthcheck", "Exit codes"] {
        assert!(page.stdout.contains(words), "{words}");
    }
    let drift = run(&["man", "drift"]).stdout;
    assert!(drift.contains(r"\-\-all") && !drift.contains(r"\-\-webhook\-url"), "{drift}");
    let unknown = run(&["man", "dirft"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("there is no command \"dirft\"; there are serve, exec"),
        "{}",
        unknown.stderr
    );
}
