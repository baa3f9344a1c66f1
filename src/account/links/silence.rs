//! Says which links will bring nothing, so that nobody waits for it.

use crate::account::links::Link;
use crate::model::link::{AccessMode, Resource};
use crate::scenario::StepKind;

/// Returns sentences on what a link that begins now will not bring by itself.
pub(crate) fn notes_on(link: &Link) -> Vec<String> {
    let id = link.id;
    if link.loads().is_empty() {
        return vec![nothing_loads(link)];
    }
    let mut notes = Vec::new();
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
    resources.is_empty().then(|| {
        let id = link.id;
        format!(
            "this refresh of link {id} loads nothing and sends no webhook: fetch_resources is \
             empty; name some in it, or leave it out to load the usual ones"
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

fn nothing_loads(link: &Link) -> String {
    let id = link.id;
    format!(
        "link {id} loads nothing and sends no webhook: a single link loads what fetch_resources \
         names; add \"fetch_resources\": [\"EMPLOYMENT_RECORDS\"], or leave access_mode out to \
         make it recurrent"
    )
}
