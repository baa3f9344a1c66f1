//! The table of operations: all that the emulator serves, one row each.
//!
//! The router, the answers 404 and 405, the tokens' scopes, the description (`openapi`) and the
//! generated pages of the manual read these rows, so none of them can differ from the others.
//!
//! To add an endpoint:
//! 1. Add its row here: the method, the path, a summary of one sentence (the verb first), and how it answers. `{name}` in a path stands for one segment; a path has at most one.
//! 2. Add its handler in the face's table of contents (`api`, `control` or `pages`). The compiler
//!    names the missing arm of each `match`.
//! 3. Add the types of its query, its body and its answer in `openapi::belvo` or
//!    `openapi::emulator`; these derive `JsonSchema`.
//! 4. Add its statuses to `tests/COVERAGE.md` (below `/api/`), and bring `docs/control-api.md` up to
//!    date with the command in its header (below `/_emulator/`). Tests name what is missing.
//!
//! Statuses that follow from other columns are not written down: 401 and 429 where the header
//! `Authorization` is read, 403 where a token can stand in for the keys; 400, 408, 413 and 415
//! where there is a body; 202 with `in_background`.

mod routes;
mod row;

pub(crate) use routes::{Face, Route, merge_slashes};
pub(crate) use row::{Access, Body, Row, Scope};

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::operations::row::{delete, get, patch, post, put};

/// An enum whose variants are operations, and the row of each.
macro_rules! operations {
    ($(#[$meta:meta])* $name:ident { $($id:ident = $row:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($id),+ }

        impl $name {
            /// In the order of the table.
            pub(crate) const ALL: &[$name] = &[$($name::$id),+];

            pub(crate) const fn row(self) -> &'static Row {
                const ROWS: &[Row] = &[$($row.named(stringify!($id))),+];
                &ROWS[self as usize]
            }
        }
    };
}

mod open;

pub(crate) use open::OpenOperation;

/// The statuses with which scenarios refuse logins; those of users' scenarios can have others.
const LOGIN: &[u16] = &[400, 403, 408, 428, 500];
/// The statuses that Belvo documents for calls that do not log in. Here what is armed for the
/// operation brings them. Belvo documents current employments like logins.
const CALL: &[u16] = &[403, 408, 500];
/// The statuses that Belvo documents for calls of a single link or owner.
const CALL_OF_LINK: &[u16] = &[403, 408, 428, 500];

