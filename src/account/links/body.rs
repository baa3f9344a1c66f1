//! Parses and checks the bodies of `/api/links/` as Belvo documents them.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use crate::account::institutions::Institution;
use crate::account::request::fields::Fields;
use crate::account::request::grant::LinkDefaults;
use crate::error::Error;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Resources};

const EXTERNAL_ID_CHARACTERS: std::ops::RangeInclusive<usize> = 3..=256;
/// The largest number of characters of a CURP or an e-mail address. Links keep them, and lists show
/// a thousand links on a page. Neither is ever as long.
pub(in crate::account) const LONGEST_TEXT: usize = 256;

/// The link that a client asks for. All checks that need nothing but the body have passed.
#[derive(Clone, Debug)]
pub(crate) struct LinkRequest {
    pub institution: &'static Institution,
    pub curp: Arc<str>,
    /// The person's e-mail address, from `username2`.
    pub email: Option<Arc<str>>,
    pub access_mode: AccessMode,
    pub external_id: Option<Arc<str>>,
    pub credentials_storage: CredentialsStorage,
    pub stale_in: Option<Days>,
    pub fetch_resources: Resources,
}

/// The body of `PATCH /api/links/{id}/`. A field that is absent stays as it is.
#[derive(Debug)]
pub(crate) struct LinkUpdate {
    pub access_mode: Option<AccessMode>,
    pub stale_in: Option<Days>,
    pub fetch_resources: Option<Resources>,
}

/// The body of `PATCH /api/links/` and of `PATCH /api/owners/`: the session, and the token that it
/// waits for.
#[derive(Debug)]
pub(crate) struct Resume {
    pub session: String,
    pub link: Uuid,
    pub token: Option<String>,
    /// True when the data that the call reads is stored. A link has no use for it.
    pub save_data: bool,
}

impl LinkRequest {
    /// Parses the body of `POST /api/links/`. One error has all problems of the body, in the order
    /// of Belvo's documentation. The defaults stand for keys that the body leaves out. Also returns
    /// the token of the second factor, if the client has it already.
    pub(crate) fn parse(
        body: &[u8],
        defaults: LinkDefaults,
    ) -> Result<(LinkRequest, Option<String>), Error> {
        let mut fields = Fields::parse(body)?;
        let institution = institution(&mut fields);
        let curp = curp(&mut fields);
        let email = fields.short_text("username2", LONGEST_TEXT);
        fields.set_default("fetch_resources", defaults.fetch_resources.into());
        let fetch_resources = fetch_resources(&mut fields, institution);
        let access_mode = access_mode(&mut fields);
        let external_id = external_id(&mut fields);
        let credentials_storage =
            credentials_storage(&mut fields).map(|own| own.or(defaults.credentials_storage));
        let stale_in = stale_in(&mut fields).or(defaults.stale_in);
        let token = fields.blankable_text("token");
        let has_history = fields.optional_bool("fetch_historical", true);
        let fetches = fetch_resources.as_ref().is_none_or(|resources| !resources.is_empty());
        if let (Some(access_mode), Some(storage)) = (access_mode, credentials_storage) {
            check_storage(&mut fields, access_mode, storage, fetches);
        }
        // The guide leaves the key out, so its absence means nothing.
        if access_mode == Some(AccessMode::Single) && fetches && !has_history {
            fields.refuse::<()>(Error::historical_required());
        }
        fields.finish()?;
        let missing = "a field without a value has noted a problem";
        let access_mode = access_mode.expect(missing);
        let request = LinkRequest {
            institution: institution.expect(missing),
            curp: curp.expect(missing).into(),
            email: email.map(Into::into),
            access_mode,
            external_id: external_id.map(Into::into),
            credentials_storage: credentials_storage
                .expect(missing)
                .unwrap_or(CredentialsStorage::default_for(access_mode)),
            stale_in,
            fetch_resources: fetch_resources.expect(missing),
        };
        Ok((request, token))
    }
}

impl LinkUpdate {
    pub(crate) fn parse(
        body: &[u8],
        institution: &'static Institution,
    ) -> Result<LinkUpdate, Error> {
        let mut fields = Fields::parse(body)?;
        let update = LinkUpdate {
            fetch_resources: asked_resources(&mut fields, institution),
            access_mode: fields.has("access_mode").then(|| access_mode(&mut fields)).flatten(),
            stale_in: stale_in(&mut fields),
        };
        fields.finish()?;
        Ok(update)
    }
}

impl Resume {
    pub(crate) fn parse(body: &[u8]) -> Result<Resume, Error> {
        let mut fields = Fields::parse(body)?;
        let session = fields.required_text("session");
        let link = fields.required_uuid("link");
        let token = fields.blankable_text("token");
        let save_data = fields.optional_bool("save_data", true);
        fields.finish()?;
        let missing = "a field without a value has noted a problem";
        Ok(Resume {
            session: session.expect(missing),
            link: link.expect(missing),
            token,
            save_data,
        })
    }
}

/// Parses the body of `POST /api/links/{id}/refresh/`. The result is None when it names no
/// resources.
pub(crate) fn refresh_resources(
    body: &[u8],
    institution: &'static Institution,
) -> Result<Option<Resources>, Error> {
    let mut fields = Fields::parse(body)?;
    let resources = asked_resources(&mut fields, institution);
    fields.finish()?;
    Ok(resources)
}

