//! The scenario files in the binary.

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        /// Path and text of each file of `scenarios/`, in the order of the documentation.
        pub const FILES: &[(&str, &str)] = &[
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
    "access_denied",
    "token_required",
    "request_timeout",
    "unexpected_error",
    "service_unavailable",
];
