//! The emulator's own paths and methods, in the order of the routes.

use serde_json::{Value, json};

use crate::account::{
    Deliveries, Delivery, DryRun, EndpointReading, Explanation, FaultEntry, NewFault, Trigger,
};
use crate::accounts::{AccountFile, Advanced, Cancelled, ClockReading};
use crate::control::clock::{Advance, Setting};
use crate::control::deliveries::{DeliveryFilter, ReplayBody};
use crate::control::endpoint::EndpointBody;
use crate::control::faults::AllFaults;
use crate::control::matching::{AllArmed, Arm, Armed, Default, Defaults, DryRunBody};
use crate::control::requests::{RequestFilter, Requests, Verification, Verified};
use crate::control::state::{Fork, Reset};
use crate::control::webhooks::Await;
use crate::openapi::operation::{delete, get, parameters, post, put};
use crate::openapi::{Paths, Schemas};

pub fn paths(schemas: &mut Schemas) -> Paths {
    vec![
        ("/livez", vec![get("Live", "Says whether the emulator lives").answers(200, health())]),
        (
            "/readyz",
            vec![get("Ready", "Says whether the emulator is ready").answers(200, health())],
        ),
        (
            "/_emulator/openapi.json",
            vec![get("Description", "This description").answers(200, json!({"type": "object"}))],
        ),
        (
            "/_emulator/clock",
            vec![
                get("ShowClock", "Shows the account's time")
                    .answers(200, schemas.of::<ClockReading>()),
                put("SetClock", "Sets what moves the account's time, or the time")
                    .optional_body(schemas.of_body::<Setting>())
                    .answers(200, schemas.of::<ClockReading>()),
            ],
        ),
        (
            "/_emulator/clock/advance",
            vec![
                post("AdvanceClock", "Moves the time on, and waits for the receivers of webhooks")
                    .body(schemas.of_body::<Advance>())
                    .answers(200, schemas.of::<Advanced>())
                    .refuses([409]),
            ],
        ),
        (
            "/_emulator/webhooks/await",
            vec![
                post("AwaitWebhook", "Waits for a webhook, or for none to come")
                    .optional_body(schemas.of_body::<Await>())
                    .answers(200, schemas.of::<Delivery>())
                    .answers_nothing(204)
                    .refuses([409]),
            ],
        ),
        (
            "/_emulator/requests",
            vec![
                get("ListRequests", "Lists the requests of the account, the oldest first")
                    .query(parameters(schemas.of_body::<RequestFilter>()))
                    .answers(200, schemas.of::<Requests>())
                    .refuses([400]),
            ],
        ),
        (
            "/_emulator/requests/verify",
            vec![
                post(
                    "VerifyRequests",
                    "Checks which requests were made, how often, in which order",
                )
                .body(schemas.of_body::<Verification>())
                .answers(200, schemas.of::<Verified>())
                .refuses([409]),
            ],
        ),
        (
            "/_emulator/requests/{request_id}",
            vec![
                get("ExplainRequest", "Says why a request was answered as it was")
                    .answers(200, schemas.of::<Explanation>())
                    .refuses([400, 404]),
            ],
        ),
        (
            "/_emulator/armed",
            vec![
                post("Arm", "Lets a scenario answer the next calls that match")
                    .body(schemas.of_body::<Arm>())
                    .answers(201, schemas.of::<Armed>()),
                get("ListArmed", "Lists what is armed, in the order of use")
                    .answers(200, schemas.of::<AllArmed>()),
                delete("DisarmAll", "Takes back all that is armed").answers_nothing(204),
            ],
        ),
        (
            "/_emulator/armed/{armed_id}",
            vec![delete("Disarm", "Takes back what is armed").answers_nothing(204).refuses([404])],
        ),
        (
            "/_emulator/default-scenario",
            vec![
                get("ShowDefaultScenario", "Shows what answers a login that nothing else claims")
                    .answers(200, schemas.of::<Defaults>()),
                put("SetDefaultScenario", "Sets it for the account")
                    .body(schemas.of_body::<Default>())
                    .answers(200, schemas.of::<Defaults>()),
                delete("DropDefaultScenario", "Gives it back to the flag --scenario")
                    .answers_nothing(204),
            ],
        ),
        (
            "/_emulator/dry-run",
            vec![
                post("DryRun", "Says what a login would come to, and makes none")
                    .body(schemas.of_body::<DryRunBody>())
                    .answers(200, schemas.of::<DryRun>()),
            ],
        ),
        (
            "/_emulator/faults",
            vec![
                get("ListFaults", "Lists the faults, and how often each was injected")
                    .answers(200, schemas.of::<AllFaults<'_>>()),
                post("AddFault", "Lets something go wrong from now on")
                    .body(schemas.of_body::<NewFault>())
                    .answers(201, schemas.of::<FaultEntry>()),
                delete("DeleteFaults", "Mends all").answers_nothing(204),
            ],
        ),
        (
            "/_emulator/faults/{fault_id}",
            vec![delete("DeleteFault", "Mends one").answers_nothing(204).refuses([404])],
        ),
        (
            "/_emulator/webhooks/endpoint",
            vec![
                get("ShowEndpoint", "Shows where the webhooks go to")
                    .answers(200, schemas.of::<EndpointReading>()),
                put("SetEndpoint", "Sets where the webhooks go to")
                    .body(schemas.of_body::<EndpointBody>())
                    .answers(200, schemas.of::<EndpointReading>()),
                delete("RemoveEndpoint", "Sends no webhooks any more").answers_nothing(204),
            ],
        ),
        (
            "/_emulator/webhooks/deliveries",
            vec![
                get("ListDeliveries", "Lists what became of webhooks, in the order of events")
                    .query(parameters(schemas.of_body::<DeliveryFilter>()))
                    .answers(200, schemas.of::<Deliveries<'_>>())
                    .refuses([400]),
            ],
        ),
        (
            "/_emulator/webhooks/deliveries/{delivery_id}",
            vec![
                get("ShowDelivery", "Shows what became of a webhook")
                    .answers(200, schemas.of::<Delivery>())
                    .refuses([404]),
            ],
        ),
        (
            "/_emulator/webhooks/deliveries/{delivery_id}/replay",
            vec![
                post("ReplayDelivery", "Sends a webhook again")
                    .optional_body(schemas.of_body::<ReplayBody>())
                    .answers(201, schemas.of::<Delivery>())
                    .refuses([404]),
            ],
        ),
        (
            "/_emulator/webhooks/trigger",
            vec![
                post("TriggerWebhook", "Sends an event that has not happened")
                    .body(schemas.of_body::<Trigger>())
                    .answers(201, schemas.of::<Deliveries<'_>>()),
            ],
        ),
        (
            "/_emulator/reset",
            vec![
                post("Reset", "Begins the account anew")
                    .optional_body(schemas.of_body::<Reset>())
                    .answers(200, schemas.of::<Cancelled>()),
            ],
        ),
        (
            "/_emulator/snapshot",
            vec![
                get("TakeSnapshot", "Shows the whole state, to be kept in a file")
                    .answers(200, schemas.of::<AccountFile>()),
                put("RestoreSnapshot", "Puts the account into the state of a snapshot")
                    .body(schemas.of_body::<AccountFile>())
                    .answers(200, schemas.of::<Cancelled>()),
            ],
        ),
        (
            "/_emulator/fork",
            vec![
                post("Fork", "Makes another account with the state of this one")
                    .body(schemas.of_body::<Fork>())
                    .answers_nothing(204)
                    .refuses([409]),
            ],
        ),
    ]
}

fn health() -> Value {
    json!({
        "type": "object",
        "properties": {"status": {"const": "ok"}},
        "required": ["status"],
        "additionalProperties": false,
    })
}
