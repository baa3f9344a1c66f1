//! The jobs of a person up to a registration: the timeline, whose end is fitted to the profile.

use chrono::{Datelike, Days, NaiveDate};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::generate::calendar::hiring_day_until;
use crate::generate::chance::{WIDE, happens, skewed};
use crate::generate::pensions::{
    LAW_OF_1997, OLDEST_AT_WORK, YOUNGEST_AT_WORK, YOUNGEST_PENSIONER, age_on, birthday,
    first_working_day, weeks_for_pension,
};
use crate::generate::timeline::{SHORTEST_JOB_DAYS, Span, Timeline};
use crate::model::profile::{DataSource, EmploymentStatus, Profile};

/// Somebody who left a job this short a time ago has not left it.
const SHORT_GAP_DAYS: i64 = 21;
/// The longest time since the last job of somebody who is unemployed.
const LONGEST_SEARCH_DAYS: i64 = 540;
/// A person needs these days after the fifteenth birthday to have had a job.
pub(super) const FIRST_JOB_DAYS: u64 = 60;
/// The number of times that jobs are shortened until enough of them fit.
const MOST_ATTEMPTS: usize = 8;
/// The day up to which the employers of a profile are spread. It only scales the jobs: a later
/// registration lengthens the last one.
const HORIZON: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();

/// The jobs of a person as of a registration.
#[derive(Debug)]
pub(super) struct Course {
    /// The jobs, in the order of their first days.
    pub spans: Vec<Span>,
    /// The day from which the person has a pension.
    pub pension: Option<NaiveDate>,
    /// Sentences on traits that the profile asks for and the person cannot have.
    pub shortfalls: Vec<String>,
}

impl Course {
    /// Returns the jobs of a person who registers on `asked`.
    pub(super) fn new(timeline: Timeline<'_>, asked: NaiveDate) -> Course {
        let born = timeline.person.birth_date;
        let age = age_on(born, asked);
        if asked < first_working_day(born, timeline.source) + Days::new(FIRST_JOB_DAYS) {
            return Course::without_jobs(age, asked);
        }
        let wanted = timeline.profile.status;
        let too_old = asked >= timeline.latest_end() && wanted != EmploymentStatus::Retired;
        let counts = Counts::new(&timeline, too_old);
        let fitting = Fitting { asked, counts, timeline };
        let (course, shortfall) = match wanted {
            EmploymentStatus::Retired => fitting.retired_or_employed(age),
            _ if too_old => fitting.too_old(age),
            EmploymentStatus::Employed => (fitting.employed(), None),
            EmploymentStatus::Unemployed => (fitting.unemployed(), None),
        };
        let shortfalls = shortfall.into_iter().chain(fitting.shortfalls(&course)).collect();
        Course { shortfalls, ..course }
    }

    fn without_jobs(age: i32, asked: NaiveDate) -> Course {
        let sentence = match age {
            ..0 => format!("the person is not yet born on {asked}"),
            _ => format!(
                "the person is {age} on {asked}, and nobody works before {YOUNGEST_AT_WORK}"
            ),
        };
        let shortfalls = vec![format!("{sentence}, so there are no jobs")];
        Course { spans: Vec::new(), pension: None, shortfalls }
    }

    fn of(mut spans: Vec<Span>, pension: Option<NaiveDate>) -> Course {
        spans.sort_by_key(|span| span.start);
        Course { spans, pension, shortfalls: Vec::new() }
    }
}

/// The numbers of jobs that a profile asks for.
struct Counts {
    /// The smallest number of jobs.
    fewest: usize,
    /// The number of jobs beside the current one.
    beside: usize,
}

impl Counts {
    fn new(timeline: &Timeline<'_>, too_old: bool) -> Counts {
        let jobs = timeline.profile.concurrent_jobs.filter(|_| !too_old);
        let beside = usize::from(jobs.unwrap_or(1)) - 1;
        let fewest = timeline.profile.employers.map_or(1, |employers| employers.fewest);
        Counts { fewest: fewest.into(), beside }
    }
}

/// A timeline that is being fitted to a profile.
struct Fitting<'a> {
    timeline: Timeline<'a>,
    asked: NaiveDate,
    counts: Counts,
}

