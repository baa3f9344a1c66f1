//! Advice for receivers that answered, but did not accept the webhook.

use url::Url;

use crate::account::{Dispatch, Outcome};
use crate::model::address::without_secrets;

/// Words in the answers of frameworks, each with the way to mend the refusal.
const REFUSALS: [(&str, &str); 7] = [
    ("CSRF", "exempt the path of the webhooks from the check of CSRF tokens"),
    ("InvalidAuthenticityToken", "exempt the path of the webhooks from the check of CSRF tokens"),
    ("ALLOWED_HOSTS", "add the host of --webhook-url to ALLOWED_HOSTS"),
    ("Blocked host", "add the host of --webhook-url to config.hosts"),
    ("Invalid Host", "allow the host of --webhook-url in the receiver's settings"),
    ("HTTPS port", "write https:// instead of http:// in --webhook-url"),
    ("HTTPS server", "write https:// instead of http:// in --webhook-url"),
];

/// Returns the way to make the receiver accept the webhook, where its answer shows one.
pub(super) fn advice(attempt: &Dispatch, outcome: &Outcome) -> Option<String> {
    let status = outcome.status?;
    let known = REFUSALS.iter().find(|(words, _)| outcome.body.contains(words));
    if let (400..=599, Some((_, advice))) = (status, known) {
        return Some((*advice).to_owned());
    }
    let url = without_secrets(&attempt.url);
    match status {
        300..=399 => Some(redirect(&attempt.url, outcome)),
        401 | 403 | 407 if attempt.authorization.is_none() => Some(
            "the receiver may want an Authorization header: pass its value with \
             --webhook-authorization"
                .to_owned(),
        ),
        401 | 403 | 407 => Some(
            "the receiver does not accept the Authorization header of the webhook: check \
             --webhook-authorization"
                .to_owned(),
        ),
        404 | 410 => Some(format!(
            "the receiver has nothing at {url}: check the path, to its last slash, in --webhook-url"
        )),
        405 => Some(format!("the receiver takes no POST at {url}: check its route")),
        415 => Some("let the receiver take application/json".to_owned()),
        419 => Some("exempt the path of the webhooks from the check of CSRF tokens".to_owned()),
        _ => None,
    }
}

/// Webhooks follow no redirect, as Belvo's do not.
fn redirect(url: &str, outcome: &Outcome) -> String {
    let location = outcome.headers.get("location");
    let target = Url::parse(url).ok().zip(location).and_then(|(url, to)| url.join(to).ok());
    match target {
        Some(target) => {
            let target = without_secrets(target.as_str());
            format!("webhooks follow no redirect: pass {target} with --webhook-url")
        }
        None => "webhooks follow no redirect: pass the final address with --webhook-url".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::advice;
    use crate::account::{Dispatch, Outcome};

    #[test]
    fn an_answer_that_refuses_leads_to_advice() {
        for (status, location, body, expected) in [
            (200, "", "", None),
            (200, "", "CSRF", None),
            (302, "/login?next=hidden", "", Some("pass http://hook.test/login with --webhook-url")),
            (308, "https://hook.test/a/", "", Some("pass https://hook.test/a/ with")),
            (304, "", "", Some("pass the final address")),
            (401, "", "", Some("pass its value with --webhook-authorization")),
            (403, "", "<h1>CSRF verification failed.", Some("exempt the path")),
            (403, "", "Blocked hosts: app", Some("config.hosts")),
            (400, "", "You may need to add 'x' to ALLOWED_HOSTS.", Some("to ALLOWED_HOSTS")),
            (400, "", "Client sent an HTTP request to an HTTPS server.", Some("https://")),
            (404, "", "", Some("nothing at http://hook.test/a: check the path")),
            (405, "", "", Some("takes no POST at http://hook.test/a")),
            (419, "", "", Some("CSRF")),
            (500, "", "", None),
        ] {
            let mut outcome = Outcome { body: body.to_owned(), ..Outcome::status(status) };
            if !location.is_empty() {
                outcome.headers.insert("location".to_owned(), location.to_owned());
            }
            let found = advice(&Dispatch::to("http://hook.test/a?b=hidden"), &outcome);
            match expected {
                None => assert_eq!(found, None, "{status}"),
                Some(expected) => {
                    let found = found.unwrap();
                    assert!(found.contains(expected), "{status}: {found}");
                    assert!(!found.contains("hidden"), "{found}");
                }
            }
        }
        let mut attempt = Dispatch::to("http://hook.test/");
        attempt.authorization = Some("Bearer hidden".into());
        let found = advice(&attempt, &Outcome::status(401)).unwrap();
        assert!(found.ends_with("check --webhook-authorization"), "{found}");
    }
}