operations! {
    /// An operation of Belvo's API by its operationId: a method of a path below `/api/`.
    #[derive(Serialize, Deserialize, JsonSchema)]
    Operation {
        CheckKeys = get("/api/", "Tells whether the API keys are accepted")
            .answers(&[200]).refuses(&[&[403]]),
        ListLinks = get("/api/links/", "Lists the links, the newest first")
            .allows(Scope::ReadLinks).answers(&[200]).refuses(&[&[400, 404], CALL]),
        RegisterLink = post(
            "/api/links/",
            "Logs a person in at an institution and creates a link",
        ).allows(Scope::WriteLinks).logs_in().takes_body()
            .answers(&[201]).refuses(&[LOGIN]),
        PatchBody = patch("/api/links/", "Resumes a login that waits for a second factor")
            .allows(Scope::WriteLinks).logs_in().takes_body()
            .answers(&[200]).refuses(&[LOGIN, &[404]]),
        DetailLink = get("/api/links/{id}/", "Shows a link")
            .allows(Scope::ReadLinks).answers(&[200]).refuses(&[CALL_OF_LINK, &[404]]),
        ChangeAccessMode = patch(
            "/api/links/{id}/",
            "Changes how the emulator loads a link's data",
        ).allows(Scope::WriteLinks).takes_body()
            .answers(&[200]).refuses(&[CALL_OF_LINK, &[404]]),
        UpdateLink = put("/api/links/{id}/", "Logs in again with new credentials of the person")
            .allows(Scope::WriteLinks).logs_in().takes_body()
            .answers(&[200]).refuses(&[LOGIN, &[404]]),
        DestroyLink = delete(
            "/api/links/{id}/",
            "Deletes a link, its records and its pending webhooks",
        ).allows(Scope::DeleteLinks).in_background()
            .answers(&[204]).refuses(&[CALL_OF_LINK, &[404]]),
        RefreshLink = post(
            "/api/links/{id}/refresh/",
            "Loads a link's data again, in the background",
        ).allows(Scope::WriteLinks).logs_in().may_take_body()
            .answers(&[202]).refuses(&[LOGIN, &[404, 409]]),
        ListEmploymentRecords = get(
            "/api/employment-records/",
            "Lists the employment records, the newest first",
        ).answers(&[200]).refuses(&[&[400, 404], CALL]),
        RetrieveEmploymentRecords = post(
            "/api/employment-records/",
            "Loads the employment records of a link and shows them",
        ).logs_in().takes_body().in_background()
            .answers(&[200, 201]).refuses(&[LOGIN, &[404]]),
        DetailEmploymentRecord = get(
            "/api/employment-records/{id}/",
            "Shows an employment record",
        ).answers(&[200]).refuses(&[CALL, &[404]]),
        DestroyEmploymentRecord = delete(
            "/api/employment-records/{id}/",
            "Deletes an employment record",
        ).answers(&[204]).refuses(&[CALL, &[404]]),
        ListOwners = get("/api/owners/", "Lists the owners, the newest first")
            .answers(&[200]).refuses(&[LOGIN, &[404]]),
        RetrieveOwners = post("/api/owners/", "Loads the person of a link and shows it")
            .logs_in().takes_body().answers(&[200, 201]).refuses(&[LOGIN, &[404]]),
        PatchOwners = patch(
            "/api/owners/",
            "Resumes a login that waits for a second factor, and loads the person of the link",
        ).logs_in().takes_body().answers(&[200, 201]).refuses(&[LOGIN, &[404]]),
        DetailOwner = get("/api/owners/{id}/", "Shows an owner")
            .answers(&[200]).refuses(&[CALL_OF_LINK, &[404]]),
        DestroyOwner = delete("/api/owners/{id}/", "Deletes an owner")
            .answers(&[204]).refuses(&[CALL_OF_LINK, &[404]]),
        ListCurrentEmployments = get(
            "/api/mx/current-employments/",
            "Lists the current employments, the newest first",
        ).answers(&[200]).refuses(&[LOGIN, &[404]]),
        RetrieveCurrentEmployments = post(
            "/api/mx/current-employments/",
            "Loads the current employments of a link's person and shows them",
        ).logs_in().takes_body()
            .answers(&[200, 201]).refuses(&[LOGIN, &[404]]),
        DetailCurrentEmployment = get(
            "/api/mx/current-employments/{id}/",
            "Shows a current employment",
        ).answers(&[200]).refuses(&[LOGIN, &[404]]),
        DestroyCurrentEmployment = delete(
            "/api/mx/current-employments/{id}/",
            "Deletes a current employment",
        ).answers(&[204]).refuses(&[LOGIN, &[404]]),
        ListEmploymentMetrics = get(
            "/api/employment-metrics/",
            "Lists the employment metrics, the newest first",
        ).answers(&[200]).refuses(&[&[400, 404], CALL]),
        RetrieveEmploymentMetricDetails = post(
            "/api/employment-metrics/",
            "Computes the employment metrics of a link's person and shows them",
        ).takes_body().answers(&[200, 201]).refuses(&[CALL, &[404]]),
        DetailEmploymentMetric = get(
            "/api/employment-metrics/{id}/",
            "Shows employment metrics",
        ).answers(&[200]).refuses(&[CALL, &[404]]),
        DestroyEmploymentMetric = delete(
            "/api/employment-metrics/{id}/",
            "Deletes employment metrics",
        ).answers(&[204]).refuses(&[CALL, &[404]]),
        ListInstitutions = get("/api/institutions/", "Lists the institutions")
            .allows(Scope::ReadInstitutions).answers(&[200]).refuses(&[&[400, 404]]),
        DetailInstitution = get("/api/institutions/{institution_id}/", "Shows an institution")
            .allows(Scope::ReadInstitutions).answers(&[200]).refuses(&[&[404]]),
        CreateToken = post("/api/token/", "Creates a token for the Connect Widget")
            .reads_keys_from_body().takes_body().answers(&[200]),
    }
}

