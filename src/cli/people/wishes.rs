//! The flags of `people --new`.

use chrono::{Datelike, NaiveDate};
use clap::Args;

use crate::generate::{ABROAD, Wishes};
use crate::model::curp::Sex;
use crate::model::state::{STATES, State};
use crate::model::suggestion::did_you_mean;

/// The first year of birth that a CURP can say: it has two digits for it, and its seventeenth
/// character tells the 1900s from the 2000s.
const FIRST_YEAR: i32 = 1900;

/// Facts about the person for whom a CURP is made.
#[derive(Args)]
pub(super) struct WishFlags {
    /// Sex of the person: F for a woman, M for a man
    #[arg(long, requires = "new", value_name = "F|M", value_parser = parse_sex)]
    sex: Option<Sex>,
    /// Date of birth, such as 1990-05-12
    #[arg(long, requires = "new", value_name = "DATE", value_parser = parse_born)]
    born: Option<NaiveDate>,
    /// State of birth: its two letters in a CURP or its name; NE for those born abroad
    #[arg(long, requires = "new", value_name = "STATE", value_parser = parse_state)]
    state: Option<&'static str>,
}

impl WishFlags {
    pub(super) fn wishes(&self, today: NaiveDate) -> Result<Wishes<'static>, String> {
        if let Some(born) = self.born.filter(|born| *born > today) {
            return Err(format!("--born {born}: nobody was born after today, {today}"));
        }
        Ok(Wishes { sex: self.sex, born: self.born, state: self.state })
    }
}

fn parse_sex(text: &str) -> Result<Sex, String> {
    match text {
        "F" | "f" => Ok(Sex::Female),
        "M" | "m" => Ok(Sex::Male),
        _ => {
            Err("expected F for a woman or M for a man; a CURP writes M and H for them".to_owned())
        }
    }
}

fn parse_born(text: &str) -> Result<NaiveDate, String> {
    let date: NaiveDate =
        text.parse().map_err(|_| "expected a day that exists, such as 1990-05-12".to_owned())?;
    match (FIRST_YEAR..FIRST_YEAR + 200).contains(&date.year()) {
        true => Ok(date),
        false => Err(format!("a CURP can say years from {FIRST_YEAR} to {}", FIRST_YEAR + 199)),
    }
}

/// Returns the two letters of a state.
fn parse_state(text: &str) -> Result<&'static str, String> {
    let word = text.to_uppercase();
    if word == ABROAD {
        return Ok(ABROAD);
    }
    let found = State::by_code(&word).or_else(|| State::by_name(&word));
    found.map(|state| state.code).ok_or_else(|| {
        let known: Vec<String> =
            STATES.iter().map(|state| format!("{} {}", state.code, state.name)).collect();
        let hint = did_you_mean(&word, STATES.iter().map(|state| state.name));
        format!("expected one of: {}, {ABROAD} (born abroad).{hint}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::{parse_born, parse_sex, parse_state};

    #[test]
    fn a_wish_that_nobody_can_have_is_refused() {
        assert_eq!(parse_state("DF"), Ok("DF"));
        assert_eq!(parse_state("nuevo leon"), Ok("NL"));
        assert_eq!(parse_state("NE"), Ok("NE"));
        let problem = parse_state("JALISC").unwrap_err();
        assert!(problem.contains("JC JALISCO") && problem.ends_with("Did you mean \"JALISCO\"?"));
        assert!(parse_state("XX").is_err() && parse_state("").is_err());
        assert!(parse_born("1990-02-30").unwrap_err().contains("exists"));
        assert!(parse_born("1899-12-31").unwrap_err().contains("1900"));
        assert!(parse_born("2100-01-01").unwrap_err().contains("2099"));
        assert!(parse_sex("H").unwrap_err().contains("M for a man"));
    }
}