impl Fitting<'_> {
    fn generator(&self, label: &str) -> ChaCha8Rng {
        self.timeline.seed.child(label).generator()
    }

    /// Returns the timeline with as many employers as the profile asks for by the horizon.
    fn timeline(&self) -> Timeline<'_> {
        let mut timeline = self.timeline.clone();
        let Some(employers) = timeline.profile.employers else { return timeline };
        let mut generator = self.generator("employers");
        let wanted = generator.random_range(employers.fewest..=employers.most);
        let wanted = usize::from(wanted).saturating_sub(self.counts.beside).max(1);
        let horizon = HORIZON.min(birthday(timeline.person.birth_date, YOUNGEST_PENSIONER));
        let usual = timeline.draw(horizon).0.len();
        timeline.pace = timeline.pace * usual as i64 / wanted as i64;
        timeline.most = wanted;
        timeline
    }

    /// Returns the jobs that `fit` makes of the timeline. Jobs are shortened, and begin earlier,
    /// until there are enough of them.
    fn with_enough(&self, fit: impl Fn(&Timeline<'_>) -> Vec<Span>) -> Vec<Span> {
        let mut timeline = self.timeline();
        let mut spans = fit(&timeline);
        let main = |spans: &[Span]| spans.iter().filter(|span| !span.is_voluntary).count();
        for attempt in 1..MOST_ATTEMPTS {
            let count = main(&spans);
            if count >= self.counts.fewest {
                break;
            }
            timeline.pace = timeline.pace * count.max(1) as i64 * 3 / 4 / self.counts.fewest as i64;
            timeline.is_steady = attempt > 2;
            if attempt > 3 && timeline.profile.age_at_first_job.is_none() {
                let earliest = first_working_day(timeline.person.birth_date, timeline.source);
                timeline.first_day = timeline.first_day.min(earliest);
            }
            spans = fit(&timeline);
        }
        spans
    }

    fn employed(&self) -> Course {
        Course::of(self.with_enough(|timeline| self.at_work(timeline)), None)
    }

    /// The last job goes on, or the next one begins before the registration.
    fn at_work(&self, timeline: &Timeline<'_>) -> Vec<Span> {
        let (mut jobs, second_jobs) = timeline.draw(self.asked);
        let next = jobs.pop_if(|span| span.start >= self.asked);
        match (jobs.last_mut(), next) {
            (Some(last), _) if last.end.is_none_or(|end| end >= self.asked) => last.end = None,
            (Some(last), None) => last.end = None,
            (Some(last), Some(next)) => {
                let left = last.end.expect("a job without an end was met before");
                match (self.asked - left).num_days() {
                    ..=SHORT_GAP_DAYS => last.end = None,
                    gap => jobs.push(self.brought_forward(next, 2, gap / 2)),
                }
            }
            (None, Some(next)) => jobs.push(self.first_job(next)),
            (None, None) => {}
        }
        self.add_second_jobs(timeline, &mut jobs, second_jobs);
        jobs
    }

    /// Returns a job that begins so many days before the registration, and goes on.
    fn brought_forward(&self, mut span: Span, fewest: i64, most: i64) -> Span {
        let days = self.generator("last hiring").random_range(fewest..=most);
        let about = self.asked - Days::new(days.unsigned_abs());
        span.start = hiring_day_until(about, self.timeline.source);
        span.end = None;
        span.place.since = span.place.since.min(span.start.year());
        span
    }

    /// Returns the first job of somebody whose timeline begins after the registration.
    fn first_job(&self, next: Span) -> Span {
        let earliest = first_working_day(self.timeline.person.birth_date, self.timeline.source);
        let room = (self.asked - earliest).num_days() - 20;
        self.brought_forward(next, 30, room.min(300))
    }

    fn add_second_jobs(&self, timeline: &Timeline<'_>, jobs: &mut Vec<Span>, drawn: Vec<Span>) {
        let Some(state) = jobs.last().map(|last| last.place.state) else { return };
        let is_old_enough = |span: &Span| (self.asked - span.start).num_days() > SHORTEST_JOB_DAYS;
        jobs.extend(drawn.into_iter().filter(is_old_enough).map(|span| {
            let end = span.end.filter(|end| *end < self.asked);
            Span { end, ..span }
        }));
        let mut generator = self.generator("concurrent jobs");
        let earliest = first_working_day(timeline.person.birth_date, timeline.source);
        for number in 0..self.counts.beside {
            let days = generator.random_range(30..=900_u64);
            let from = (self.asked - Days::new(days)).max(earliest);
            let mut span = timeline.beside(state, 1_000 + number, from, None);
            if span.start >= self.asked {
                span.start = hiring_day_until(self.asked - Days::new(2), timeline.source);
            }
            jobs.push(span);
        }
    }

    fn unemployed(&self) -> Course {
        Course::of(self.with_enough(|timeline| self.out_of_work(timeline)), None)
    }

    /// The last job has ended, not too long before the registration.
    fn out_of_work(&self, timeline: &Timeline<'_>) -> Vec<Span> {
        let mut generator = self.generator("search");
        let search = (70 * skewed(&mut generator, &WIDE) / 1000).clamp(8, LONGEST_SEARCH_DAYS);
        let left = self.asked - Days::new(search.unsigned_abs());
        let (mut jobs, second_jobs) = timeline.draw(self.asked);
        let next = jobs.pop_if(|span| span.start >= self.asked);
        let is_too_short = |span: &Span| (left - span.start).num_days() < SHORTEST_JOB_DAYS;
        let dropped = jobs.pop_if(|last| is_too_short(last));
        if jobs.is_empty() {
            jobs.extend(dropped.or(next).map(|next| self.first_job(next)));
        }
        let Some(last) = jobs.last_mut() else { return jobs };
        let is_recent = |end: NaiveDate| (self.asked - end).num_days() <= LONGEST_SEARCH_DAYS;
        if last.end.is_none_or(|end| end >= self.asked || !is_recent(end)) {
            let half = (self.asked - last.start).num_days() / 2;
            let middle = last.start + Days::new(half.unsigned_abs());
            last.end = Some(left.max(middle));
        }
        let end = last.end.unwrap_or(left);
        jobs.extend(within(second_jobs, end));
        jobs
    }

    /// Returns the jobs up to a pension, or those of somebody who works because there is none yet.
    fn retired_or_employed(&self, age: i32) -> (Course, Option<String>) {
        match self.retired() {
            Ok(course) => (course, None),
            Err(reason) if self.asked >= self.timeline.latest_end() => (
                self.worked_out(),
                Some(format!("{reason}, so the person has no job and no pension")),
            ),
            Err(reason) => {
                (self.employed(), Some(format!("{reason}, so the person works at {age}")))
            }
        }
    }

    /// Returns the jobs of somebody who is too old to work, and the reason why there is none.
    fn too_old(&self, age: i32) -> (Course, Option<String>) {
        let because = format!(
            "the person is {age} on {}, and nobody works from {OLDEST_AT_WORK} on",
            self.asked
        );
        (self.worked_out(), Some(because))
    }

    /// Returns the jobs of somebody who worked as long as people do.
    fn worked_out(&self) -> Course {
        let end = self.timeline.latest_end();
        Course::of(self.with_enough(|timeline| up_to(timeline, end)), None)
    }

    /// Returns the jobs up to the pension, or the reason why there is none.
    fn retired(&self) -> Result<Course, String> {
        let born = self.timeline.person.birth_date;
        let first_possible = birthday(born, YOUNGEST_PENSIONER);
        let mut generator = self.generator("pension");
        let age: u32 = [60, 60, 61, 62, 63, 65, 65, 65, 66, 68][generator.random_range(0..10)];
        let usual = birthday(born, age) + Days::new(generator.random_range(0..90));
        let since = self.asked - Days::new(generator.random_range(30..=700));
        let latest = since.max(first_possible + Days::new(1));
        if latest >= self.asked {
            return Err(format!(
                "nobody has a pension before {YOUNGEST_PENSIONER}, which the person reaches on \
                 {first_possible}"
            ));
        }
        let pays_by_itself = happens(&mut generator, 15);
        let early = usual.min(latest).min(self.timeline.latest_end());
        let late = latest.min(self.timeline.latest_end());
        let mut reason = String::new();
        for (day, is_steady) in [(early, false), (late, false), (late, true)] {
            let jobs = self.with_enough(|timeline| {
                let is_steady = is_steady || timeline.is_steady;
                up_to(&Timeline { is_steady, ..timeline.clone() }, day)
            });
            let weeks = weeks_of(&jobs);
            let first_day = jobs.first().map_or(day, |span| span.start);
            let needed = weeks_for_pension(self.timeline.source, first_day, day);
            if weeks >= needed {
                let jobs = if pays_by_itself { self.with_own_payments(jobs, day) } else { jobs };
                return Ok(Course::of(jobs, Some(day)));
            }
            reason =
                format!("a pension on {day} asks for {needed} weeks, and {weeks} are possible");
        }
        Err(reason)
    }

    /// Lets somebody pay voluntarily for the last years before the pension, as many do whose pension
    /// follows the law of 1973.
    fn with_own_payments(&self, jobs: Vec<Span>, pension: NaiveDate) -> Vec<Span> {
        let is_of_1973 = jobs.first().is_some_and(|span| span.start < LAW_OF_1997);
        let is_last = |span: &&Span| span.end == Some(pension);
        let Some(last) = jobs.iter().filter(is_last).min_by_key(|span| span.start) else {
            return jobs;
        };
        let (days, mut place) = ((pension - last.start).num_days(), last.place);
        let allowed = self.timeline.source == DataSource::Imss && is_of_1973;
        if !allowed || self.timeline.profile.employers.is_some() || days < 5 * 365 {
            return jobs;
        }
        let mut generator = self.generator("own payments");
        let start = pension - Days::new(generator.random_range(365..=4 * 365));
        let left = start - Days::new(generator.random_range(10..=200));
        let mut jobs: Vec<Span> =
            jobs.into_iter().filter(|span| span.start < left - Days::new(30)).collect();
        for span in &mut jobs {
            span.end = span.end.map(|end| end.min(left));
        }
        place.since = start.year();
        let end = Some(pension - Days::new(1));
        jobs.push(Span { start, end, place, is_voluntary: true, generator });
        jobs
    }

    /// Returns what the profile asks for and the jobs lack, besides the status.
    fn shortfalls(&self, course: &Course) -> Vec<String> {
        let Timeline { profile, person, .. } = &self.timeline;
        let mut sentences = match self.timeline.source {
            DataSource::Imss => Vec::new(),
            DataSource::Issste => void_at_issste(profile),
        };
        let jobs = course.spans.iter().filter(|span| !span.is_voluntary).count();
        if let Some(employers) = profile.employers
            && jobs < usize::from(employers.fewest)
        {
            sentences.push(format!(
                "employers asks for {} or more, and {jobs} fit into the time up to {}",
                employers.fewest, self.asked
            ));
        }
        let first = course.spans.first().map(|span| age_on(person.birth_date, span.start));
        if let (Some(asked), Some(age)) = (profile.age_at_first_job, first)
            && age != i32::from(asked)
        {
            sentences.push(format!(
                "age_at_first_job asks for {asked}, and the first job begins at {age}"
            ));
        }
        sentences
    }
}

