//! The types of the emulator's own operations: their queries, bodies and answers.

use serde_json::{Value, json};

use crate::account::{
    Deliveries, Delivery, DroppedTasks, DryRun, EndpointReading, Explanation, FaultEntry, NewFault,
    PlannedFailure, RanTask, ScheduledTask, ScheduledTasks, Trigger,
};
use crate::accounts::{AccountFile, Advanced, Cancelled, ClockReading};
use crate::control::clock::{Advance, Setting};
use crate::control::deliveries::{DeliveryFilter, ReplayBody};
use crate::control::endpoint::EndpointBody;
use crate::control::faults::AllFaults;
use crate::control::matching::{AllArmed, Arm, Armed, Default, Defaults, DryRunBody};
use crate::control::requests::{RequestFilter, Requests, Verification, Verified};
use crate::control::scenarios::{ScenarioFilter, Scenarios};
use crate::control::scheduled::{MoveBody, ScheduledFilter};
use crate::control::state::{Fork, Reset};
use crate::control::webhooks::Await;
use crate::openapi::Schemas;
use crate::openapi::belvo;
use crate::openapi::content::{Content, parameters};
use crate::operations::{ControlOperation as Control, OpenOperation, Operation};

pub(super) fn control_content(operation: Control, schemas: &mut Schemas) -> Content {
    match operation {
        Control::ShowClock => Content::answer(schemas.of::<ClockReading>()),
        Control::SetClock => {
            Content::answer(schemas.of::<ClockReading>()).body(schemas.of_body::<Setting>())
        }
        Control::AdvanceClock => {
            Content::answer(schemas.of::<Advanced>()).body(schemas.of_body::<Advance>())
        }
        Control::ListScheduled => Content::answer(schemas.of::<ScheduledTasks>())
            .query(parameters(schemas.of_body::<ScheduledFilter>())),
        Control::MoveTask => {
            Content::answer(schemas.of::<ScheduledTask>()).body(schemas.of_body::<MoveBody>())
        }
        Control::DropTask => Content::answer(schemas.of::<DroppedTasks>()),
        Control::RunTask => Content::answer(schemas.of::<RanTask>()),
        Control::FailTask => {
            Content::answer(schemas.of::<ScheduledTask>()).body(schemas.of_body::<PlannedFailure>())
        }
        Control::AwaitWebhook => {
            Content::answer(schemas.of::<Delivery>()).body(schemas.of_body::<Await>())
        }
        Control::ListRequests => Content::answer(schemas.of::<Requests>())
            .query(parameters(schemas.of_body::<RequestFilter>())),
        Control::VerifyRequests => {
            Content::answer(schemas.of::<Verified>()).body(schemas.of_body::<Verification>())
        }
        Control::ExplainRequest => Content::answer(schemas.of::<Explanation>()),
        Control::PeekLinks => belvo::content(Operation::ListLinks, schemas),
        Control::PeekEmploymentRecords => belvo::content(Operation::ListEmploymentRecords, schemas),
        Control::Arm => Content::answer(schemas.of::<Armed>()).body(schemas.of_body::<Arm>()),
        Control::ListArmed => Content::answer(schemas.of::<AllArmed>()),
        Control::ShowDefaultScenario => Content::answer(schemas.of::<Defaults>()),
        Control::SetDefaultScenario => {
            Content::answer(schemas.of::<Defaults>()).body(schemas.of_body::<Default>())
        }
        Control::DryRun => {
            Content::answer(schemas.of::<DryRun>()).body(schemas.of_body::<DryRunBody>())
        }
        Control::ListScenarios => Content::answer(schemas.of::<Scenarios>())
            .query(parameters(schemas.of_body::<ScenarioFilter>())),
        Control::ListFaults => Content::answer(schemas.of::<AllFaults<'_>>()),
        Control::AddFault => {
            Content::answer(schemas.of::<FaultEntry>()).body(schemas.of_body::<NewFault>())
        }
        Control::ShowEndpoint => Content::answer(schemas.of::<EndpointReading>()),
        Control::SetEndpoint => {
            Content::answer(schemas.of::<EndpointReading>()).body(schemas.of_body::<EndpointBody>())
        }
        Control::ListDeliveries => Content::answer(schemas.of::<Deliveries>())
            .query(parameters(schemas.of_body::<DeliveryFilter>())),
        Control::ShowDelivery => Content::answer(schemas.of::<Delivery>()),
        Control::ReplayDelivery => {
            Content::answer(schemas.of::<Delivery>()).body(schemas.of_body::<ReplayBody>())
        }
        Control::TriggerWebhook => {
            Content::answer(schemas.of::<Deliveries>()).body(schemas.of_body::<Trigger>())
        }
        Control::Reset => {
            Content::answer(schemas.of::<Cancelled>()).body(schemas.of_body::<Reset>())
        }
        Control::TakeSnapshot => Content::answer(schemas.of::<AccountFile>()),
        Control::RestoreSnapshot => {
            Content::answer(schemas.of::<Cancelled>()).body(schemas.of_body::<AccountFile>())
        }
        Control::Fork => Content::none().body(schemas.of_body::<Fork>()),
        Control::DisarmAll
        | Control::Disarm
        | Control::DropDefaultScenario
        | Control::DeleteFaults
        | Control::DeleteFault
        | Control::RemoveEndpoint => Content::none(),
    }
}

pub(super) fn open_content(operation: OpenOperation) -> Content {
    Content::answer(match operation {
        OpenOperation::Live => health(&json!({})),
        OpenOperation::Ready => health(&json!({"scenario_mistakes": {
            "description": "The mistakes of scenario files that were changed and are not in force, \
                            a line each. The key is absent while there are none.",
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
        }})),
        OpenOperation::Description => json!({"type": "object"}),
    })
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