operations! {
    /// An operation of the control API: a method of a path below `/_emulator/`.
    ControlOperation {
        ShowClock = get(
            "/_emulator/clock",
            "Shows the account's time and clock mode",
        ).answers(&[200]),
        SetClock = put("/_emulator/clock", "Sets the account's clock mode, its time, or both")
            .may_take_body().answers(&[200]).refuses(&[&[409]]),
        AdvanceClock = post(
            "/_emulator/clock/advance",
            "Advances the account's time, delivers the webhooks on the way, and shows them",
        ).takes_body().answers(&[200]).refuses(&[&[409]]),
        ListScheduled = get(
            "/_emulator/scheduled",
            "Lists the tasks that will run, in the order in which they are due",
        ).answers(&[200]).refuses(&[&[400]]),
        MoveTask = patch(
            "/_emulator/scheduled/{task_id}",
            "Gives a task another time",
        ).takes_body().answers(&[200]).refuses(&[&[404, 409]]),
        DropTask = delete(
            "/_emulator/scheduled/{task_id}",
            "Drops a task, so that it never runs, and shows what went with it",
        ).answers(&[200]).refuses(&[&[404, 409]]),
        RunTask = post(
            "/_emulator/scheduled/{task_id}/run",
            "Runs a task now, and shows the webhooks that it brings",
        ).answers(&[200]).refuses(&[&[404, 409]]),
        FailTask = post(
            "/_emulator/scheduled/{task_id}/fail",
            "Plans a fault for the webhooks that a task will bring",
        ).takes_body().answers(&[200]).refuses(&[&[404, 409]]),
        AwaitWebhook = post(
            "/_emulator/webhooks/await",
            "Waits until a webhook is delivered, or checks that none is",
        ).may_take_body().answers(&[200, 204]).refuses(&[&[409]]),
        ListAccounts = get(
            "/_emulator/accounts",
            "Lists the accounts of all keys, in the order in which they began",
        ).answers(&[200]).refuses(&[&[400, 403]]),
        ShowDemoAccount = get(
            "/_emulator/demo/account",
            "Shows how the account takes part in the demo, and the keys with which others look at it",
        ).answers(&[200]).refuses(&[&[404]]),
        ListLog = get(
            "/_emulator/log",
            "Lists all that happened to the account, in brief, the oldest first",
        ).answers(&[200]).refuses(&[&[400]]),
        StreamEvents = get(
            "/_emulator/events",
            "Streams what happens to the account, as server-sent events",
        ).answers(&[200]).refuses(&[&[400, 503]]),
        ListRequests = get(
            "/_emulator/requests",
            "Lists the requests to Belvo's API, the oldest first",
        ).answers(&[200]).refuses(&[&[400]]),
        VerifyRequests = post(
            "/_emulator/requests/verify",
            "Checks which requests were made, how often, and in which order",
        ).takes_body().answers(&[200]).refuses(&[&[409]]),
        ExplainRequest = get(
            "/_emulator/requests/{request_id}",
            "Explains why a request was answered as it was",
        ).answers(&[200]).refuses(&[&[404]]),
        PeekLinks = get(
            "/_emulator/links",
            "Lists the links as GET /api/links/ does, without an entry in the log, a fault or a limit",
        ).answers(&[200]).refuses(&[&[400, 404]]),
        PeekEmploymentRecords = get(
            "/_emulator/employment-records",
            "Lists the employment records as GET /api/employment-records/ does, without an entry in the \
             log, a fault or a limit",
        ).answers(&[200]).refuses(&[&[400, 404]]),
        Arm = post("/_emulator/armed", "Arms a scenario: it answers the next calls that match")
            .takes_body().answers(&[201]),
        ListArmed = get(
            "/_emulator/armed",
            "Lists the armed scenarios in the order in which they will be used",
        ).answers(&[200]),
        DisarmAll = delete("/_emulator/armed", "Disarms all scenarios").answers(&[204]),
        Disarm = delete(
            "/_emulator/armed/{armed_id}",
            "Disarms one scenario",
        ).answers(&[204]).refuses(&[&[404]]),
        ShowDefaultScenario = get(
            "/_emulator/default-scenario",
            "Shows the scenario that answers a login for which nothing else matches",
        ).answers(&[200]),
        SetDefaultScenario = put(
            "/_emulator/default-scenario",
            "Sets the account's default scenario",
        ).takes_body().answers(&[200]),
        DropDefaultScenario = delete(
            "/_emulator/default-scenario",
            "Removes the account's default scenario; the flag --scenario applies again",
        ).answers(&[204]),
        DryRun = post("/_emulator/dry-run", "Shows how a login would end, without logging in")
            .takes_body().answers(&[200]),
        ListScenarios = get(
            "/_emulator/scenarios",
            "Lists the scenarios, and what a registration with each would bring",
        ).answers(&[200]).refuses(&[&[400]]),
        ListFaults = get("/_emulator/faults", "Lists the faults and how often each was injected")
            .answers(&[200]),
        AddFault = post(
            "/_emulator/faults",
            "Adds a fault, which is injected into answers or webhooks from now on",
        ).takes_body().answers(&[201]),
        DeleteFaults = delete("/_emulator/faults", "Removes all faults").answers(&[204]),
        DeleteFault = delete(
            "/_emulator/faults/{fault_id}",
            "Removes one fault",
        ).answers(&[204]).refuses(&[&[404]]),
        ShowEndpoint = get(
            "/_emulator/webhooks/endpoint",
            "Shows the URLs to which the account sends webhooks",
        ).answers(&[200]),
        SetEndpoint = put(
            "/_emulator/webhooks/endpoint",
            "Sets the URL to which the account sends webhooks",
        ).takes_body().answers(&[200]),
        RemoveEndpoint = delete(
            "/_emulator/webhooks/endpoint",
            "Stops sending webhooks, or brings the endpoints before a temporary one back",
        ).answers(&[204]).refuses(&[&[400, 409]]),
        ListDeliveries = get(
            "/_emulator/webhooks/deliveries",
            "Lists the deliveries of webhooks and the attempts of each",
        ).answers(&[200]).refuses(&[&[400]]),
        ShowDelivery = get(
            "/_emulator/webhooks/deliveries/{delivery_id}",
            "Shows the delivery of a webhook and its attempts",
        ).answers(&[200]).refuses(&[&[404]]),
        ReplayDelivery = post(
            "/_emulator/webhooks/deliveries/{delivery_id}/replay",
            "Sends a webhook again, as it was or changed",
        ).may_take_body().answers(&[201]).refuses(&[&[404]]),
        TriggerWebhook = post(
            "/_emulator/webhooks/trigger",
            "Sends a webhook for an event that did not happen",
        ).takes_body().answers(&[201]),
        Reset = post(
            "/_emulator/reset",
            "Empties the account: its links, its webhooks, its settings and its log",
        ).may_take_body().answers(&[200]),
        TakeSnapshot = get("/_emulator/snapshot", "Shows the account's whole state, for a file")
            .answers(&[200]).refuses(&[&[400]]),
        RestoreSnapshot = put(
            "/_emulator/snapshot",
            "Replaces the account's state by that of a snapshot",
        ).takes_body().answers(&[200]),
        Fork = post(
            "/_emulator/fork",
            "Copies the account's state to an account with other API keys",
        ).takes_body().answers(&[204]).refuses(&[&[409]]),
    }
}

