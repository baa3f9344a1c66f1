//! The types of the emulator's own operations: their queries, bodies and answers.

use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::account::{
    Deliveries, Delivery, DroppedTasks, DryRun, EndpointReading, Explanation, FaultEntry, LogPage,
    NewFault, PlannedFailure, RanTask, ScheduledTask, ScheduledTasks, Trigger,
};
use crate::accounts::{
    AccountFile, Advanced, AllAccounts, Cancelled, ClockReading, RequestFilter, Requests,
    Verification, Verified,
};
use crate::control::accounts::AccountFilter;
use crate::control::clock::{Advance, Setting};
use crate::control::deliveries::{DeliveryFilter, ReplayBody};
use crate::control::endpoint::{EndpointBody, EndpointRemoval};
use crate::control::faults::AllFaults;
use crate::control::log::{EventFilter, LogFilter};
use crate::control::matching::{AllArmed, Arm, Armed, Default, Defaults, DryRunBody};
use crate::control::scenarios::{ScenarioFilter, Scenarios};
use crate::control::scheduled::{MoveBody, ScheduledFilter};
use crate::control::state::{Fork, Reset};
use crate::control::webhooks::Await;
use crate::demo::{DemoAccount, DemoReading, VisitorKeys};
use crate::openapi::Schemas;
use crate::openapi::belvo;
use crate::openapi::content::{Content, parameters};
use crate::operations::{ControlOperation as Control, OpenOperation, Operation};

pub(super) fn control_content(operation: Control, schemas: &mut Schemas) -> Content {
    match operation {
        Control::ShowClock => Content::answer(schemas.of::<ClockReading>()),
        Control::SetClock => taking::<ClockReading, Setting>(schemas),
        Control::AdvanceClock => taking::<Advanced, Advance>(schemas),
        Control::ListScheduled => Content::answer(schemas.of::<ScheduledTasks>())
            .query(parameters(schemas.of_body::<ScheduledFilter>())),
        Control::MoveTask => taking::<ScheduledTask, MoveBody>(schemas),
        Control::DropTask => Content::answer(schemas.of::<DroppedTasks>()),
        Control::RunTask => Content::answer(schemas.of::<RanTask>()),
        Control::FailTask => taking::<ScheduledTask, PlannedFailure>(schemas),
        Control::AwaitWebhook => taking::<Delivery, Await>(schemas),
        Control::ListAccounts => Content::answer(schemas.of::<AllAccounts>())
            .query(parameters(schemas.of_body::<AccountFilter>())),
        Control::ShowDemoAccount => Content::answer(schemas.of::<DemoAccount>()),
        Control::ListLog => Content::answer(schemas.of::<LogPage>())
            .query(parameters(schemas.of_body::<LogFilter>())),
        Control::StreamEvents => Content::stream(
            "One event of the stream. Its name is the kind of an entry of the log, evicted, \
             catalogue_changed, reset, dropped or stopping. The data of an entry is as GET \
             /_emulator/log shows it, and its id is its cursor.",
        )
        .query(parameters(schemas.of_body::<EventFilter>()))
        .query([last_event_id()]),
        Control::ListRequests => Content::answer(schemas.of::<Requests>())
            .query(parameters(schemas.of_body::<RequestFilter>())),
        Control::VerifyRequests => taking::<Verified, Verification>(schemas),
        Control::ExplainRequest => Content::answer(schemas.of::<Explanation>()),
        Control::PeekLinks => belvo::content(Operation::ListLinks, schemas),
        Control::PeekEmploymentRecords => belvo::content(Operation::ListEmploymentRecords, schemas),
        Control::Arm => taking::<Armed, Arm>(schemas),
        Control::ListArmed => Content::answer(schemas.of::<AllArmed>()),
        Control::ShowDefaultScenario => Content::answer(schemas.of::<Defaults>()),
        Control::SetDefaultScenario => taking::<Defaults, Default>(schemas),
        Control::DryRun => taking::<DryRun, DryRunBody>(schemas),
        Control::ListScenarios => Content::answer(schemas.of::<Scenarios>())
            .query(parameters(schemas.of_body::<ScenarioFilter>())),
        Control::ListFaults => Content::answer(schemas.of::<AllFaults<'_>>()),
        Control::AddFault => taking::<FaultEntry, NewFault>(schemas),
        Control::ShowEndpoint => Content::answer(schemas.of::<EndpointReading>()),
        Control::SetEndpoint => taking::<EndpointReading, EndpointBody>(schemas),
        Control::RemoveEndpoint => {
            Content::none().query(parameters(schemas.of_body::<EndpointRemoval>()))
        }
        Control::ListDeliveries => Content::answer(schemas.of::<Deliveries>())
            .query(parameters(schemas.of_body::<DeliveryFilter>())),
        Control::ShowDelivery => Content::answer(schemas.of::<Delivery>()),
        Control::ReplayDelivery => taking::<Delivery, ReplayBody>(schemas),
        Control::TriggerWebhook => taking::<Deliveries, Trigger>(schemas),
        Control::Reset => taking::<Cancelled, Reset>(schemas),
        Control::TakeSnapshot => Content::answer(schemas.of::<AccountFile>()),
        Control::RestoreSnapshot => taking::<Cancelled, AccountFile>(schemas),
        Control::Fork => Content::none().body(schemas.of_body::<Fork>()),
        Control::DisarmAll
        | Control::Disarm
        | Control::DropDefaultScenario
        | Control::DeleteFaults
        | Control::DeleteFault => Content::none(),
    }
}

/// Returns the content of an operation that takes a body.
fn taking<Answer: JsonSchema, Body: JsonSchema>(schemas: &mut Schemas) -> Content {
    Content::answer(schemas.of::<Answer>()).body(schemas.of_body::<Body>())
}

/// The header with which a client resumes a stream.
fn last_event_id() -> Value {
    json!({
        "name": "Last-Event-ID",
        "in": "header",
        "schema": {"type": "integer", "minimum": 0},
        "description": "The id of the last event that the client has. The stream goes on after it. \
                        It has precedence over `after`.",
    })
}

pub(super) fn open_content(operation: OpenOperation, schemas: &mut Schemas) -> Content {
    let answer = match operation {
        OpenOperation::Live => health(&json!({})),
        OpenOperation::Ready => health(&json!({"scenario_mistakes": {
            "description": "The mistakes of scenario files that were changed and are not in force, \
                            a line each. The key is absent while there are none.",
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
        }})),
        OpenOperation::Description => json!({"type": "object"}),
        OpenOperation::ShowDemo => schemas.of::<DemoReading>(),
        OpenOperation::Visit => schemas.of::<VisitorKeys>(),
        OpenOperation::ReceiveDemoWebhook => json!({
            "type": "object",
            "properties": {"received": {"const": true}},
            "required": ["received"],
            "additionalProperties": false,
        }),
    };
    match operation {
        OpenOperation::ReceiveDemoWebhook => Content::answer(answer).body(json!({})),
        _ => Content::answer(answer),
    }
}

/// Returns the schema of an answer that says that all is well, with these keys beside it.
fn health(others: &Value) -> Value {
    let mut schema = json!({
        "type": "object",
        "properties": {"status": {"const": "ok"}},
        "required": ["status"],
        "additionalProperties": false,
    });
    for (key, other) in others.as_object().into_iter().flatten() {
        schema["properties"][key] = other.clone();
    }
    schema
}
