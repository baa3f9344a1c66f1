//! Employment metrics: figures about a working life. They exist for IMSS only.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::model::decimal::Decimal;
use crate::model::money::Money;
use crate::model::profile::EmploymentStatus;
use crate::model::{Timestamp, six_digits, six_digits_schema};

/// Employment metrics as Belvo returns them. All keys are always present.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EmploymentMetrics {
    pub id: Uuid,
    pub link: Uuid,
    /// The time at which the employment records were read at the institution.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub collected_at: Timestamp,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub created_at: Timestamp,
    /// The time of the last calculation.
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub updated_at: Timestamp,
    /// The date of the request. It is null if the request had none: then the figures are as of the
    /// day of `updated_at`.
    pub reference_date: Option<NaiveDate>,
    #[serde(flatten)]
    pub figures: Figures,
}

/// The figures as of the reference date.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Figures {
    /// The age of the person in whole years.
    pub age: u32,
    pub current_status: Option<EmploymentStatus>,
    /// The number of employers at present.
    pub current_employer_count: u32,
    /// The daily salary of the last job. The last job is the present one that began last, or the
    /// past one that ended last. It is null, as are the other figures about jobs, for a person who
    /// has had none.
    pub base_salary_last: Option<Money>,
    /// The days of the last job, divided by seven.
    pub weeks_employed_last_job: Option<Decimal>,
    /// The days since the last job, divided by seven: 0 for a person who has a job.
    pub weeks_since_last_job: Option<Decimal>,
    /// The days with a job, divided by seven. Days with several jobs count once.
    pub weeks_employed_total: Decimal,
    /// The days with jobs at several employers, divided by seven.
    pub weeks_with_multiple_employers: Decimal,
    /// The number of jobs.
    pub employer_count: u32,
    /// The number of employers. A return to an employer counts once.
    pub unique_employer_count: u32,
    /// `unique_employer_count` divided by the years since the first job began.
    pub employers_per_year: Option<Decimal>,
    /// The days without a job between two jobs, divided by seven.
    pub weeks_between_jobs: Option<Decimal>,
    /// The days of the longest time without a job between two jobs, divided by seven.
    pub max_weeks_between_jobs: Option<Decimal>,
    /// The number of rises of the salary in the last job. Only changes of more than 2 % count, here
    /// and below.
    pub increases_last_job: Option<u32>,
    pub decreases_last_job: Option<u32>,
    /// 1 if the last job began with a higher salary than the job before it had then, else 0. It is
    /// null if no job began before the last one.
    pub increases_after_change: Option<u32>,
    pub decreases_after_change: Option<u32>,
    /// The number of rises of the salary within jobs and from one job to the next.
    pub increases_overall: Option<u32>,
    pub decreases_overall: Option<u32>,
    /// The number of rises in the year before the reference date.
    pub increases_1y: Option<u32>,
    pub decreases_1y: Option<u32>,
    /// The number of rises in three years. It is null, as are the other changes of three and of five
    /// years, if the first job began later than that.
    pub increases_3y: Option<u32>,
    pub decreases_3y: Option<u32>,
    pub increases_5y: Option<u32>,
    pub decreases_5y: Option<u32>,
    /// The change of the salary over the year before the reference date, in per cent.
    pub yearly_change_1y: Option<Decimal>,
    /// The change of the salary over three years, in per cent.
    pub yearly_change_3y: Option<Decimal>,
    /// The change of the salary over five years, in per cent.
    pub yearly_change_5y: Option<Decimal>,
    /// The lowest monthly salary of the days with a job in the year before the reference date. It is
    /// null if there was no such day. The salaries of jobs at the same time are added.
    pub min_monthly_salary_1y: Option<Money>,
    pub min_monthly_salary_3y: Option<Money>,
    pub min_monthly_salary_5y: Option<Money>,
    /// The average of the monthly salary over these days.
    pub average_monthly_salary_1y: Option<Money>,
    pub average_monthly_salary_3y: Option<Money>,
    pub average_monthly_salary_5y: Option<Money>,
    pub max_monthly_salary_1y: Option<Money>,
    pub max_monthly_salary_3y: Option<Money>,
    pub max_monthly_salary_5y: Option<Money>,
}
