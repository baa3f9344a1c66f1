//! The scenarios as clients look them up: what each answers, and the small future that it brings.

use schemars::JsonSchema;
use serde::Serialize;

use crate::account::Account;
use crate::account::login::dry_run::{DryRunRequest, Planned, RefusedWith};
use crate::error::Error;
use crate::model::profile::DataSource;
use crate::scenario::{Accept, Scenario, StepKind, is_built_in, is_persona};

/// Belvo's own test CURP, for a scenario that names none.
const TEST_CURP: &str = "BLPM951331IONVGR54";

/// A scenario, and what a registration with it would bring.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ListedScenario {
    pub name: String,
    pub description: String,
    pub group: Group,
    /// The page of Belvo's documentation that describes the error.
    pub documented_in: Option<String>,
    /// The CURP that the scenario answers.
    pub curp: Option<String>,
    /// The rule that a login meets, in words.
    pub rule: Option<String>,
    /// The name of the institution whose logins the scenario answers; null for any.
    pub institution: Option<&'static str>,
    pub file: String,
    /// The line of the CURP or of the rule, else the line of the name.
    pub line: usize,
    /// The error that refuses the login. It is null when the login is accepted.
    pub refusal: Option<RefusedWith>,
    /// The tasks that a new link would have, in order.
    pub scheduled: Vec<Planned>,
}

/// The kind of thing that a scenario is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Group {
    /// A person whose login is accepted.
    People,
    /// A login that is refused, or that asks for a token.
    Refusals,
    /// Something happens to the link after its data are there.
    LaterEvents,
    /// The webhook is lost, late, or comes more than once.
    WebhookMishaps,
    /// A person of the demo, with a story.
    Personas,
    /// A file of `--scenarios`.
    Own,
}

impl Account {
    /// Returns the names of the scenarios behind one of them, in the order of loading.
    ///
    /// # Errors
    /// 400 for a name that no scenario has.
    pub(crate) fn names_of_scenarios(&self, after: Option<&str>) -> Result<Vec<String>, Error> {
        let all = self.scenarios.scenarios().iter();
        let names = all.map(|scenario| scenario.name.as_str().to_owned());
        let Some(after) = after else { return Ok(names.collect()) };
        self.scenario_for(after, "after")?;
        Ok(names.skip_while(|name| name != after).skip(1).collect())
    }

    /// Shows scenarios, each by the dry run of a registration that names it.
    ///
    /// # Errors
    /// 400 for a name that no scenario has.
    pub(crate) fn list_scenarios(&self, names: &[String]) -> Result<Vec<ListedScenario>, Error> {
        let one = |name: &String| self.list_scenario(&*self.scenario_for(name, "after")?);
        names.iter().map(one).collect()
    }

    fn list_scenario(&self, scenario: &Scenario) -> Result<ListedScenario, Error> {
        let institution = scenario.source().map(|source| match source {
            DataSource::Imss => "imss_mx_employment",
            DataSource::Issste => "issste_mx_employment",
        });
        let dry_run = self.dry_run(&DryRunRequest {
            curp: scenario.curp().unwrap_or(TEST_CURP),
            institution: institution.or(Some("planet_mx_employment")),
            email: None,
            operation: None,
            header: Some(scenario.name.as_str()),
        })?;
        let origin = &scenario.origin;
        Ok(ListedScenario {
            name: scenario.name.as_str().to_owned(),
            description: scenario.description.clone(),
            group: Group::of(scenario),
            documented_in: scenario.documented_in.clone(),
            curp: scenario.curp().map(str::to_owned),
            rule: scenario.rule().map(ToString::to_string),
            institution,
            file: origin.file.clone(),
            line: origin.claim_line.unwrap_or(origin.name_line),
            refusal: dry_run.refusal,
            scheduled: dry_run.scheduled,
        })
    }
}

impl Group {
    fn of(scenario: &Scenario) -> Group {
        match scenario.accepts() {
            _ if !is_built_in(scenario.name.as_str()) => Group::Own,
            _ if is_persona(scenario.name.as_str()) => Group::Personas,
            Some(accept) if scenario.login.accepts_at_once() => Group::of_accepted(accept),
            _ => Group::Refusals,
        }
    }

    fn of_accepted(accept: &Accept) -> Group {
        let (mut steps, mut webhooks, mut is_late, mut changes) = (0, 0, false, false);
        for (_, step) in accept.later.iter() {
            steps += 1;
            match step.event {
                StepKind::Webhook => webhooks += 1,
                StepKind::Load => is_late |= step.after.is_some(),
                _ => changes = true,
            }
        }
        match (steps, webhooks) {
            _ if changes => Group::LaterEvents,
            (0, _) => Group::People,
            (_, 1) if !is_late => Group::People,
            _ => Group::WebhookMishaps,
        }
    }
}
