//! Tasks that are run, moved, dropped and made to fail, in orders that a seed decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::account::base::ids::TaskId;
use crate::account::schedule::calls::{NewTime, PlannedFailure};
use crate::account::tests::{account_of, settings, start};
use crate::account::{
    Account, Answer, Budget, Call, DeliveryState, LogEntry, Outcome, ScheduledTask, Settings,
};
use crate::error::Error;
use crate::model::Timestamp;
use crate::operations::Operation;

const SEEDS: std::ops::Range<u64> = 0..8;
const CHANGES: usize = 30;
/// People whose links have many tasks: two loads, a refusal later, a loss of the job, and news.
const CURPS: [&str; 5] = [
    "BLPM951331IONVGR54",
    "TWIN900101MXXXXX00",
    "MOVE900101MXXXXX00",
    "GONE900101HXXXXX00",
    "SLOW900101HXXXXX00",
];

/// An account with a recurrent link for each person.
fn busy(settings: &Arc<Settings>, seed: u64) -> Account {
    let mut account = account_of(settings, seed);
    for curp in CURPS {
        register(&mut account, curp);
    }
    account
}

fn register(account: &mut Account, curp: &str) {
    let body = json!({"institution": "planet_mx_employment", "username": curp}).to_string();
    let call = Call {
        operation: Some(Operation::RegisterLink),
        method: "POST",
        path: "/api/links/".into(),
        query: "",
        headers: Vec::new(),
        body: body.as_bytes(),
    };
    let answered = account.answer(&call, |account, context| {
        account.create_link(context, body.as_bytes())?;
        Ok(Answer { status: 201, body: Vec::new() })
    });
    assert!(answered.is_ok(), "{answered:?}");
}

/// Advances an account, whose receiver accepts everything.
fn pass(account: &mut Account, time: TimeDelta) {
    let to = account.now() + time;
    while account.next_due().is_some_and(|due| due <= to) {
        let due = account.next_due().unwrap();
        let _ = account.advance(due, &mut Budget::unlimited());
        send(account);
    }
    let _ = account.advance(to, &mut Budget::unlimited());
}

fn send(account: &mut Account) {
    while let Some(attempt) = account.poll_attempt() {
        account.report(&attempt, Outcome::status(200));
    }
}

fn tasks(account: &Account) -> Vec<ScheduledTask> {
    account.scheduled_tasks(None, usize::MAX - 1, None).scheduled
}

/// All that a client can see of an account, as bytes.
fn state(account: &Account) -> String {
    serde_json::to_string(&account.snapshot()).unwrap()
}

fn log(account: &Account) -> Vec<LogEntry> {
    account.log().page(0, usize::MAX, |_| true).entries
}

fn as_json(entries: &[LogEntry]) -> Value {
    serde_json::to_value(entries).unwrap()
}

fn failure(fault: &Value) -> PlannedFailure {
    serde_json::from_value(json!({"fault": fault})).unwrap()
}

/// Makes one change of some task, right or not.
fn change(account: &mut Account, random: &mut ChaCha8Rng) -> Result<(), Error> {
    let all = tasks(account);
    let id = match all.choose(random) {
        Some(task) if random.random_bool(0.95) => task.id.0.to_string(),
        _ => "99999".to_owned(),
    };
    match random.random_range(0..8) {
        0..2 => account.run_task(&id).map(drop),
        2 => account.drop_task(&id).map(drop),
        3 => {
            let faults = [
                json!("webhook_drop"),
                json!("webhook_reorder"),
                json!({"webhook_late": {"by": "40s"}}),
                json!({"webhook_duplicate": {"copies": 2}}),
                json!("webhook_before_answer"),
            ];
            account.fail_task(&id, failure(faults.choose(random).unwrap())).map(drop)
        }
        4 => {
            let to = start() + TimeDelta::seconds(random.random_range(-10..4_000_000));
            account.move_task(&id, NewTime::To(to)).map(drop)
        }
        _ => {
            let by = TimeDelta::seconds(random.random_range(-200_000..400_000));
            account.move_task(&id, NewTime::By(by)).map(drop)
        }
    }
}

/// Makes changes, while time passes now and then.
fn disturb(account: &mut Account, seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..CHANGES {
        let (before, cursor) = (state(account), account.log().last_cursor());
        let refused = change(account, &mut random).is_err();
        if refused {
            assert_eq!(state(account), before, "a refused call changes nothing");
            assert_eq!(account.log().last_cursor(), cursor, "and leaves no entry");
        }
        // A task that a call has run is due at once.
        let _ = account.advance(account.now(), &mut Budget::unlimited());
        account.invariants().unwrap();
        if random.random_bool(0.3) {
            send(account);
        }
        if random.random_bool(0.2) {
            pass(account, TimeDelta::seconds(random.random_range(1..100_000)));
            account.invariants().unwrap();
        }
    }
}

