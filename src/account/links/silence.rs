//! Says which links will bring nothing, so that nobody waits for it.

use crate::account::links::Link;
use crate::model::link::{AccessMode, Resource};
use crate::scenario::StepKind;

/// Returns sentences on what a link that begins now will not bring by itself.
pub(crate) fn notes_on(link: &Link) -> Vec<String> {
    let id = link.id;
    let loads = link.loads();
    let (served, unserved): (Vec<Resource>, Vec<Resource>) =
        loads.into_iter().partition(|resource| is_served(*resource));
    if served.is_empty() {
        return vec![nothing_loads(link, &unserved)];
    }
    let mut notes = Vec::new();
    if !unserved.is_empty() && link.request.access_mode == AccessMode::Single {
        let names = names(&unserved);
        notes.push(format!("link {id} brings no {names}: the emulator does not serve it"));
    }
    let scenario = link.scenario.name.as_str();
    let has = |is_meant: fn(&StepKind) -> bool| {
        link.accept().later.iter().any(|(_, step)| is_meant(&step.event))
    };
    if !has(|event| matches!(event, StepKind::Load)) {
        notes.push(format!(
            "link {id} loads nothing by itself: its scenario {scenario} has no load; add \
             {{\"event\": \"load\"}} to its steps, or POST /api/links/{id}/refresh/"
        ));
    }
    if !has(|event| matches!(event, StepKind::Webhook)) {
        notes.push(format!(
            "link {id} sends no webhook for its first data: its scenario {scenario} has none; add \
             {{\"event\": \"webhook\"}} to its steps, or take another scenario"
        ));
    }
    notes
}

/// Says that a refresh loads nothing, if that is so.
pub(crate) fn note_on_refresh(link: &Link, resources: &[Resource]) -> Option<String> {
    (!resources.iter().any(|resource| is_served(*resource))).then(|| {
        format!(
            "this refresh of link {} loads nothing and sends no webhook: the emulator serves none \
             of its resources ({})",
            link.id,
            names(resources)
        )
    })
}

/// Says that a change of a single link loads nothing. A recurrent link is refreshed every week.
pub(crate) fn note_on_change(link: &Link, change: &str) -> Option<String> {
    let id = link.id;
    (link.request.access_mode == AccessMode::Single).then(|| {
        format!(
            "{change} of link {id} loads nothing and sends no webhook, because it is single; POST \
             /api/links/{id}/refresh/ loads its data"
        )
    })
}

fn nothing_loads(link: &Link, unserved: &[Resource]) -> String {
    let id = link.id;
    match unserved {
        [] => format!(
            "link {id} loads nothing and sends no webhook: a single link loads what \
             fetch_resources names; add \"fetch_resources\": [\"EMPLOYMENT_RECORDS\"], or leave \
             access_mode out to make it recurrent"
        ),
        unserved => format!(
            "link {id} loads nothing and sends no webhook: the emulator does not serve {}; add \
             EMPLOYMENT_RECORDS to fetch_resources",
            names(unserved)
        ),
    }
}

fn is_served(resource: Resource) -> bool {
    matches!(resource, Resource::EmploymentRecords | Resource::CurrentEmployments)
}

fn names(resources: &[Resource]) -> String {
    resources.iter().map(|resource| resource.as_str()).collect::<Vec<&str>>().join(", ")
}
