//! The scenario files in the binary.

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        /// Path and text of each file of `scenarios/`, in the order of the documentation.
        pub(super) const FILES: &[(&str, &str)] = &[
            $((
                concat!("scenarios/", $name, ".json"),
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/", $name, ".json")),
            )),+
        ];
    };
}

files![
    "employed",
    "long_career",
    "unemployed",
    "retired",
    "issste",
    "no_records",
    "slow_institution",
    "webhook_twice",
    "webhook_never",
    "job_changes",
    "refused_later",
    "token_later",
    "nss_curp_mismatch",
    "nss_not_found",
    "curp_not_in_renapo",
    "curp_incorrect",
    "curp_wrong_length",
    "person_without_nss",
    "imss_data_mismatch",
    "imss_office_visit",
    "email_taken",
    "daily_login_limit",
    "institution_down",
    "institution_unavailable",
    "institution_inactive",
    "unavailable_data",
    "too_many_sessions",
    "validation_error",
    "issste_curp_invalid",
    "duplicated",
    "activation_failed",
    "login_invalid_credentials",
    "login_token_unsupported",
    "login_unexpected",
    "login_not_attempted",
    "login_missing_credentials",
    "login_forbidden",
    "login_locked",
    "access_denied",
    "access_to_production_denied",
    "permission_denied",
    "quota_limit_reached",
    "token_required",
    "activation_required",
    "request_timeout",
    "unexpected_error",
    "service_unavailable",
    "persona_nurse",
    "persona_seasonal_worker",
    "persona_developer",
    "persona_teacher",
    "persona_welder",
    "persona_waitress",
    "persona_pensioner",
    "persona_cashier",
    "persona_market_vendor",
    "persona_truck_driver",
    "persona_foreman",
    "persona_accountant",
];

/// The begin of the names of the people of the demo.
const PERSONA: &str = "persona_";

/// Tells that a built-in scenario is one of the people of the demo.
pub(crate) fn is_persona(name: &str) -> bool {
    name.starts_with(PERSONA) && is_built_in(name)
}

/// Tells that a file in the binary has a scenario of this name, which is the file's own.
pub(crate) fn is_built_in(name: &str) -> bool {
    let stem = |path: &'static str| path.strip_prefix("scenarios/")?.strip_suffix(".json");
    FILES.iter().any(|(path, _)| stem(path) == Some(name))
}