/// Returns the list of resources if the body has one without a problem.
fn asked_resources(fields: &mut Fields, institution: &'static Institution) -> Option<Resources> {
    fields.has("fetch_resources").then(|| fetch_resources(fields, Some(institution))).flatten()
}

fn institution(fields: &mut Fields) -> Option<&'static Institution> {
    let name = fields.required_text("institution")?;
    Institution::find(&name).or_else(|| {
        let lookup = format_args!("name={name}");
        fields.refuse(Error::does_not_exist(lookup).on("institution"))
    })
}

fn curp(fields: &mut Fields) -> Option<String> {
    let curp = fields.required_text("username")?;
    match curp.chars().nth(LONGEST_TEXT) {
        None => Some(curp),
        Some(_) => fields.refuse(Error::max_length(LONGEST_TEXT).on("username")),
    }
}

/// Returns None when there was a problem, and an empty list when the body has no list.
fn fetch_resources(
    fields: &mut Fields,
    institution: Option<&'static Institution>,
) -> Option<Resources> {
    if !fields.has("fetch_resources") {
        return Some(Resources::default());
    }
    let items = fields.optional_list("fetch_resources")?;
    let institution = institution?;
    let supported = |item: &Value| {
        let resource = item.as_str()?.parse().ok()?;
        institution.resources.contains(&resource).then_some(resource)
    };
    let all = items.iter().map(supported).collect::<Option<Resources>>();
    all.or_else(|| {
        let names: Vec<&str> =
            institution.resources.iter().map(|resource| resource.as_str()).collect();
        // Belvo's error names this field, though the key in the body is `fetch_resources`.
        fields.refuse(Error::unsupported_resource(&names.join(", ")).on("resources"))
    })
}

fn access_mode(fields: &mut Fields) -> Option<AccessMode> {
    let Some(value) = fields.take("access_mode") else {
        return Some(AccessMode::Recurrent);
    };
    let word = match value {
        Value::String(word) => word,
        other => other.to_string(),
    };
    word.parse().ok().or_else(|| fields.refuse(Error::invalid_choice(word).on("access_mode")))
}

fn external_id(fields: &mut Fields) -> Option<String> {
    let id = fields.optional_text("external_id")?;
    if is_personal(&id) {
        return None;
    }
    match check_external_id(&id) {
        Ok(()) => Some(id),
        Err(problem) => fields.refuse(problem.on("external_id")),
    }
}

/// Checks the form of an external id.
///
/// # Errors
/// 400 says which length or letter is wrong.
pub(in crate::account) fn check_external_id(id: &str) -> Result<(), Error> {
    let characters = id.chars().count();
    if characters < *EXTERNAL_ID_CHARACTERS.start() {
        Err(Error::min_length(*EXTERNAL_ID_CHARACTERS.start()))
    } else if characters > *EXTERNAL_ID_CHARACTERS.end() {
        Err(Error::max_length(*EXTERNAL_ID_CHARACTERS.end()))
    } else if id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        Ok(())
    } else {
        Err(Error::invalid("Only letters, digits, hyphens and underscores are allowed."))
    }
}

/// Recognises what Belvo takes for personal data and stores as null. Belvo does not document its
/// test; this one matches an e-mail address and any text of the shape of a CURP.
fn is_personal(id: &str) -> bool {
    let is_curp = id.len() == 18
        && id.bytes().take(4).all(|byte| byte.is_ascii_alphabetic())
        && id.bytes().skip(4).take(6).all(|byte| byte.is_ascii_digit())
        && id.bytes().skip(10).take(6).all(|byte| byte.is_ascii_alphabetic());
    is_email_address(id) || is_curp
}

/// Returns None when there was a problem, and `Some(None)` when the default applies.
pub(crate) fn credentials_storage(fields: &mut Fields) -> Option<Option<CredentialsStorage>> {
    if !fields.has("credentials_storage") {
        return Some(None);
    }
    let text = fields.optional_text("credentials_storage")?;
    match text.parse() {
        Ok(storage) => Some(Some(storage)),
        Err(()) => {
            let sentence = "Must be \"store\", \"nostore\" or a number of days from 1d to 365d.";
            fields.refuse(Error::invalid(sentence).on("credentials_storage"))
        }
    }
}

pub(crate) fn stale_in(fields: &mut Fields) -> Option<Days> {
    let text = fields.optional_text("stale_in")?;
    text.parse().ok().or_else(|| {
        let sentence = "Must be a number of days, such as 365d, of three digits at most.";
        fields.refuse(Error::invalid(sentence).on("stale_in"))
    })
}

/// Tells that a text has the form of an e-mail address: a name, an `@` and a host with a dot.
pub(super) fn is_email_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
    })
}

fn check_storage(
    fields: &mut Fields,
    access_mode: AccessMode,
    storage: Option<CredentialsStorage>,
    fetches: bool,
) {
    let problem = match (access_mode, storage) {
        (_, None) | (AccessMode::Recurrent, Some(CredentialsStorage::Store)) => return,
        (AccessMode::Recurrent, Some(_)) => Error::invalid_credentials_storage(),
        (AccessMode::Single, Some(CredentialsStorage::NoStore)) if !fetches => {
            Error::invalid_fetch_resources()
        }
        (AccessMode::Single, Some(_)) => return,
    };
    fields.refuse::<()>(problem);
}
