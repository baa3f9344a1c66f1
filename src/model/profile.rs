//! The outline that a scenario gives for a generated person.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::model::money::Money;
use crate::model::quote::quoted;
use crate::model::sector::Sector;
use crate::model::state::{STATES, State};
use crate::model::suggestion::did_you_mean;
use crate::model::words::words;

/// The largest number of employers of a generated person.
pub(crate) const MOST_EMPLOYERS: u8 = 40;
/// The largest number of jobs that a generated person has at the same time.
const MOST_CONCURRENT: u8 = 4;
/// The lowest and the highest age at which a generated person begins to work.
const FIRST_AGES: (u8, u8) = (15, 60);
/// The highest salary that a profile can ask for. The highest one that IMSS counts is far below it.
const MOST_PESOS: f64 = 1_000_000.0;
const LONGEST_EMPLOYER: usize = 200;

/// The value of `entitlements.status` of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum EmploymentStatus {
    Employed,
    Unemployed,
    Retired,
}

words! {
    /// The institution that the data comes from. The shape of a record depends on it.
    DataSource { Imss = "IMSS", Issste = "ISSSTE" }
}

/// The outline of a working life.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "Outline")]
#[schemars(with = "Outline")]
pub(crate) struct Profile {
    /// The status of the person on the day of the registration.
    pub status: EmploymentStatus,
    /// The smallest and the largest number of jobs. Without it, there are as many as the life of the
    /// person brings.
    pub employers: Option<Employers>,
    /// The institution that the data comes from. The default is the institution of the link.
    pub source: Option<DataSource>,
    /// The name of the last employer.
    pub employer: Option<String>,
    /// The base salary in the last job, on the day of the registration or at its end.
    pub salary: Option<SalaryRange>,
    /// The state in which all jobs are.
    pub state: Option<&'static State>,
    /// The sector of all jobs.
    pub sector: Option<Sector>,
    /// The number of jobs on the day of the registration.
    pub concurrent_jobs: Option<u8>,
    /// The age in years at which the first job begins.
    pub age_at_first_job: Option<u8>,
}

impl Profile {
    /// Returns the profile of a status, without any trait.
    #[cfg(test)]
    pub(crate) fn of(status: EmploymentStatus) -> Profile {
        Profile {
            status,
            employers: None,
            source: None,
            employer: None,
            salary: None,
            state: None,
            sector: None,
            concurrent_jobs: None,
            age_at_first_job: None,
        }
    }
}

/// A profile as it is written, whose keys are not yet checked against one another.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Outline {
    /// The status of the person on the day of the registration.
    status: EmploymentStatus,
    /// The fewest and the most jobs. By default, there are as many as the age brings.
    #[serde(default)]
    employers: Option<Employers>,
    /// The institution that the data comes from. The default is the institution of the link.
    #[serde(default)]
    source: Option<DataSource>,
    /// The name of the last employer. For ISSSTE, two names joined by `;`.
    #[serde(default)]
    employer: Option<EmployerName>,
    /// The lowest and the highest daily base salary in the last job, in pesos, on the day of the
    /// registration or at the end of the job.
    #[serde(default)]
    salary: Option<SalaryRange>,
    /// The state of all jobs: its name as IMSS writes it, or its two letters in a CURP.
    #[serde(default)]
    state: Option<StateName>,
    /// The sector of all jobs.
    #[serde(default)]
    sector: Option<Sector>,
    /// The number of jobs on the day of the registration.
    #[serde(default)]
    concurrent_jobs: Option<ConcurrentJobs>,
    /// The age in years at which the first job begins.
    #[serde(default)]
    age_at_first_job: Option<FirstAge>,
}

impl TryFrom<Outline> for Profile {
    type Error = String;