/// An operation of any face of the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnyOperation {
    Api(Operation),
    Control(ControlOperation),
    Open(OpenOperation),
}

impl AnyOperation {
    /// All operations, in the order of the table.
    pub(crate) fn all() -> impl Iterator<Item = AnyOperation> {
        let api = Operation::ALL.iter().copied().map(AnyOperation::Api);
        let control = ControlOperation::ALL.iter().copied().map(AnyOperation::Control);
        let open = OpenOperation::ALL.iter().copied().map(AnyOperation::Open);
        api.chain(control).chain(open)
    }

    pub(crate) fn row(self) -> &'static Row {
        match self {
            AnyOperation::Api(operation) => operation.row(),
            AnyOperation::Control(operation) => operation.row(),
            AnyOperation::Open(operation) => operation.row(),
        }
    }
}

impl Operation {
    /// The operationIds, in the order of the table.
    pub(crate) const WORDS: &[&str] = &{
        let mut words = [""; Operation::ALL.len()];
        let mut place = 0;
        while place < words.len() {
            words[place] = Operation::ALL[place].as_str();
            place += 1;
        }
        words
    };

    pub(crate) const fn as_str(self) -> &'static str {
        self.row().id
    }

    /// True where the call logs in at the institution: to create a link, to resume a session, to
    /// take new credentials, or to load the data again.
    pub(crate) fn logs_in(self) -> bool {
        self.row().logs_in
    }
}

impl FromStr for Operation {
    type Err = ();

    fn from_str(word: &str) -> Result<Operation, ()> {
        let named = Operation::ALL.iter().find(|operation| operation.as_str() == word);
        named.copied().ok_or(())
    }
}
