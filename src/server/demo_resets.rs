//! The demo account over a day, in which it begins anew every half an hour.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::account::Account;
use crate::accounts::Slot;
use crate::clock::Clock;
use crate::config::Config;
use crate::server::Emulator;

const PEOPLE_WITH_LINKS: usize = 11;

async fn links(emulator: &Emulator, slot: &Slot) -> usize {
    emulator.accounts.control(slot, |account: &mut Account| Ok(account.links())).await.unwrap()
}

/// Waits, in a time that jumps, until the account has so many links.
async fn until_links(emulator: &Emulator, slot: &Slot, count: usize) {
    for _ in 0..10_000 {
        if links(emulator, slot).await == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the account has {} links", links(emulator, slot).await);
}

#[tokio::test(start_paused = true)]
async fn the_demo_account_begins_anew_and_no_other_does() {
    let config = Config::from_flags(["--demo", "--demo-reset", "30m"]).unwrap();
    let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
    let emulator = Emulator::with_clock(config, clock.clone());
    let (demo, accounts) = (emulator.demo().unwrap(), emulator.accounts());
    let of_visit = (demo.clone(), accounts.clone());
    let story = async {
        let owner = accounts.admit(demo.owner().clone()).unwrap();
        until_links(&emulator, &owner, PEOPLE_WITH_LINKS).await;
        let (visited, of_visitor) = of_visit;
        let cookie = visited.new_visitor();
        let keys = visited.visit(of_visitor, &cookie).await.unwrap().unwrap();
        let visitor = accounts.known(&keys).unwrap();
        for _ in 0..3 {
            accounts.reset(&owner).await;
            accounts.reset(&visitor).await;
            let next = demo.next_reset_at().unwrap();
            clock.advance(TimeDelta::minutes(29));
            assert!(clock.now() < next);
            tokio::time::sleep(Duration::from_secs(20)).await;
            assert_eq!(links(&emulator, &owner).await, 0);
            clock.advance(TimeDelta::minutes(1));
            until_links(&emulator, &owner, PEOPLE_WITH_LINKS).await;
            assert_eq!(links(&emulator, &visitor).await, 0);
            tokio::time::sleep(Duration::from_secs(20)).await;
            assert_eq!(demo.next_reset_at().unwrap(), clock.now() + TimeDelta::minutes(30));
        }
    };
    let demo = Arc::clone(&emulator.demo.clone().unwrap());
    tokio::select! {
        never = demo.run(&emulator.accounts) => match never {},
        () = story => {}
    }
}
