//! The keys of the bodies of Belvo's API. Belvo ignores others in silence, and so do we; the
//! explanation of a request says so.

use serde_json::Value;

use crate::model::suggestion::did_you_mean;
use crate::operations::Operation;

/// Documented keys of a registration that have no effect here.
const NO_EFFECT: &[&str] = &[
    "password",
    "password2",
    "username3",
    "username_type",
    "username2_type",
    "username3_type",
    "certificate",
    "private_key",
    "encryption_key",
    "save_data",
];

/// Returns the keys that a body can have.
pub(crate) fn known_keys(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::RegisterLink => &[
            "institution",
            "username",
            "username2",
            "token",
            "password",
            "access_mode",
            "fetch_resources",
            "fetch_historical",
            "external_id",
            "credentials_storage",
            "stale_in",
        ],
        Operation::PatchBody | Operation::PatchOwners => &["session", "link", "token", "save_data"],
        Operation::RetrieveEmploymentMetricDetails => &["link", "reference_date", "save_data"],
        Operation::RetrieveOwners => &["link", "token", "save_data"],
        Operation::ChangeAccessMode => &["access_mode", "fetch_resources", "stale_in"],
        Operation::UpdateLink => &["password"],
        Operation::RefreshLink => &["fetch_resources"],
        Operation::RetrieveEmploymentRecords | Operation::RetrieveCurrentEmployments => {
            &["link", "save_data", "attach_pdf"]
        }
        Operation::CreateToken => &[
            "id",
            "password",
            "scopes",
            "link_id",
            "fetch_resources",
            "credentials_storage",
            "stale_in",
            "widget",
        ],
        _ => &[],
    }
}

/// Returns a sentence for each key of a body that was ignored because the call does not know it.
pub(crate) fn ignored_keys(operation: Operation, body: &Value) -> Vec<String> {
    let known = known_keys(operation);
    let keys = body.as_object().into_iter().flat_map(|object| object.keys());
    let unknown = keys.filter(|key| {
        !known.contains(&key.as_str()) && !known.is_empty() && !NO_EFFECT.contains(&key.as_str())
    });
    unknown
        .map(|key| {
            let meant = did_you_mean(key, known.iter().copied());
            format!("the key {key:?} of the body was ignored, as Belvo does.{meant}")
        })
        .collect()
}