    fn try_from(outline: Outline) -> Result<Profile, String> {
        outline.refuse_contradictions()?;
        Ok(Profile {
            status: outline.status,
            employers: outline.employers,
            source: outline.source,
            employer: outline.employer.map(|name| name.0),
            salary: outline.salary,
            state: outline.state.map(|state| state.0),
            sector: outline.sector,
            concurrent_jobs: outline.concurrent_jobs.map(|jobs| jobs.0),
            age_at_first_job: outline.age_at_first_job.map(|age| age.0),
        })
    }
}

impl Outline {
    fn refuse_contradictions(&self) -> Result<(), String> {
        let jobs = self.concurrent_jobs.as_ref().map_or(0, |jobs| jobs.0);
        if jobs > 0 && self.status != EmploymentStatus::Employed {
            return Err("concurrent_jobs needs a person with a job: write \"status\": \
                        \"EMPLOYED\", or leave concurrent_jobs out."
                .to_owned());
        }
        if let Some(employers) = self.employers
            && jobs > employers.most
        {
            return Err(format!(
                "concurrent_jobs is {jobs}, and employers allows {} at most: raise the second \
                 number of employers.",
                employers.most
            ));
        }
        if self.source != Some(DataSource::Issste) {
            return Ok(());
        }
        let is_one_name = |name: &EmployerName| !name.0.contains(';');
        match self {
            Outline { sector: Some(_), .. } => {
                Err("sector says nothing with \"source\": \"ISSSTE\", whose employers are the \
                     government's: leave it out."
                    .to_owned())
            }
            Outline { state: Some(_), .. } => {
                Err("state says nothing with \"source\": \"ISSSTE\", whose records name no \
                     state: leave it out."
                    .to_owned())
            }
            Outline { employer: Some(name), .. } if is_one_name(name) => {
                Err("employer needs two names joined by ; as ISSSTE writes them, such as \
                     \"SECRETARIA DE SALUD;HOSPITAL GENERAL DE MEXICO\"."
                    .to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// The name of an employer.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", inline, extend(
    "minLength" = 1,
    "maxLength" = LONGEST_EMPLOYER,
    "examples" = ["COMERCIALIZADORA DEL NORTE SA DE CV"],
))]
struct EmployerName(String);

impl TryFrom<String> for EmployerName {
    type Error = String;

    fn try_from(name: String) -> Result<EmployerName, String> {
        match name.chars().count() {
            1..=LONGEST_EMPLOYER if !name.trim().is_empty() => Ok(EmployerName(name)),
            _ => Err(format!("Expected the name of an employer, 1 to {LONGEST_EMPLOYER} letters.")),
        }
    }
}

/// A state, by its name or by the two letters that a CURP has for it.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", inline, extend("enum" = state_names(), "examples" = ["JALISCO"]))]
struct StateName(&'static State);

/// The names of all states, and then their letters.
fn state_names() -> Vec<&'static str> {
    let names = STATES.iter().map(|state| state.name);
    names.chain(STATES.iter().map(|state| state.code)).collect()
}

impl TryFrom<String> for StateName {
    type Error = String;

    fn try_from(name: String) -> Result<StateName, String> {
        let found = State::by_name(&name).or_else(|| State::by_code(&name));
        found.map(StateName).ok_or_else(|| {
            let known = STATES.iter().map(|state| format!("{} ({})", state.name, state.code));
            let known: Vec<String> = known.collect();
            let names = STATES.iter().map(|state| state.name);
            format!(
                "Expected a state, not {}.{} The states are {}.",
                quoted(&name),
                did_you_mean(&name, names),
                known.join(", ")
            )
        })
    }
}

/// A number of jobs at the same time.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "i64")]
#[schemars(with = "u8", inline, extend("minimum" = 1, "maximum" = MOST_CONCURRENT, "examples" = [2]))]
struct ConcurrentJobs(u8);

impl TryFrom<i64> for ConcurrentJobs {
    type Error = String;

    fn try_from(jobs: i64) -> Result<ConcurrentJobs, String> {
        let fitting = u8::try_from(jobs).ok().filter(|jobs| (1..=MOST_CONCURRENT).contains(jobs));
        fitting.map(ConcurrentJobs).ok_or_else(|| {
            format!("Expected a number of jobs from 1 to {MOST_CONCURRENT}, not {jobs}.")
        })
    }
}

/// An age at which somebody begins to work.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "i64")]
#[schemars(with = "u8", inline, extend(
    "minimum" = FIRST_AGES.0,
    "maximum" = FIRST_AGES.1,
    "examples" = [18],
))]
struct FirstAge(u8);

