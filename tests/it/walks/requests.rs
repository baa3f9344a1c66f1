//! The requests of a walk: for each operation a body and a query that are right most of the time.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use crate::app::{CURP, RECEIVER};
use crate::walks::known::{IdKind, Known};
use crate::walks::operation::Operation;

/// One for each way a login goes, two for the way that needs a second call, but for the refusals with 500, which would hide an internal error.
const CURPS: [&str; 13] = [
    CURP,
    "LOLJ970312MBSPPN08",
    "TWIN900101MXXXXX00",
    "MUTE900101HXXXXX00",
    "SLOW900101HXXXXX00",
    "MOVE900101MXXXXX00",
    "GONE900101HXXXXX00",
    "MFAS900101HXXXXX00",
    "FAIL428001HXXXXX00",
    "FAIL428001HXXXXX00",
    "FAIL403001HXXXXX00",
    "FAIL400017HXXXXX00",
    "short",
];

pub const SCENARIOS: [&str; 10] = [
    "employed",
    "job_changes",
    "refused_later",
    "token_later",
    "token_required",
    "slow_institution",
    "webhook_never",
    "webhook_twice",
    "nss_not_found",
    "no_such_scenario",
];

/// Operations that a scenario can be armed for, two of which do not log in.
const ARMED_FOR: [&str; 5] =
    ["RegisterLink", "RefreshLink", "RetrieveEmploymentRecords", "ListLinks", "NoSuchOperation"];

/// Draws requests for the account as its client knows it.
pub struct Draw<'a> {
    pub known: &'a Known,
    pub random: &'a mut ChaCha8Rng,
    /// The last snapshot of any account.
    pub snapshot: &'a Value,
    /// How many accounts there are.
    pub accounts: usize,
}

