//! Flags of the demo.

use chrono::TimeDelta;
use clap::Args;
use clap::builder::BoolishValueParser;

use crate::demo::DemoSettings;
use crate::model::duration;
use crate::seed::Seed;

/// The shortest time between two resets. The people need some of it to move in.
const SHORTEST_RESET: TimeDelta = TimeDelta::minutes(1);

#[derive(Args, Clone)]
#[command(next_help_heading = "Serving")]
pub(super) struct DemoFlags {
    /// Show the emulator to people: a dozen invented persons live in the account demo, and in an
    /// account of its own for each visitor of the page
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_DEMO",
        value_parser = BoolishValueParser::new()
    )]
    demo: bool,

    /// With --demo, let the account demo begin anew so often, such as 30m; 1m at least
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_DEMO_RESET",
        value_name = "DURATION",
        value_parser = parse_reset
    )]
    demo_reset: Option<TimeDelta>,
}

impl DemoFlags {
    pub(super) fn settings(&self) -> Result<Option<DemoSettings>, String> {
        let reset_every = self.demo_reset;
        match (self.demo, reset_every) {
            (false, None) => Ok(None),
            (false, Some(_)) => {
                Err("--demo-reset needs --demo: no other account is reset by itself".to_owned())
            }
            (true, _) => {
                let secret = Seed::unpredictable();
                let secret = secret.map_err(|problem| format!("--demo: {problem}"))?;
                Ok(Some(DemoSettings { secret, reset_every }))
            }
        }
    }
}

fn parse_reset(text: &str) -> Result<TimeDelta, String> {
    let every = duration::parse(text)?;
    match every < SHORTEST_RESET {
        true => Err(format!("{} is the least", duration::show(SHORTEST_RESET))),
        false => Ok(every),
    }
}
