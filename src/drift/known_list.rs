//! The known differences from Belvo's description, each with its reason.
//!
//! The tests compare the emulator with a description of Belvo's of late 2025. A row that no longer
//! says what is the case is reported, so that it can be taken off.

use crate::drift::difference::ChangeKind::{
    NotRequired, Null, OnlyOurs, OnlyTheirs, Type, ValueNeverSent,
};
use crate::drift::known::{KnownDifference, answer, request, whole_answer};

const LINKS_OF_OTHER_KINDS: &[&str] = &[
    "POST /api/links/ body LinksRequestEmploymentBrazil",
    "POST /api/links/ body LinksRequestFiscalMexico",
];
const OF_CURRENT_EMPLOYMENTS: &[&str] = &[
    "GET /api/mx/current-employments/",
    "POST /api/mx/current-employments/",
    "DELETE /api/mx/current-employments/{id}/",
];
const INSTITUTIONS: &[&str] =
    &["GET /api/institutions/", "GET /api/institutions/{institution_id}/"];

pub(super) const KNOWN: &[KnownDifference] = &[
    request(
        "GET /api/",
        OnlyOurs,
        "Belvo's text on authentication names this call as the test of the keys, and its SDKs begin with it.",
    ),
    // Statuses.
    answer(
        "status 400",
        OnlyOurs,
        "A filter whose value has a wrong form is refused, as by Django REST Framework.",
    )
    .at(&["GET /api/employment-metrics/",
        "GET /api/employment-records/", "GET /api/institutions/", "GET /api/links/",
        "GET /api/owners/"]),
    answer(
        "status 400",
        OnlyOurs,
        "Belvo's error page has session_expired for it, and so had an earlier description.",
    )
    .at(&["PATCH /api/links/"]),
    answer("status 401", OnlyOurs, "Belvo's error page has it for wrong keys on every path.")
        .at(&["POST /api/token/"]),
    answer(
        "status 403",
        OnlyOurs,
        "A token of the widget is refused so where its scopes do not open the call.",
    )
    .at(&["POST /api/token/"]),
    answer("status 404", OnlyOurs, "A page after the last is not found, as in Django REST Framework.")
        .at(&["GET /api/links/"]),
    answer("status 404", OnlyOurs, "Belvo's error page has expired_credentials for it.")
        .at(&["POST /api/employment-records/"]),
    answer(
        "status 404",
        OnlyOurs,
        "A page, an id or credentials that are not there bring it as they do for employment records.",
    )
    .at(OF_CURRENT_EMPLOYMENTS),
    answer(
        "status 404",
        OnlyTheirs,
        "Belvo does not say when a new link brings it. The error of an unknown institution is 400.",
    )
    .at(&["POST /api/links/"]),
    answer("status 408", OnlyOurs, "The body of the request did not arrive in time.").at(&[
        "PATCH /api/links/{id}/",
        "PUT /api/links/{id}/",
        "POST /api/links/{id}/refresh/",
        "POST /api/token/",
    ]),
    answer("status 408", OnlyTheirs, "The list is in memory, and never takes long.").at(INSTITUTIONS),
    answer("status 413", OnlyOurs, "The emulator has a limit on bodies. Belvo's is not published."),
    answer("status 415", OnlyOurs, "Django REST Framework refuses bodies that are not JSON with it."),
    answer("status 429", OnlyOurs, "Belvo's texts have it for its limits, and the emulator for its own."),
    answer("status 500", OnlyTheirs, "No login at an institution is part of it that could fail.").at(&[
        "GET /api/institutions/",
        "GET /api/institutions/{institution_id}/",
        "POST /api/token/",
    ]),
    answer("status 403", OnlyOurs, "Belvo describes it for the other calls about owners.").at(&["GET /api/owners/{id}/"]),
    answer("status 408", OnlyOurs, "Belvo describes it for the other calls about owners.").at(&["GET /api/owners/{id}/"]),
    answer("status 428", OnlyOurs, "Belvo describes it for the other calls about owners.").at(&["GET /api/owners/{id}/"]),
    answer("status 500", OnlyOurs, "Belvo describes it for the other calls about owners.").at(&["GET /api/owners/{id}/"]),
    // Keys and types of answers.
    whole_answer("Belvo describes the owners of Brazil's open finance alone for a login that is continued.")
        .at(&["PATCH /api/owners/ 200", "PATCH /api/owners/ 201"]),
    answer("Owner.email", Type, "It is the username2 of the link, which need not be an e-mail address.").of(&["string(email)|null"]),
    answer("EmploymentRecord.days_since_extraction", OnlyOurs, "A later description of Belvo's has it."),
    answer("EmploymentRecord.salary_estimation", OnlyOurs, "A later description of Belvo's has it."),
    answer("Entitlements.status", Null, "Belvo's samples have null, where its description has a text of this name."),
    answer("Entitlements.status", ValueNeverSent, "The text stands for null in the description.").of(&["\"null\""]),
    answer(
        "EmploymentMetrics.current_status",
        Null,
        "It is the status of the entitlements, which may be null in Belvo's samples.",
    ),
    answer(
        "EmploymentMetrics.current_status",
        ValueNeverSent,
        "The text stands for null in the description.",
    )
    .of(&["\"null\""]),
    answer("FormField.value", OnlyOurs, "Belvo's sandbox sends it for a field that is not shown."),
    answer("FormField.values", OnlyTheirs, "No form of an institution for employment has a choice."),
    answer("Institution.code", OnlyOurs, "Belvo's sandbox sends it."),
    answer("Institution.country_code", OnlyOurs, "Belvo's sandbox sends it."),
    answer("Institution.integration_type", ValueNeverSent, "There are institutions for employment alone.")
        .of(&["openfinance"]),
    answer("Institution.status", ValueNeverSent, "No institution of the emulator is ever down.").of(&["down"]),
    answer("Institution.type", ValueNeverSent, "There are institutions for employment alone.")
        .of(&["bank", "fiscal"]),
    answer("InvalidProblem.institution_user_id", OnlyOurs, "Belvo's error page has it for duplicated."),
    answer("Link.external_id", Null, "Belvo's texts have null for a link without one."),
    answer("Link.refresh_rate", ValueNeverSent, "Links for employment are refreshed every seven days.")
        .of(&["12h", "24h", "30d", "6h"]),
    answer("Link.stale_in", Null, "Belvo's guide shows null for a link without one."),
    answer("TokenGeneration.value", Null, "No sample of Belvo's has a value for a token that the person types."),
    answer(
        "TokenRequiredProblem.token_generation_data",
        Null,
        "A login that a control call made need a token has no such data.",
    ),
    answer(
        "request_id",
        Type,
        "Belvo's answers have 32 hex digits where a request id is shown, as in all its samples.",
    )
    .of(&["string(uuid)"])
    .at(&["DELETE /api/links/{id}/ 202"]),
    // What requests may say.
    request("institution", Type, "The emulator has institutions for employment in Mexico alone.")
        .of(&["string"])
        .at(&["POST /api/links/ body"]),
    request("password", NotRequired, "It is about other kinds of links than employment in Mexico.")
        .at(LINKS_OF_OTHER_KINDS),
    request(
        "password",
        NotRequired,
        "Belvo's SDKs leave it out if it is empty, and institutions for employment in Mexico have none.",
    )
    .at(&["PUT /api/links/{id}/ body"]),
    request("password2", OnlyTheirs, "Institutions for employment in Mexico have no second password."),
    request("token", OnlyTheirs, "A token is given by PATCH /api/links/, which ends the login that asks for it.")
        .at(&["PUT /api/links/{id}/ body"]),
    request(
        "fetch_resources[]",
        Type,
        "The emulator has the resources of employment in Mexico, and names them when it refuses another.",
    )
    .of(&["string"])
    .at(&["POST /api/links/ body", "PATCH /api/links/{id}/ body", "POST /api/links/{id}/refresh/ body"]),
    request("fetch_resources", NotRequired, "Belvo's SDKs leave it out.").at(&["POST /api/token/ body"]),
    request(
        "id",
        NotRequired,
        "Belvo's SDK for Node sends the keys in the header instead.",
    )
    .at(&["POST /api/token/ body"]),
    request(
        "password",
        NotRequired,
        "Belvo's SDK for Node sends the keys in the header instead.",
    )
    .at(&["POST /api/token/ body"]),
    request("stale_in", NotRequired, "Belvo's SDKs leave it out.").at(&["POST /api/token/ body"]),
    request("widget", NotRequired, "Belvo's SDKs leave it out.").at(&["POST /api/token/ body"]),
    // Parameters.
    request(
        "refresh_rate",
        Type,
        "Belvo's pattern allows further periods, which no link has. A value that is none is refused.",
    )
    .of(&["string"])
    .at(&["GET /api/links/ query"]),
    request("status", Type, "The emulator refuses words that are no status, as Django REST Framework does.")
        .of(&["string"])
        .at(&["GET /api/institutions/ query", "GET /api/links/ query"]),
    request("status__in[]", Type, "The emulator refuses words that are no status, as Django REST Framework does.")
        .of(&["string"])
        .at(&["GET /api/institutions/ query", "GET /api/links/ query"]),
    request("{institution_id}", Type, "The ids of institutions are whole numbers. Anything else is 404.")
        .of(&["string"]),
];
