//! The codes and the CURPs of the built-in scenarios, which are those that are documented.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use crate::model::json;
use crate::scenario::built_in::FILES;
use crate::scenario::{Login, Scenario};

pub(super) struct Known {
    /// The codes that a login can be refused with, each with its statuses.
    pub codes: BTreeMap<String, Vec<u16>>,
    pub curps: HashSet<String>,
}

pub(super) static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known { codes: BTreeMap::new(), curps: HashSet::new() };
    let read = |(_, text): &(&str, &str)| json::parse::<Scenario>(text.as_bytes()).ok();
    for scenario in FILES.iter().filter_map(read) {
        known.curps.extend(scenario.curp().map(str::to_owned));
        if let Login::Refuse(refusal) = scenario.login {
            known.codes.entry(refusal.code).or_default().push(refusal.status.number());
        }
    }
    known
});
