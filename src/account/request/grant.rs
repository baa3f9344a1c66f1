//! The grant of a token of the widget, which a request has instead of the keys.

use uuid::Uuid;

use crate::error::Error;
use crate::model::link::{CredentialsStorage, Days};
use crate::operations::Scope;

/// The claims of a valid token, for one request.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// The scope that allows the request. It is None when the token has no such scope.
    pub scope: Option<Scope>,
    /// The token's own id.
    pub jti: String,
    /// The second at which the token expires.
    pub exp: i64,
    /// The only link that the token is for: the widget updates it.
    pub link: Option<Uuid>,
    pub defaults: LinkDefaults,
}

/// The settings of a link that its own request leaves out, from the token that makes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LinkDefaults {
    /// The names of the resources, some of which the institution may not support.
    pub fetch_resources: Vec<String>,
    pub credentials_storage: Option<CredentialsStorage>,
    pub stale_in: Option<Days>,
}

impl Grant {
    /// Checks that the token is not for another link. Another link looks as if there were none.
    pub(crate) fn check_link(&self, link: Uuid) -> Result<(), Error> {
        match self.link {
            Some(own) if own != link => Err(Error::not_found()),
            _ => Ok(()),
        }
    }

    /// Checks that the token may make a link. One for a link updates that link only.
    pub(crate) fn check_creation(&self) -> Result<(), Error> {
        match self.link {
            Some(_) => Err(Error::permission_denied()),
            None => Ok(()),
        }
    }
}
