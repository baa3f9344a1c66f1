//! The logins of a CURP, counted only where a scenario asks for it.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::model::Timestamp;

#[derive(Clone, Debug, Default)]
pub struct LoginCounts {
    by_curp: HashMap<Box<str>, Vec<Timestamp>>,
}

impl LoginCounts {
    pub fn of(by_curp: HashMap<Box<str>, Vec<Timestamp>>) -> LoginCounts {
        LoginCounts { by_curp }
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, &[Timestamp])> {
        self.by_curp.iter().map(|(curp, logins)| (&**curp, logins.as_slice()))
    }

    /// Notes a login and forgets those older than `within`.
    pub fn note(&mut self, curp: &str, now: Timestamp, within: TimeDelta) {
        let logins = self.by_curp.entry(curp.into()).or_default();
        logins.retain(|login| now - login < within);
        logins.push(now);
    }

    /// How many logins there were in the time `within` before `now`.
    pub fn count(&self, curp: &str, now: Timestamp, within: TimeDelta) -> usize {
        let logins = self.by_curp.get(curp).into_iter().flatten();
        logins.filter(|login| now - **login < within).count()
    }
}