#[test]
fn a_task_that_is_moved_away_and_back_leaves_no_trace_but_in_the_log() {
    for seed in SEEDS {
        let settings = settings();
        let (mut still, mut moved) = (busy(&settings, 1), busy(&settings, 1));
        // A task that is due at once cannot be moved back to that time.
        pass(&mut still, TimeDelta::seconds(1));
        pass(&mut moved, TimeDelta::seconds(1));
        let due: BTreeMap<TaskId, Timestamp> =
            tasks(&moved).into_iter().map(|task| (task.id, task.due)).collect();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let ids: Vec<TaskId> = due.keys().copied().collect();
        let mut has_moved = 0;
        for _ in 0..CHANGES {
            let id = ids.choose(&mut random).unwrap().0.to_string();
            let by = TimeDelta::seconds(random.random_range(-500_000..500_000));
            has_moved += usize::from(moved.move_task(&id, NewTime::By(by)).is_ok());
        }
        assert!(has_moved > 3, "{has_moved}");
        // Some can go back only after others.
        for _ in 0..ids.len() {
            for (id, due) in &due {
                let _ = moved.move_task(&id.0.to_string(), NewTime::To(*due));
            }
        }
        assert_eq!(state(&moved), state(&still), "seed {seed}");
        for account in [&mut still, &mut moved] {
            pass(account, TimeDelta::days(40));
            account.invariants().unwrap();
        }
        assert_eq!(state(&moved), state(&still), "seed {seed}");
        let sent = |account: &Account| {
            let all = account.all_deliveries();
            all.iter().map(|one| (one.id, one.created_at, one.body.clone())).collect::<Vec<_>>()
        };
        assert_eq!(sent(&moved), sent(&still), "seed {seed}");
    }
}

#[test]
fn what_is_left_runs_at_its_time_in_the_order_of_times_and_once() {
    for seed in SEEDS {
        let mut account = busy(&settings(), 1);
        disturb(&mut account, seed);
        let mark = account.log().last_cursor();
        let due: BTreeMap<u64, Timestamp> =
            tasks(&account).into_iter().map(|task| (task.id.0, task.due)).collect();
        pass(&mut account, TimeDelta::days(50));
        account.invariants().unwrap();
        let entries = log(&account);
        let ran: Vec<(Timestamp, u64)> = entries
            .iter()
            .filter(|entry| entry.kind == "task_ran" && entry.cursor > mark)
            .map(|entry| (entry.at, entry.task.unwrap().0))
            .collect();
        assert!(ran.is_sorted(), "seed {seed}: {ran:?}");
        for (at, id) in &ran {
            assert!(due.get(id).is_none_or(|due| due == at), "seed {seed}: task {id} at {at}");
        }
        let mut ends: BTreeMap<u64, &str> = BTreeMap::new();
        for entry in
            entries.iter().filter(|entry| ["task_ran", "task_dropped"].contains(&entry.kind))
        {
            let earlier = ends.insert(entry.task.unwrap().0, entry.kind);
            assert_eq!(earlier, None, "seed {seed}: {entry:?}");
        }
    }
}

#[test]
fn no_webhook_of_a_load_is_announced_before_the_load() {
    let mut announced = 0;
    for seed in SEEDS {
        let mut account = busy(&settings(), 1);
        disturb(&mut account, seed);
        pass(&mut account, TimeDelta::days(50));
        let mut loaded = Vec::new();
        for entry in log(&account) {
            match (entry.kind, entry.what) {
                ("task_ran", Some("load" | "load and webhook")) => loaded.push(entry.link),
                ("task_ran", Some("webhook")) => {
                    announced += 1;
                    assert!(loaded.contains(&entry.link), "seed {seed}: {entry:?}");
                }
                _ => {}
            }
        }
    }
    assert!(announced > 8, "{announced}");
}

#[test]
fn the_same_changes_have_the_same_effects_and_accounts_do_not_notice_each_other() {
    for seed in SEEDS {
        let run = |order: [u64; 2]| {
            let settings = settings();
            let mut accounts = BTreeMap::from([1, 2].map(|own| (own, busy(&settings, own))));
            for own in order {
                disturb(accounts.get_mut(&own).unwrap(), seed + own);
            }
            let shown =
                accounts.into_values().map(|account| (state(&account), as_json(&log(&account))));
            shown.collect::<Vec<_>>()
        };
        assert_eq!(run([1, 2]), run([2, 1]), "seed {seed}");
    }
}

#[test]
fn a_planned_fault_strikes_its_task_and_nothing_else() {
    let mut account = account_of(&settings(), 1);
    register(&mut account, CURPS[0]);
    register(&mut account, CURPS[0]);
    let webhooks = tasks(&account).into_iter().filter(|task| task.what == "webhook");
    let webhooks: Vec<ScheduledTask> = webhooks.collect();
    let id = webhooks[1].id.0.to_string();
    let planned = account.fail_task(&id, failure(&json!("webhook_drop"))).unwrap();
    assert_eq!((planned.faults, planned.note), (vec!["webhook_drop"], None));
    pass(&mut account, TimeDelta::seconds(15));
    let injected = |account: &Account| {
        let entries = log(account).into_iter().filter(|entry| entry.kind == "fault_injected");
        entries.map(|entry| (entry.fault.unwrap(), entry.link.unwrap())).collect::<Vec<_>>()
    };
    // The load brings the records and the owner, each with a webhook.
    assert_eq!(injected(&account), [("webhook_drop", webhooks[1].link); 2]);
    let states: Vec<_> = account.all_deliveries().iter().map(|one| (one.link, one.state)).collect();
    let dropped = states.iter().filter(|(_, state)| *state == DeliveryState::Dropped);
    assert_eq!(
        (states.len(), dropped.map(|(link, _)| *link).collect::<Vec<_>>()),
        (4, vec![webhooks[1].link; 2])
    );

    // A refresh without news has no webhook. The answer says so beforehand, and the fault is gone.
    let refresh = tasks(&account).into_iter().find(|task| task.what == "refresh").unwrap();
    let planned =
        account.fail_task(&refresh.id.0.to_string(), failure(&json!("webhook_drop"))).unwrap();
    assert!(planned.note.unwrap().contains("its faults strike nothing"), "{planned:?}");
    pass(&mut account, TimeDelta::days(7));
    assert_eq!(injected(&account).len(), 2);
    assert!(tasks(&account).iter().all(|task| task.faults.is_empty() && task.note.is_none()));
    account.invariants().unwrap();
}
