//! The end of the process that depends on nobody.

use std::process;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::cli::port_file::PortFile;

/// The time that the polite stop may take. It takes 400 ms at most where every thread gets to work.
const STOP_WITHIN: Duration = Duration::from_millis(450);

/// Ends the process soon, whatever is computed, sent, read or logged until then. The process that
/// ends by itself before is not held up.
pub(super) fn within_half_a_second(port_file: &Arc<Mutex<PortFile>>) {
    let port_file = port_file.clone();
    let end = move || {
        thread::sleep(STOP_WITHIN);
        // Whoever has locked it is removing it.
        let _ = port_file.try_lock().map(|mut file| file.remove());
        process::exit(0);
    };
    // Without a thread left, the polite stop has to do.
    let _ = thread::Builder::new().name("stop".to_owned()).spawn(end);
}