impl TryFrom<i64> for FirstAge {
    type Error = String;

    fn try_from(age: i64) -> Result<FirstAge, String> {
        let (youngest, oldest) = FIRST_AGES;
        let fitting = u8::try_from(age).ok().filter(|age| (youngest..=oldest).contains(age));
        fitting
            .map(FirstAge)
            .ok_or_else(|| format!("Expected an age from {youngest} to {oldest}, not {age}."))
    }
}

/// The bounds between which the number of employers is drawn. Both are included.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(with = "[EmployerCount; 2]", extend("examples" = [[1, 3]]))]
pub(crate) struct Employers {
    pub fewest: u8,
    pub most: u8,
}

/// A number of employers, for the schema.
#[derive(JsonSchema)]
#[schemars(inline, extend("minimum" = 1, "maximum" = MOST_EMPLOYERS))]
struct EmployerCount(#[allow(dead_code, reason = "the schema alone needs it")] u8);

impl<'de> Deserialize<'de> for Employers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Employers, D::Error> {
        deserializer.deserialize_seq(Bounds {
            expected: "the fewest and the most, such as [1, 3]",
            read: Employers::of,
        })
    }
}

impl Employers {
    fn of(bounds: &[u8]) -> Result<Employers, String> {
        match bounds {
            [fewest, most]
                if (1..=MOST_EMPLOYERS).contains(most) && (1..=*most).contains(fewest) =>
            {
                Ok(Employers { fewest: *fewest, most: *most })
            }
            _ => Err(format!(
                "Expected the fewest and the most, such as [1, 3], from 1 to {MOST_EMPLOYERS}, not \
                 {bounds:?}."
            )),
        }
    }
}

/// The bounds between which a salary lies. Both are included.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(with = "[Money; 2]", extend("examples" = [[400, 600]]))]
pub(crate) struct SalaryRange {
    pub lowest: Money,
    pub highest: Money,
}

impl<'de> Deserialize<'de> for SalaryRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SalaryRange, D::Error> {
        deserializer.deserialize_seq(Bounds {
            expected: "the lowest and the highest daily salary in pesos, such as [400, 600]",
            read: SalaryRange::of,
        })
    }
}

impl SalaryRange {
    fn of(bounds: &[f64]) -> Result<SalaryRange, String> {
        match bounds {
            [lowest, highest] if *lowest > 0.0 && lowest <= highest && *highest <= MOST_PESOS => {
                let cents = |pesos: f64| Money::from_cents((pesos * 100.0).round() as i64);
                Ok(SalaryRange { lowest: cents(*lowest), highest: cents(*highest) })
            }
            _ => Err(format!(
                "Expected the lowest and the highest daily salary in pesos, such as [400, 600], above \
                 0 and up to {MOST_PESOS}, not {bounds:?}."
            )),
        }
    }
}

/// A list of numbers, of which two are expected.
struct Bounds<T, V> {
    expected: &'static str,
    read: fn(&[T]) -> Result<V, String>,
}

impl<'de, T: Deserialize<'de>, V> Visitor<'de> for Bounds<T, V> {
    type Value = V;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<V, A::Error> {
        let mut bounds = Vec::new();
        while let Some(bound) = list.next_element()? {
            bounds.push(bound);
        }
        (self.read)(&bounds).map_err(A::Error::custom)
    }
}
