//! Who may look over all accounts. The keys of a client open one account, so they are not enough.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use actix_web::web::Data;
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::guard::ControlToken;

/// The header that shows the token of `--control-token`.
const HEADER: &str = "x-emulator-control-token";

/// The condition on a call that looks over all accounts.
pub(crate) struct Overview {
    token: Option<ControlToken>,
    /// True when the emulator can be reached from other machines.
    is_exposed: AtomicBool,
}

impl Overview {
    pub(crate) fn new(token: Option<ControlToken>) -> Overview {
        Overview { token, is_exposed: AtomicBool::new(false) }
    }

    /// Notes where the emulator listens.
    pub(crate) fn note_listeners(&self, listeners: &[TcpListener]) {
        let is_local = |listener: &TcpListener| {
            listener.local_addr().is_ok_and(|address| address.ip().is_loopback())
        };
        self.is_exposed.store(!listeners.iter().all(is_local), Ordering::Relaxed);
    }

    /// Checks that the caller may look over all accounts: with the token if there is one, and else
    /// only where no other machine reaches the emulator.
    ///
    /// # Errors
    /// 403 names the header or the flag.
    fn check(&self, given: Option<&[u8]>) -> Result<(), Error> {
        let Some(ControlToken(token)) = &self.token else {
            return match self.is_exposed.load(Ordering::Relaxed) {
                false => Ok(()),
                true => Err(Error::control_token_required(
                    "Other machines reach this emulator, and this call looks over all accounts. \
                     Start the emulator with --control-token, and send the token in the header \
                     X-Emulator-Control-Token.",
                )),
            };
        };
        let sentence = match given {
            Some(given) if bool::from(token.as_bytes().ct_eq(given)) => return Ok(()),
            Some(_) => {
                "The header X-Emulator-Control-Token has another token than --control-token."
            }
            None => {
                "This call looks over all accounts. Send the token of --control-token in the header \
                 X-Emulator-Control-Token."
            }
        };
        Err(Error::control_token_required(sentence))
    }
}

/// Checks that a request may look over all accounts.
///
/// # Errors
/// 403 names the header or the flag.
pub(crate) fn check(request: &HttpRequest) -> Result<(), Error> {
    let overview = request.app_data::<Data<Overview>>().expect("the application has its overview");
    let given = request.headers().get(HEADER);
    overview.check(given.map(|value| value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use crate::guard::ControlToken;
    use crate::http::overview::Overview;

    #[test]
    fn the_token_is_asked_for_where_there_is_one_and_where_others_reach_the_emulator() {
        let token = || Some(ControlToken("0123456789abcdef".to_owned()));
        let (right, wrong) = (&b"0123456789abcdef"[..], &b"0123456789abcdeF"[..]);
        for (token, is_exposed, given, is_let_in) in [
            (None, false, None, true),
            (None, false, Some(wrong), true),
            (None, true, None, false),
            (None, true, Some(wrong), false),
            (token(), false, None, false),
            (token(), false, Some(wrong), false),
            (token(), false, Some(&right[..15]), false),
            (token(), false, Some(right), true),
            (token(), true, None, false),
            (token(), true, Some(right), true),
        ] {
            let overview = Overview::new(token);
            overview.is_exposed.store(is_exposed, Ordering::Relaxed);
            assert_eq!(overview.check(given).is_ok(), is_let_in, "{is_exposed} {given:?}");
        }
    }
}
