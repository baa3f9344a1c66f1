use std::process::ExitCode;

fn main() -> ExitCode {
    belvo_emulator::cli::main()
}
