//! Fields that seem to have got another name.

use crate::drift::difference::{ChangeKind, Difference, Side};

/// Replaces a field that only the emulator sends, and one that only Belvo sends in the same objects,
/// by one difference, if they are the only two or have the same type.
pub(super) fn pair_renamed(mut differences: Vec<Difference>) -> Vec<Difference> {
    let mut renamed = Vec::new();
    while let Some((ours, theirs)) = next_pair(&differences) {
        let (ours, theirs) = (differences[ours].clone(), differences.remove(theirs));
        differences.retain(|difference| *difference != ours);
        let theirs = name(&theirs).to_owned();
        renamed.push(Difference { kind: ChangeKind::Renamed, theirs, ..ours });
    }
    differences.extend(renamed);
    differences.sort();
    differences
}

/// Returns the places of two fields in the list, the emulator's first.
fn next_pair(differences: &[Difference]) -> Option<(usize, usize)> {
    let all = || differences.iter().enumerate();
    all().filter(|(_, theirs)| is_only_theirs(theirs)).find_map(|(place, theirs)| {
        let is_here = |other: &Difference| is_beside(theirs, other);
        let of_theirs = differences.iter().filter(|other| is_only_theirs(other) && is_here(other));
        let candidates: Vec<(usize, &Difference)> =
            all().filter(|(_, ours)| is_only_ours(ours) && is_here(ours)).collect();
        if let ([(only, _)], 1) = (candidates.as_slice(), of_theirs.count()) {
            return Some((*only, place));
        }
        let alike = candidates.into_iter().filter(|(_, ours)| ours.ours == theirs.theirs);
        let similarity = |ours: &Difference| strsim::jaro_winkler(name(ours), name(theirs));
        let best = alike.max_by(|one, other| similarity(one.1).total_cmp(&similarity(other.1)));
        best.map(|(ours, _)| (ours, place))
    })
}

fn is_only_ours(difference: &Difference) -> bool {
    difference.kind == ChangeKind::OnlyOurs && !difference.ours.is_empty()
}

fn is_only_theirs(difference: &Difference) -> bool {
    matches!(difference.kind, ChangeKind::OnlyTheirs | ChangeKind::OnlyTheirsAlways)
        && difference.side == Side::Answer
        && !difference.theirs.is_empty()
}

/// Tells that two fields belong to the same objects.
fn is_beside(one: &Difference, other: &Difference) -> bool {
    one.side == other.side && owner(one) == owner(other) && one.places == other.places
}

fn owner(difference: &Difference) -> &str {
    difference.subject.rsplit_once('.').map_or("", |(owner, _)| owner)
}

fn name(difference: &Difference) -> &str {
    difference.subject.rsplit('.').next().unwrap_or_default()
}