impl Draw<'_> {
    /// The body of a request, or null where the operation takes none.
    pub fn body(&mut self, operation: &Operation) -> Value {
        match operation.id.as_str() {
            "RegisterLink" => self.link(),
            "PatchBody" | "PatchOwners" => self.resumed(),
            "ChangeAccessMode" => self.one_of([
                json!({"access_mode": "recurrent"}),
                json!({"access_mode": "single"}),
                json!({"stale_in": "2d"}),
                json!({"fetch_resources": ["EMPLOYMENT_RECORDS"]}),
                json!({"fetch_resources": ["OWNERS"]}),
            ]),
            "UpdateLink" => json!({"password": "new"}),
            "RefreshLink" => self.one_of([
                json!({}),
                json!({"fetch_resources": ["EMPLOYMENT_RECORDS"]}),
                json!({"fetch_resources": ["CURRENT_EMPLOYMENTS"]}),
                json!({"fetch_resources": ["OWNERS", "EMPLOYMENT_RECORDS"]}),
                json!({"fetch_resources": ["EMPLOYMENT_METRICS"]}),
            ]),
            "RetrieveEmploymentMetricDetails" => json!({
                "link": self.some(IdKind::Link),
                "save_data": self.one_of([json!(true), json!(false), Value::Null]),
                "reference_date": self.one_of([
                    Value::Null,
                    json!("2020-02-29"),
                    json!("1900-01-01"),
                    json!("9999-12-31"),
                ]),
            }),
            "RetrieveOwners" => json!({
                "link": self.some(IdKind::Link),
                "save_data": self.one_of([json!(true), json!(false), Value::Null]),
                "token": self.one_of([json!("123456"), json!("wrong"), Value::Null, Value::Null]),
            }),
            "RetrieveEmploymentRecords" | "RetrieveCurrentEmployments" => json!({
                "link": self.some(IdKind::Link),
                "save_data": self.one_of([json!(true), json!(false), Value::Null]),
            }),
            "CreateToken" => self.token(),
            "SetClock" => self.clock(),
            "AdvanceClock" => self.one_of([
                json!({"by": "1s"}),
                json!({"by": "15s"}),
                json!({"by": "5m"}),
                json!({"by": "1d"}),
                json!({"by": "100d"}),
                json!({"to": "next"}),
            ]),
            "AwaitWebhook" => self.awaited(),
            "VerifyRequests" => self.expectations(),
            "Arm" => self.armed(),
            "SetDefaultScenario" => json!({"scenario": self.one_of(SCENARIOS)}),
            "DryRun" => self.dry_run(),
            "AddFault" => self.fault(),
            "SetEndpoint" => self.endpoint(),
            "ReplayDelivery" => self.one_of([
                json!({}),
                json!({"url": "http://other.test/"}),
                json!({"url": RECEIVER, "authorization": "Bearer again"}),
                json!({"body": {"anything": [1]}}),
            ]),
            "TriggerWebhook" => self.trigger(),
            "MoveTask" => self.one_of([
                json!({"by": "1ms"}),
                json!({"by": "20s"}),
                json!({"by": "30d"}),
                json!({"to": "2026-03-01T12:00:40Z"}),
                json!({"to": "2026-05-01T00:00:00Z"}),
                json!({"to": "2500-01-01T00:00:00Z"}),
            ]),
            "FailTask" => self.one_of([
                json!({"fault": {"webhook_duplicate": {"copies": 2}}}),
                json!({"fault": "webhook_reorder"}),
                json!({"fault": "webhook_drop"}),
                json!({"fault": {"webhook_late": {"by": "20s"}}}),
                json!({"fault": "webhook_malformed_body"}),
                json!({"fault": "webhook_wrong_authorization", "attempts": 2}),
                json!({"fault": "webhook_before_answer"}),
            ]),
            "RunTask" => Value::Null,
            "Reset" => json!({}),
            "RestoreSnapshot" => self.snapshot.clone(),
            "Fork" => json!({"credentials": format!("{}:keys", self.fork())}),
            id => {
                let method = operation.method.as_str();
                let takes_none = ["GET", "DELETE"].contains(&method);
                assert!(takes_none, "the walk has no body for {id}; add one here");
                Value::Null
            }
        }
    }

    /// The query of a request; most have none.
    pub fn query(&mut self, operation: &Operation) -> String {
        let link = self.some(IdKind::Link);
        let of_link = format!("?link={link}&page_size=3");
        match operation.id.as_str() {
            "ListLinks" => self.one_of([
                String::new(),
                "?access_mode=recurrent&page_size=2".to_owned(),
                "?external_id=user-1&omit=id".to_owned(),
                "?created_at__gte=2026-03-02".to_owned(),
                "?page=2&page_size=1".to_owned(),
                format!("?id__in={link}"),
                "?id=bad".to_owned(),
            ]),
            "ListEmploymentRecords" | "ListCurrentEmployments" | "ListEmploymentMetrics" => self
                .one_of([
                    String::new(),
                    of_link,
                    "?page=2&page_size=1".to_owned(),
                    "?created_at__range=2026-03-01,2027-03-01".to_owned(),
                    "?fields=id".to_owned(),
                ]),
            "ListOwners" => self.one_of([
                String::new(),
                of_link,
                "?email=a@example.com&page_size=2".to_owned(),
                "?display_name__icontains=a".to_owned(),
                "?created_at__range=2026-03-01,2027-03-01".to_owned(),
                "?omit=id,link".to_owned(),
            ]),
            "ListInstitutions" => self.one_of(["", "?name=imss_mx_employment", "?page=9"]).into(),
            "ListScheduled" => self.one_of([
                String::new(),
                String::new(),
                format!("?link={link}"),
                "?limit=2&after=2026-03-01T12:00:15Z,1".to_owned(),
                "?after=1".to_owned(),
            ]),
            "ListLog" => self.one_of([
                String::new(),
                format!("?link={link}"),
                "?kind=task_ran&limit=2".to_owned(),
                "?after=2&limit=3".to_owned(),
                "?kind=nothing".to_owned(),
            ]),
            "StreamEvents" => self.one_of(["", "?after=0", "?after=5", "?after=99999"]).into(),
            "ListRequests" | "ListDeliveries" => self.one_of([
                String::new(),
                format!("?link={link}"),
                "?after=3".to_owned(),
                "?after=1&limit=2".to_owned(),
                "?limit=none".to_owned(),
            ]),
            _ => String::new(),
        }
    }

    /// The path of a request, with an id for each of its parameters.
    pub fn path(&mut self, operation: &Operation) -> String {
        let in_id = if operation.path.starts_with("/api/links/") {
            IdKind::Link
        } else if operation.path.starts_with("/api/employment-records/") {
            IdKind::Record
        } else if operation.path.starts_with("/api/employment-metrics/") {
            IdKind::Metrics
        } else if operation.path.starts_with("/api/owners/") {
            IdKind::Owner
        } else {
            IdKind::Employment
        };
        let kinds = [
            ("{id}", in_id),
            ("{institution_id}", IdKind::Institution),
            ("{request_id}", IdKind::Request),
            ("{armed_id}", IdKind::Armed),
            ("{fault_id}", IdKind::Fault),
            ("{delivery_id}", IdKind::Delivery),
            ("{task_id}", IdKind::Task),
        ];
        let mut path = operation.path.clone();
        for (parameter, kind) in kinds {
            path = path.replace(parameter, &self.some(kind));
        }
        assert!(!path.contains('{'), "the walk has no id for {path}; add its kind here");
        path
    }

    fn link(&mut self) -> Value {
        let access_mode = self.one_of(["single", "recurrent"]);
        let storage = match access_mode {
            "single" => self.one_of([json!("store"), json!("3d"), json!("nostore"), Value::Null]),
            _ => Value::Null,
        };
        json!({
            "institution": self.one_of([
                "planet_mx_employment",
                "imss_mx_employment",
                "imss_mx_employment",
                "issste_mx_employment",
            ]),
            "username": self.one_of(CURPS),
            "username2": self.one_of([json!("a@example.com"), json!("b@example.com"), Value::Null]),
            "access_mode": access_mode,
            "fetch_resources": self.one_of([
                json!(["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS"]),
                json!(["EMPLOYMENT_RECORDS"]),
                json!(["EMPLOYMENT_RECORDS", "OWNERS"]),
                json!(["EMPLOYMENT_METRICS"]),
                json!([]),
            ]),
            "credentials_storage": storage,
            "external_id": self.one_of([json!("user-1"), json!("user-2"), Value::Null]),
            "stale_in": self.one_of([json!("1d"), json!("0d"), Value::Null]),
        })
    }

    fn resumed(&mut self) -> Value {
        let (session, link) = self.known.some_session(self.random);
        json!({
            "session": session,
            "link": link,
            "token": self.one_of(["123456", "123456", "123456", "wrong"]),
            "save_data": self.one_of([json!(true), json!(false)]),
        })
    }

    fn token(&mut self) -> Value {
        let link = json!(self.some(IdKind::Link));
        json!({
            "id": self.known.id,
            "password": self.known.password,
            "scopes": self.one_of([
                "read_institutions,write_links",
                "read_institutions,write_links,read_links",
                "read_links,delete_links",
                "nothing",
            ]),
            "link_id": self.one_of([Value::Null, link]),
            "fetch_resources": self.one_of([
                Value::Null,
                json!(["EMPLOYMENT_RECORDS"]),
                json!(["ACCOUNTS"]),
            ]),
            "credentials_storage": self.one_of([Value::Null, json!("1d"), json!("nostore")]),
            "stale_in": self.one_of([Value::Null, json!("2d")]),
        })
    }

    fn clock(&mut self) -> Value {
        let mode = self.one_of([
            json!("real"),
            json!("manual"),
            json!("skip"),
            json!({"scale": 60}),
            json!("late"),
        ]);
        let known = self.known.now.as_deref().and_then(|now| now.parse::<DateTime<Utc>>().ok());
        let jump = self.one_of([TimeDelta::days(-1), TimeDelta::minutes(1), TimeDelta::days(40)]);
        match known {
            Some(now) if self.random.random_bool(0.5) => json!({"mode": mode, "now": now + jump}),
            _ => json!({"mode": mode}),
        }
    }

    fn awaited(&mut self) -> Value {
        let mut awaited = json!({
            "expect": self.one_of(["delivered", "delivered", "finished", "none", "one"]),
            "timeout": self.one_of(["0s", "1s", "5m", "5m", "11m"]),
            "after": self.one_of([0, 0, 0, 0, 3, 99_999]),
        });
        if self.random.random_bool(0.3) {
            awaited["within"] = json!(self.one_of(["0s", "1m", "30d", "3651d"]));
        }
        match self.random.random_range(0..4) {
            0 => awaited["link"] = json!(self.some(IdKind::Link)),
            1 => awaited["webhook_code"] = json!("historical_update"),
            // This one is rare, so that none comes.
            2 => awaited["webhook_code"] = json!("link_deleted"),
            _ => {}
        }
        awaited
    }

    fn expectations(&mut self) -> Value {
        let requests = self.one_of([
            json!([{}]),
            json!([{"operation": "RegisterLink", "at_least": 1}, {"status": 200}]),
            json!([{"operation": "DestroyLink", "count": 0}]),
            json!([{"path": "/api/links", "at_most": 3, "body": {"access_mode": "single"}}]),
            json!([]),
        ]);
        json!({"requests": requests, "in_order": self.one_of([true, false])})
    }

    fn armed(&mut self) -> Value {
        let mut armed = json!({"scenario": self.one_of(SCENARIOS)});
        match self.random.random_range(0..6) {
            0 => armed["operation"] = json!(self.one_of(ARMED_FOR)),
            1 => armed["curp"] = json!(self.one_of(CURPS)),
            2 => armed["times"] = json!(self.one_of([0, 2, 1_000_000])),
            _ => {}
        }
        armed
    }

    fn dry_run(&mut self) -> Value {
        let mut question = json!({"curp": self.one_of(CURPS)});
        match self.random.random_range(0..4) {
            0 => question["operation"] = json!(self.one_of(ARMED_FOR)),
            1 => question["scenario"] = json!(self.one_of(SCENARIOS)),
            2 => question["institution"] = json!("issste_mx_employment"),
            _ => {}
        }
        question
    }

    fn fault(&mut self) -> Value {
        let fault = self.one_of([
            json!({"latency": {"delay": "2s", "jitter": "1s"}}),
            json!({"timeout": {"after": "3s"}}),
            json!("reset_peer"),
            json!("empty_response"),
            json!("truncated_body"),
            json!("malformed_body"),
            json!({"slow_body": {"over": "1s"}}),
            json!({"status": {"status": 418, "code": "teapot"}}),
            json!({"webhook_duplicate": {"copies": 2}}),
            json!("webhook_reorder"),
            json!("webhook_drop"),
            json!({"webhook_late": {"by": "5m"}}),
            json!("webhook_before_answer"),
            json!("webhook_malformed_body"),
            json!("webhook_wrong_authorization"),
        ]);
        let mut body = json!({
            "fault": fault,
            "times": self.one_of([1, 2, 5]),
            "probability": self.one_of([0.5, 1.0]),
        });
        match self.random.random_range(0..6) {
            0 => body["operation"] = json!(self.one_of(ARMED_FOR)),
            1 => body["link"] = json!(self.some(IdKind::Link)),
            2 => body["webhook_code"] = json!("historical_update"),
            _ => {}
        }
        body
    }

    fn endpoint(&mut self) -> Value {
        let mut endpoint =
            json!({"url": self.one_of([RECEIVER, "http://other.test/?key=1", "not a url"])});
        match self.random.random_range(0..4) {
            0 => endpoint["retries"] = json!(self.one_of([0, 3, 1001])),
            1 => endpoint["retry_delay"] = json!(self.one_of(["0s", "20s"])),
            2 => endpoint["authorization"] = json!("Bearer secret"),
            _ => {}
        }
        endpoint
    }

    fn trigger(&mut self) -> Value {
        let link = self.some(IdKind::Link);
        self.one_of([
            json!({"link": link, "webhook_code": "employment_changes"}),
            json!({"link": link, "webhook_code": "token_required"}),
            json!({"link": link, "webhook_code": "invalid_credentials", "data": {"status": 400}}),
            json!({
                "link": link,
                "webhook_type": "EMPLOYMENT_RECORDS",
                "webhook_code": "historical_update",
            }),
            json!({"link": link, "webhook_type": "OWNERS", "webhook_code": "historical_update"}),
            json!({"link": link, "webhook_code": "historical_update"}),
        ])
    }

    /// The id of a new account, or of one that there is.
    fn fork(&mut self) -> String {
        match self.random.random_bool(0.8) {
            true => format!("fork-{}", self.accounts),
            false => self.known.id.clone(),
        }
    }

    fn some(&mut self, kind: IdKind) -> String {
        self.known.some_id(kind, self.random)
    }

    fn one_of<T: Clone, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices.choose(self.random).expect("there are choices").clone()
    }
}
