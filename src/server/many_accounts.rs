//! The work of finding and beginning accounts, when there are many.

use crate::accounts::Credentials;
use crate::clock::Clock;
use crate::comparisons::comparisons;
use crate::config::Config;
use crate::server::Emulator;

/// Begins many accounts, and finds each of them again. Returns the comparisons that each takes.
fn work_each(accounts: u64) -> u64 {
    let config = Config::from_flags(["--accounts", "65535"]).unwrap();
    let all = Emulator::with_clock(config, Clock::manual("2026-03-01T12:00:00Z".parse().unwrap()));
    let keys =
        |number: u64| Credentials { id: format!("id-{number}"), password: "password".to_owned() };
    let work = comparisons(|| {
        for number in 0..accounts {
            all.accounts().authenticate(keys(number)).unwrap();
        }
        for number in 0..accounts {
            let slot = all.accounts().authenticate(keys(number)).unwrap();
            assert_eq!(slot.id(), format!("id-{number}"));
        }
    });
    work / accounts
}

#[test]
fn an_account_among_many_is_found_with_no_more_work_than_among_few() {
    let (few, many) = (work_each(50), work_each(2000));
    assert!(many < 4 * few, "{few} comparisons for each of 50, {many} for each of 2000");
}
