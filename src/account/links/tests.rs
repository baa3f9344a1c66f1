//! The work that lists take in an account of many links.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::account::request::filter::{Field, Listed};
use crate::account::tests::{account, start};
use crate::account::{Account, Budget, CallContext, Query, links, records};
use crate::comparisons::comparisons;

/// Creates this many links, a minute apart, and loads their records.
fn account_with(links: usize) -> Account {
    let mut account = account();
    let institutions = ["planet_mx_employment", "imss_mx_employment"];
    for number in 0..links {
        let body = json!({
            "institution": institutions[number % 2],
            "username": format!("LINK{:06}MDFXXX{:02}", number / 100, number % 100),
            "access_mode": if number % 3 == 0 { "recurrent" } else { "single" },
            "external_id": if number % 4 == 0 { "shared".into() } else { format!("user-{number}") },
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        });
        let mut context = account.begin_request();
        account.create_link(&mut context, body.to_string().as_bytes()).unwrap();
        let next = account.now() + TimeDelta::minutes(1);
        let _ = account.advance(next, &mut Budget::unlimited());
    }
    account
}

/// Returns the comparisons that a page takes, and the number of objects that match.
fn page_work(account: &Account, list: &str, query: &str) -> (u64, usize) {
    let query = Query::new(String::new(), query);
    let mut count = 0;
    let work = comparisons(|| {
        count = match list {
            "links" => account.list_links(&CallContext::new(Uuid::nil()), &query).unwrap().count,
            _ => account.list_employment_records(&query).unwrap().count,
        };
    });
    (work, count)
}

/// A walk would find each of the matches, by some comparisons.
#[test]
fn a_page_of_ten_takes_little_work_where_there_are_many() {
    let account = account_with(1200);
    account.invariants().unwrap();
    let middle = start() + TimeDelta::minutes(50);
    let after = format!("created_at__gte={}", middle.to_rfc3339().replace('+', "%2B"));
    let window = format!("access_mode=single&external_id=shared&{after}");
    for (list, query) in [
        ("links", ""),
        ("links", "page=5"),
        ("links", "institution=imss_mx_employment"),
        ("links", "status=valid&access_mode=single"),
        ("links", "external_id=shared&page=2"),
        ("links", "created_by__not_in=74c01cb4-edf1-44d6-8876-b1dc2aebcb14"),
        ("links", "refresh_rate=7d&institution__in=imss_mx_employment,planet_mx_employment"),
        ("links", &after),
        ("links", &window),
        ("records", ""),
        ("records", "page=5"),
        ("records", &after),
    ] {
        let (work, count) = page_work(&account, list, query);
        assert!(count > 150 && work < 400, "{list}?{query}: {work} comparisons for {count}");
    }
}

/// A walk takes long, so it must be known before the list is made.
#[test]
fn the_lists_that_walk_are_known_by_their_parameters() {
    fn without_index<T: Listed>(fields: &[Field<T>]) -> Vec<&'static str> {
        fields.iter().filter(|field| field.index.is_none()).map(|field| field.name).collect()
    }
    let lists = [
        without_index(links::FIELDS),
        without_index(records::FIELDS),
        without_index(records::calls::owners::FIELDS),
    ];
    assert_eq!(lists.concat(), records::calls::WALKED);
}
