//! Checks all scenarios together: their names, and the CURPs and rules that they claim.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::scenario::Scenario;
use crate::scenario::lint::Source;
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings, Place};
use crate::scenario::lint::rules::rivals;

/// The key in `when` that takes a CURP from a built-in scenario.
const TAKES: &str = "takes_reserved_curp";

/// The places in a file that say what the scenario is called and what it claims.
#[derive(Debug)]
pub(in crate::scenario::lint) struct Claimant {
    name: Option<(String, Range<usize>)>,
    curp: Option<Range<usize>>,
    rule: Option<Range<usize>>,
    takes: Option<Range<usize>>,
    source: Option<Range<usize>>,
}

impl Claimant {
    pub(in crate::scenario::lint) fn of(root: Node<'_>) -> Claimant {
        let name = root.get("name");
        let range = |path: &str| root.find(path).map(Node::range);
        Claimant {
            name: name.and_then(|node| Some((node.text()?.to_owned(), node.range()))),
            curp: range("when.curp"),
            rule: range("when.rule"),
            takes: root.find("when.takes_reserved_curp").map(Node::key_range),
            source: root.find("when.source").map(Node::key_range),
        }
    }
}

/// A scenario that is in force, with the number of its file.
#[derive(Clone, Copy)]
pub(super) struct Claim<'a> {
    pub file: usize,
    pub scenario: &'a Scenario,
    pub source: &'a Source,
    pub claimant: &'a Claimant,
}

impl Claim<'_> {
    /// The place of the key of its institution.
    pub(super) fn source_key(&self) -> Option<Range<usize>> {
        self.claimant.source.clone()
    }

    /// The place of its rule, or of its CURP.
    pub(super) fn place(&self) -> Place {
        let range = self.claimant.rule.clone().or(self.claimant.curp.clone());
        Place { file: self.file, range: range.unwrap_or(0..1) }
    }
}

/// Checks the files together. Of two files with one name, the later is in force.
pub(in crate::scenario::lint) fn check(
    sources: &[Source],
    scenarios: &[Option<Scenario>],
    claimants: &[Option<Claimant>],
    all: &mut [Findings],
) {
    refuse_twins(sources, claimants, all);
    let claims: Vec<Claim<'_>> = (0..sources.len())
        .filter_map(|file| {
            let (scenario, claimant) = (scenarios[file].as_ref()?, claimants[file].as_ref()?);
            Some(Claim { file, scenario, source: &sources[file], claimant })
        })
        .collect();
    let reserved: HashSet<&str> = claims
        .iter()
        .filter(|claim| claim.source.built_in)
        .filter_map(|claim| claim.scenario.curp())
        .collect();
    let last: HashMap<&str, usize> =
        claims.iter().map(|claim| (claim.scenario.name.as_str(), claim.file)).collect();
    let in_force: Vec<Claim<'_>> = claims
        .into_iter()
        .filter(|claim| last[claim.scenario.name.as_str()] == claim.file)
        .collect();
    for claim in &in_force {
        refuse_idle_take(claim, &reserved, &mut all[claim.file]);
    }
    refuse_rival_claims(&in_force, all);
    rivals::check(&in_force, all);
}

/// Refuses a name that another file of the folder has.
fn refuse_twins(sources: &[Source], claimants: &[Option<Claimant>], all: &mut [Findings]) {
    let mut first: HashMap<(usize, &str), Place> = HashMap::new();
    for (file, claimant) in claimants.iter().enumerate() {
        let Some((name, range)) = claimant.as_ref().and_then(|it| it.name.as_ref()) else {
            continue;
        };
        let place = all[file].place(range.clone());
        let twin = first.entry((sources[file].folder, name)).or_insert(place.clone());
        if *twin != place {
            let message = format!("{name:?} is also the name of {}.", sources[twin.file].path);
            let finding = all[file].add(Check::DuplicateName, range.clone(), message);
            finding.related(twin.clone(), "the name is first given here");
            finding.help("give one of them another name");
        }
    }
}

/// A file can take a CURP only from a built-in scenario: anything else is a mistake.
fn refuse_idle_take(claim: &Claim<'_>, reserved: &HashSet<&str>, findings: &mut Findings) {
    let takes = claim.scenario.when.as_ref().is_some_and(|when| when.takes_reserved_curp);
    let Some(range) = claim.claimant.takes.clone().filter(|_| takes) else { return };
    match claim.scenario.curp() {
        Some(curp) if reserved.contains(curp) => {}
        Some(curp) => {
            let message = format!("No built-in scenario claims the CURP {curp}.");
            findings.add(Check::TakesNothing, range, message).help("leave this key out");
        }
        None => {
            let message = "This key takes a CURP, and there is none.";
            findings.add(Check::TakesNothing, range, message).help("write the key curp beside it");
        }
    }
}

/// A CURP belongs to one scenario; a second may claim it only together with a rule. That of a
/// built-in scenario is reserved for it, unless a file says that it takes it.
fn refuse_rival_claims(claims: &[Claim<'_>], all: &mut [Findings]) {
    let mut by_curp: HashMap<&str, Vec<&Claim<'_>>> = HashMap::new();
    for claim in claims {
        let Some(curp) = claim.scenario.curp() else { continue };
        let others = by_curp.entry(curp).or_default();
        if let Some(rival) = others.iter().find(|other| clashes(claim, other)) {
            add_rival(curp, claim, rival, &mut all[claim.file]);
        }
        others.push(claim);
    }
}

fn is_reserved(claim: &Claim<'_>, other: &Claim<'_>) -> bool {
    other.source.built_in && !claim.source.built_in
}

fn clashes(claim: &Claim<'_>, other: &Claim<'_>) -> bool {
    match is_reserved(claim, other) {
        true => !claim.scenario.when.as_ref().is_some_and(|when| when.takes_reserved_curp),
        false => other.scenario.rule().is_none() == claim.scenario.rule().is_none(),
    }
}

fn add_rival(curp: &str, claim: &Claim<'_>, rival: &Claim<'_>, findings: &mut Findings) {
    let (name, path) = (rival.scenario.name.as_str(), &rival.source.path);
    let message = format!("The CURP {curp} already belongs to the scenario {name:?} in {path}.");
    let mut help =
        format!("take another CURP, or replace that scenario by naming this one {name:?}");
    if is_reserved(claim, rival) {
        help += &format!(", or take the CURP from it with \"{TAKES}\": true in \"when\"");
    }
    let range = claim.claimant.curp.clone().unwrap_or(0..1);
    let first = Place { file: rival.file, range: rival.claimant.curp.clone().unwrap_or(0..1) };
    let finding = findings.add(Check::ClaimedCurp, range, message);
    finding.related(first, "first claimed here").help(help);
}
