//! A request that arrived at `listen`: a webhook, or something else and the reason why it is none.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::model::curp::without_curps;
use crate::model::quote::cut;
use crate::model::redact;

/// The keys that every webhook of Belvo has. Two more may be null or empty.
const KEYS: [&str; 6] =
    ["webhook_id", "webhook_type", "process_type", "webhook_code", "link_id", "request_id"];

/// A request that arrived, without secrets.
pub(super) struct Arrival {
    /// The number of the request, counted from 1.
    pub number: u64,
    pub received_at: DateTime<Utc>,
    pub method: String,
    pub path: String,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    pub content: Content,
}

pub(super) enum Content {
    /// The body of a webhook.
    Webhook(Value),
    Other(Refusal),
}

/// The answer to what is no webhook.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: u16,
    /// A sentence that says why it is none, and how to mend that.
    pub problem: String,
}

impl Refusal {
    pub(super) fn new(status: u16, problem: impl Into<String>) -> Refusal {
        Refusal { status, problem: problem.into() }
    }
}

impl Content {
    /// Reads the body of a POST.
    pub(super) fn of(body: &[u8]) -> Content {
        match payload(body) {
            Ok(mut payload) => {
                redact::json(&mut payload);
                hide_curps(&mut payload);
                Content::Webhook(payload)
            }
            Err(problem) => Content::Other(Refusal::new(400, problem)),
        }
    }
}

fn payload(body: &[u8]) -> Result<Value, String> {
    if body.is_empty() {
        return Err("the body is empty; a webhook has a JSON object".to_owned());
    }
    let value: Value = serde_json::from_slice(body).map_err(|mistake| {
        let (line, column) = (mistake.line(), mistake.column());
        format!("the body is no JSON: the mistake is at line {line}, column {column}")
    })?;
    let Value::Object(object) = &value else {
        return Err("the body is JSON, but no object, and so no webhook".to_owned());
    };
    match KEYS.iter().find(|key| !object.get(**key).is_some_and(Value::is_string)) {
        Some(key) => Err(format!("the body is JSON, but no webhook of Belvo: it lacks {key}")),
        None => Ok(value),
    }
}

/// Hides the CURPs in the texts of JSON. Belvo's webhooks have none, but an `external_id` is what a
/// client makes it.
fn hide_curps(value: &mut Value) {
    match value {
        Value::Object(object) => object.values_mut().for_each(hide_curps),
        Value::Array(values) => values.iter_mut().for_each(hide_curps),
        Value::String(text) => *text = without_curps(text).into_owned(),
        _ => {}
    }
}

/// Returns the path of a request as it is shown. A query is never shown.
pub(super) fn shown_path(path: &str) -> String {
    cut(&without_curps(&redact::in_quotes(path))).into_owned()
}

/// Returns the text of a key of a payload.
pub(super) fn text<'a>(payload: &'a Value, key: &str) -> Option<&'a str> {
    payload[key].as_str()
}

/// Returns the news of a webhook in a few words, such as `1 profile`.
pub(super) fn summary(payload: &Value) -> Option<String> {
    const COUNTS: [(&str, &str); 4] = [
        ("total_employment_record_profiles", "profile"),
        ("total_owners", "owner"),
        ("total_current_employments", "current employment"),
        ("total_employment_metrics", "employment metric"),
    ];
    let data = &payload["data"];
    let count = |(key, noun): &(&str, &str)| {
        let count = data[*key].as_u64()?;
        Some(format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
    };
    let changes = || {
        let changes = data["employment_changes"].as_array()?;
        Some(changes.iter().filter_map(Value::as_str).collect::<Vec<&str>>().join(" "))
    };
    let error = || Some(format!("{} {}", data["status"].as_u64()?, data["error_code"].as_str()?));
    COUNTS.iter().find_map(count).or_else(changes).or_else(error)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::cli::listen::arrival::{Content, summary};

    fn webhook(key: &str, value: Value) -> Value {
        let mut webhook = json!({
            "webhook_id": "1", "webhook_type": "LINK", "process_type": "recurrent_update",
            "webhook_code": "link_deleted", "link_id": "2", "request_id": "3",
            "external_id": null, "data": {},
        });
        webhook[key] = value;
        webhook
    }

    #[test]
    fn what_is_no_webhook_is_told_with_the_reason() {
        let lacks = webhook("link_id", Value::Null).to_string();
        let deep = "[".repeat(10_000);
        for (body, problem) in [
            ("", "the body is empty; a webhook has a JSON object"),
            ("{\n oops}", "the body is no JSON: the mistake is at line 2, column 2"),
            ("\u{fffd}", "the body is no JSON: the mistake is at line 1, column 1"),
            (&deep, "the body is no JSON: the mistake is at line 1, column 128"),
            ("[]", "the body is JSON, but no object, and so no webhook"),
            ("{}", "the body is JSON, but no webhook of Belvo: it lacks webhook_id"),
            (&lacks, "the body is JSON, but no webhook of Belvo: it lacks link_id"),
        ] {
            let Content::Other(refusal) = Content::of(body.as_bytes()) else { panic!("{body}") };
            assert_eq!((refusal.status, refusal.problem.as_str()), (400, problem));
        }
    }

    #[test]
    fn a_payload_has_no_secrets_and_no_curps() {
        let data = json!({"token": "hidden", "note": ["user BLPM951331IONVGR54 of us"]});
        let mut sent = webhook("data", data);
        sent["external_id"] = "blpm951331ionvgr54".into();
        let Content::Webhook(payload) = Content::of(sent.to_string().as_bytes()) else { panic!() };
        assert_eq!(payload["external_id"], "[CURP]");
        let expected = json!({"token": "[redacted]", "note": ["user [CURP] of us"]});
        assert_eq!(payload["data"], expected);
    }

    #[test]
    fn each_kind_of_event_has_its_summary() {
        for (data, expected) in [
            (json!({"total_employment_record_profiles": 1}), Some("1 profile")),
            (json!({"total_employment_record_profiles": 0}), Some("0 profiles")),
            (json!({"total_owners": 1}), Some("1 owner")),
            (json!({"total_current_employments": 2}), Some("2 current employments")),
            (json!({"total_employment_metrics": 1}), Some("1 employment metric")),
            (
                json!({"employment_changes": ["EMPLOYED", "SALARY_INCREASED"]}),
                Some("EMPLOYED SALARY_INCREASED"),
            ),
            (
                json!({"error_code": "login_error", "error_message": "m", "status": 400}),
                Some("400 login_error"),
            ),
            (json!({}), None),
            (Value::Null, None),
        ] {
            assert_eq!(summary(&webhook("data", data.clone())).as_deref(), expected, "{data}");
        }
    }
}
