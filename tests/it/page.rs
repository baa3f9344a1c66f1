//! The page for people: its files, their headers, and the ways that lead there.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use crate::app::{Answer, app};

const PAGE: &str = "/_emulator/";
const FILES: [(&str, &str); 4] = [
    (PAGE, "text/html; charset=utf-8"),
    ("/_emulator/page/page.js", "text/javascript; charset=utf-8"),
    ("/_emulator/page/page.css", "text/css; charset=utf-8"),
    ("/_emulator/page/licences.txt", "text/plain; charset=utf-8"),
];
/// As a browser that opens an address sends it.
const BROWSER: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn get(path: &str, headers: &[(&'static str, &'static str)]) -> TestRequest {
    let request = TestRequest::with_uri(path);
    headers.iter().fold(request, |request, header| request.insert_header(*header))
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name).map(|value| value.to_str().unwrap())
}

#[actix_web::test]
async fn the_files_come_without_keys_and_let_the_page_do_nothing_but_its_own() {
    let app = app().await;
    for (path, media_type) in FILES {
        let answer = app.call_unchecked(get(path, &[])).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.len() > 500, "{path}");
        for (name, value) in [
            ("Content-Type", media_type),
            (
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                 img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cache-Control", "no-cache"),
        ] {
            assert_eq!(header(&answer, name), Some(value), "{path} {name}");
        }
        assert_eq!(header(&answer, "X-Request-Id").map(str::len), Some(32), "{path}");
        let head = app.call_unchecked(TestRequest::with_uri(path).method(Method::HEAD)).await;
        assert_eq!(head.status, 200, "{path}");
    }
    let page = String::from_utf8(app.call_unchecked(get(PAGE, &[])).await.body).unwrap();
    for (path, _) in &FILES[1..3] {
        assert!(page.contains(&format!("\"{}\"", path.trim_start_matches(PAGE))), "{path}");
    }
    assert!(!page.contains("<script>") && !page.contains("style="), "{page}");
}

#[actix_web::test]
async fn a_browser_is_led_to_the_page_and_a_client_is_not() {
    let app = app().await;
    for (path, headers, status, location) in [
        ("/", &[BROWSER][..], 302, Some(PAGE)),
        ("/_emulator", &[BROWSER], 302, Some(PAGE)),
        ("/", &[], 404, None),
        ("/", &[("Accept", "application/json")], 404, None),
        ("/_emulator", &[], 401, None),
        ("/_emulator/page/page.map", &[BROWSER], 401, None),
        ("/_emulator/page/", &[BROWSER], 401, None),
        ("/_emulator/page/../page/page.js", &[BROWSER], 401, None),
    ] {
        let answer = app.call_unchecked(get(path, headers)).await;
        let led = (answer.status, header(&answer, "Location"));
        assert_eq!(led, (status, location), "{path} {headers:?}");
    }
    let post = app.call_unchecked(TestRequest::with_uri(PAGE).method(Method::POST)).await;
    assert_eq!(post.status, 401);
}

#[actix_web::test]
async fn the_guard_stands_before_the_page() {
    let app = app().await;
    for (path, headers, status) in [
        (PAGE, [("Sec-Fetch-Site", "none")], 200),
        (PAGE, [("Sec-Fetch-Site", "same-origin")], 200),
        (PAGE, [("Sec-Fetch-Site", "cross-site")], 403),
        (PAGE, [("Sec-Fetch-Site", "same-site")], 403),
        ("/_emulator/page/page.js", [("Sec-Fetch-Site", "cross-site")], 403),
        (PAGE, [("Origin", "http://attacker.example")], 403),
        (PAGE, [("Host", "attacker.example")], 421),
    ] {
        assert_eq!(
            app.call_unchecked(get(path, &headers)).await.status,
            status,
            "{path} {headers:?}"
        );
    }
}

/// The image is built from a copy of some directories.
#[test]
fn the_image_is_built_with_the_page() {
    let read =
        |file| std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(read("Dockerfile").contains("\nCOPY ui/dist ui/dist\n"));
    assert!(read(".dockerignore").lines().any(|line| line == "!ui/dist"));
}
