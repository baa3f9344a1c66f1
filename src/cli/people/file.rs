//! The working life of one person, as a scenario file.

use chrono::NaiveDate;
use serde::Serialize;

use crate::cli::flags::Flags;
use crate::error::Error;
use crate::generate::{self, Person, Subject};
use crate::model::employment_record::Employment;
use crate::model::profile::DataSource;
use crate::model::quote::quoted;
use crate::model::written_record::Reading;
use crate::scenario::{
    Catalogue, Data, Login, LoginAttempt, Match, MatchedBy, Matching, Scenario, is_built_in,
};
use crate::seed::Seed;

/// The institution of the login whose records are written out.
const SOURCE: DataSource = DataSource::Imss;

/// A scenario file with records that are written out.
#[derive(Serialize)]
struct ScenarioFile<'a> {
    name: String,
    description: String,
    when: When<'a>,
    login: AcceptedLogin,
}

#[derive(Serialize)]
struct When<'a> {
    curp: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    takes_reserved_curp: bool,
}

#[derive(Serialize)]
struct AcceptedLogin {
    accept: Accept,
}

#[derive(Serialize)]
struct Accept {
    data: Records,
}

#[derive(Serialize)]
struct Records {
    records: Vec<Employment>,
}

/// The working life of a CURP.
pub(super) struct WrittenLife {
    /// The text of a scenario file.
    pub file: String,
    /// Sentences on what the scenario asks for and the person cannot have.
    pub shortfalls: Vec<String>,
}

/// Returns the scenario file of a CURP: the records that its link would bring if it were registered
/// today, or on the day of --careers-as-of. What the scenario does later is left out.
///
/// # Errors
/// The CURP is refused, or the flags are wrong.
pub(super) fn scenario_file(
    flags: &Flags,
    curp: &str,
    today: NaiveDate,
) -> Result<WrittenLife, String> {
    let today = flags.careers_as_of.unwrap_or(today);
    let (people, catalogue) = (flags.seed.only()?, flags.catalogue()?);
    let Match { scenario, by, .. } = matched(&catalogue, curp);
    if by == MatchedBy::ProcessDefault {
        let problem =
            |error: Error| -> String { error.problems.into_iter().map(|it| it.message).collect() };
        catalogue.refuse_unclaimed(curp, DataSource::Imss).map_err(problem)?;
    }
    let data = match &scenario.login {
        Login::Accept(accept) => &accept.data,
        Login::AskToken(ask) => &ask.accept.data,
        Login::Refuse(_) => return Err(refused(curp, &scenario)),
    };
    let records = records(data, &scenario, curp, &people, today);
    let file = written(&ScenarioFile {
        name: curp.to_lowercase(),
        description: description(flags, curp, &people, &scenario),
        when: When { curp, takes_reserved_curp: is_reserved(&catalogue, curp) },
        login: AcceptedLogin { accept: Accept { data: Records { records } } },
    });
    Ok(WrittenLife { file, shortfalls: shortfalls(data, &scenario, curp, &people, today) })
}

fn shortfalls(
    data: &Data,
    scenario: &Scenario,
    curp: &str,
    people: &Seed,
    today: NaiveDate,
) -> Vec<String> {
    let Data::Generate(generated) = data else { return Vec::new() };
    let name = scenario.name.as_str();
    let seed = generate::career_seed(people, name, curp);
    let found = generate::shortfalls(&generated.profile, subject(curp, people, today), &seed);
    let note = |why| format!("{curp} has not all that the scenario {name} asks for: {why}");
    found.into_iter().map(note).collect()
}

fn subject<'a>(curp: &'a str, people: &'a Seed, today: NaiveDate) -> Subject<'a> {
    Subject { curp, people, email: None, source: SOURCE, registered_on: today, changes: &[] }
}

/// Returns the records that the data of a scenario bring for a CURP on a day.
fn records(
    data: &Data,
    scenario: &Scenario,
    curp: &str,
    people: &Seed,
    today: NaiveDate,
) -> Vec<Employment> {
    match data {
        Data::Records(records) => {
            let reading = Reading {
                curp,
                email: None,
                source: SOURCE,
                login: today,
                today,
                document_number: &|kind, first_day| {
                    generate::document_number(kind, curp, people, first_day)
                },
            };
            records.iter().map(|record| record.resolved(&reading)).collect()
        }
        Data::Generate(generated) => {
            let subject = subject(curp, people, today);
            let seed = generate::career_seed(people, scenario.name.as_str(), curp);
            let life = generate::employment(&generated.profile, subject, &seed, today);
            vec![match &generated.overrides {
                Some(overrides) => generate::overridden(&life, overrides, today),
                None => life,
            }]
        }
    }
}

/// Returns the scenario that answers the first login of a CURP.
fn matched(catalogue: &Catalogue, curp: &str) -> Match {
    let mut matching = Matching::default();
    let attempt = LoginAttempt {
        curp,
        source: SOURCE,
        email_belongs_to_another_curp: false,
        curp_has_a_link: false,
        recent_logins: &|_| 0,
    };
    catalogue.claim(&mut matching, &attempt);
    matching.enter(catalogue.default_scenario(), MatchedBy::ProcessDefault, || None);
    matching.decide().expect("nothing speaks against the default")
}

fn refused(curp: &str, scenario: &Scenario) -> String {
    let name = scenario.name.as_str();
    format!(
        "{}: there is no working life to write out, because the scenario {name} refuses the login: {}",
        quoted(curp),
        scenario.description,
    )
}

fn description(flags: &Flags, curp: &str, people: &Seed, scenario: &Scenario) -> String {
    let person = Person::new(curp, people).official_name();
    let (seeds, scenario) = (flags.seed.numbers(), scenario.name.as_str());
    format!("{person}, from seed {} and the scenario {scenario}", seeds.start())
}

/// Tells that a built-in scenario claims the CURP.
fn is_reserved(catalogue: &Catalogue, curp: &str) -> bool {
    let claims = |scenario: &Scenario| scenario.curp() == Some(curp);
    catalogue.scenarios().iter().any(|it| claims(it) && is_built_in(it.name.as_str()))
}

/// Writes a file. The time at which a record was read is left out, because the institution does not
/// know it. The text has one key on each line.
fn written(file: &ScenarioFile<'_>) -> String {
    let text = serde_json::to_string_pretty(file).expect("the file is plain data");
    let is_time = |line: &&str| line.trim_start().starts_with("\"collected_at\": ");
    text.lines().filter(|line| !is_time(line)).fold(String::new(), |text, line| text + line + "\n")
}