/// Returns what a profile asks for and ISSSTE's records cannot show.
pub(super) fn void_at_issste(profile: &Profile) -> Vec<String> {
    let sector = profile.sector.map(|_| "sector changes nothing: the government employs");
    let state = profile.state.map(|_| "state is not shown: ISSSTE's records name none");
    let is_one_name = profile.employer.as_ref().is_some_and(|name| !name.contains(';'));
    let employer = is_one_name.then_some("employer is one name: ISSSTE writes two, joined by ;");
    [sector, state, employer].into_iter().flatten().map(str::to_owned).collect()
}

/// Returns the jobs up to a last day of work, on which the last one ends.
fn up_to(timeline: &Timeline<'_>, day: NaiveDate) -> Vec<Span> {
    let (mut jobs, second_jobs) = timeline.draw(day);
    let is_too_late = |span: &Span| (day - span.start).num_days() < SHORTEST_JOB_DAYS;
    while jobs.len() > 1 && jobs.pop_if(|last| is_too_late(last)).is_some() {}
    let Some(last) = jobs.last_mut() else { return jobs };
    last.start = last.start.min(day - Days::new(SHORTEST_JOB_DAYS.unsigned_abs()));
    last.end = Some(day);
    jobs.extend(within(second_jobs, day));
    jobs
}

/// Returns the second jobs up to a day, the last of which end on it.
fn within(second_jobs: Vec<Span>, day: NaiveDate) -> impl Iterator<Item = Span> {
    let fits = move |span: &Span| (day - span.start).num_days() > SHORTEST_JOB_DAYS;
    second_jobs.into_iter().filter(fits).map(move |span| {
        let end = span.end.map(|end| end.min(day));
        Span { end, ..span }
    })
}

/// Returns the weeks in jobs. Those of second jobs do not count.
fn weeks_of(jobs: &[Span]) -> i64 {
    let mut covered = NaiveDate::MIN;
    let mut weeks = 0;
    for span in jobs {
        let end = span.end.unwrap_or(span.start);
        weeks += (end - span.start.max(covered)).num_days().max(0) / 7;
        covered = covered.max(end);
    }
    weeks
}
