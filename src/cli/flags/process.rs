//! Flags that say where the program listens, and how long it runs.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

/// The flags of a program. An emulator inside another program refuses them.
#[derive(Args, Clone)]
#[command(next_help_heading = "Serving")]
pub(in crate::cli) struct ProcessFlags {
    /// Address to listen on
    ///
    /// A name is listened to at all its addresses, on one port.
    #[arg(long, global = true, env = "BELVO_EMULATOR_HOST", default_value = "127.0.0.1")]
    pub(in crate::cli) host: String,

    /// Port to listen on; 0 takes any free one
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_PORT",
        default_value_t = 23586,
        allow_negative_numbers = true
    )]
    pub(in crate::cli) port: u16,

    /// Write the port to this file once the emulator is ready, and remove the file at the stop
    #[arg(long, global = true, env = "BELVO_EMULATOR_PORT_FILE", value_name = "PATH")]
    pub(in crate::cli) port_file: Option<PathBuf>,

    /// Stop when the process that started the emulator has ended, or when stdin ends if it is a pipe
    #[arg(
        long,
        global = true,
        env = "BELVO_EMULATOR_EXIT_WITH_PARENT",
        value_parser = BoolishValueParser::new()
    )]
    pub(in crate::cli) exit_with_parent: bool,
}
