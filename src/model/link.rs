//! Links: the connections of people to institutions.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::model::quote::quoted;
use crate::model::words::words;
use crate::model::{
    Timestamp, six_digits, six_digits_or_null, six_digits_or_null_schema, six_digits_schema,
};

/// A link as Belvo returns it. It has thirteen keys, and never the credentials.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Link<'a> {
    pub id: Uuid,
    /// The name of the institution, not its numeric id.
    #[schemars(regex(pattern = "^[a-z]+_[a-z]{2}_[a-z]+$"), example = &"planet_mx_employment")]
    pub institution: &'static str,
    pub access_mode: AccessMode,
    pub status: Status,
    /// The refresh rate: `7d` for recurrent links, null for single ones.
    #[schemars(extend("enum" = ["7d", null]))]
    pub refresh_rate: Option<&'static str>,
    /// The account's own id. All links of the account have the same.
    pub created_by: Uuid,
    /// The time of the last successful access to the institution. It is null before the first.
    #[serde(serialize_with = "six_digits_or_null")]
    #[schemars(schema_with = "six_digits_or_null_schema")]
    pub last_accessed_at: Option<Timestamp>,
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{3,256}$"), example = &"my-user-1")]
    pub external_id: Option<&'a str>,
    #[serde(serialize_with = "six_digits")]
    #[schemars(schema_with = "six_digits_schema")]
    pub created_at: Timestamp,
    /// The id of the person at the institution, 44 characters. All links of the person there have
    /// the same.
    #[schemars(regex(pattern = "^[A-Za-z0-9_=-]{44}$"))]
    pub institution_user_id: String,
    pub credentials_storage: CredentialsStorage,
    pub stale_in: Option<Days>,
    pub fetch_resources: &'a [Resource],
}

words! {
    /// The access mode of a link: data is read once (`single`) or kept up to date (`recurrent`).
    /// Belvo documents `recurrent` as the default.
    AccessMode { Single = "single", Recurrent = "recurrent" }
}

impl AccessMode {
    /// Returns the refresh rate: one week for recurrent links, none for others.
    pub(crate) fn refresh_rate(self) -> Option<&'static str> {
        match self {
            AccessMode::Single => None,
            AccessMode::Recurrent => Some("7d"),
        }
    }
}

words! {
    /// The state of a link.
    Status {
        Valid = "valid",
        Invalid = "invalid",
        Unconfirmed = "unconfirmed",
        TokenRequired = "token_required",
    }
}

words! {
    /// A kind of data that a link can fetch.
    Resource {
        EmploymentRecords = "EMPLOYMENT_RECORDS",
        Owners = "OWNERS",
        CurrentEmployments = "CURRENT_EMPLOYMENTS",
        EmploymentMetrics = "EMPLOYMENT_METRICS",
    }
}

/// Some resources, each once, in the order in which they were named. They take no memory of their
/// own, because every link has such a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resources {
    len: u8,
    items: [Resource; Resource::ALL.len()],
}

impl Default for Resources {
    fn default() -> Resources {
        Resources { len: 0, items: Resource::ALL }
    }
}

impl FromIterator<Resource> for Resources {
    fn from_iter<I: IntoIterator<Item = Resource>>(resources: I) -> Resources {
        let mut list = Resources::default();
        for resource in resources {
            if !list.contains(&resource) {
                list.items[usize::from(list.len)] = resource;
                list.len += 1;
            }
        }
        list
    }
}

impl Deref for Resources {
    type Target = [Resource];

    fn deref(&self) -> &[Resource] {
        &self.items[..usize::from(self.len)]
    }
}

impl Resource {
    /// All resources, in the order in which a load reads them.
    pub(crate) const ALL: [Resource; 4] = [
        Resource::EmploymentRecords,
        Resource::Owners,
        Resource::CurrentEmployments,
        // Computed from the records, so it comes after them.
        Resource::EmploymentMetrics,
    ];

    /// Tells that Belvo loads the resource on request only: an account that does not ask for it
    /// does not have it.
    pub(crate) fn is_opt_in(self) -> bool {
        match self {
            Resource::EmploymentRecords | Resource::Owners => false,
            Resource::CurrentEmployments | Resource::EmploymentMetrics => true,
        }
    }
}

/// A number of days, written `365d` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String", inline, extend("pattern" = "^[0-9]{1,3}d$", "examples" = ["365d"]))]
pub(crate) struct Days(pub u16);

impl FromStr for Days {
    type Err = ();

    /// Parses one to three digits and a `d`.
    fn from_str(text: &str) -> Result<Days, ()> {
        let digits = text.strip_suffix('d').ok_or(())?;
        let well_formed =
            (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !well_formed {
            return Err(());
        }
        digits.parse().map(Days).map_err(|_| ())
    }
}

impl fmt::Display for Days {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}d", self.0)
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Days, D::Error> {
        parse(deserializer, "a number of days such as 365d")
    }
}

impl<'de> Deserialize<'de> for CredentialsStorage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CredentialsStorage, D::Error> {
        parse(deserializer, "store, nostore or a number of days from 1d to 365d")
    }
}

fn parse<'de, T: FromStr, D: Deserializer<'de>>(
    deserializer: D,
    expected: &str,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format_args!("{}: expected {expected}", quoted(&text))))
}

impl Serialize for Days {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// [`CredentialsStorage`] as it stands in JSON.
const CREDENTIALS_STORAGE: &str =
    "^(store|nostore|([1-9][0-9]?|[12][0-9][0-9]|3[0-5][0-9]|36[0-5])d)$";

/// The time for which Belvo stores the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String", inline, extend("pattern" = CREDENTIALS_STORAGE, "examples" = ["365d"]))]
pub(crate) enum CredentialsStorage {
    Store,
    NoStore,
    /// A number of days from 1 to 365.
    Days(Days),
}

impl CredentialsStorage {
    /// Returns the documented default: a year for single links, no end for recurrent ones.
    pub(crate) fn default_for(access_mode: AccessMode) -> CredentialsStorage {
        match access_mode {
            AccessMode::Single => CredentialsStorage::Days(Days(365)),
            AccessMode::Recurrent => CredentialsStorage::Store,
        }
    }
}

impl FromStr for CredentialsStorage {
    type Err = ();

    fn from_str(text: &str) -> Result<CredentialsStorage, ()> {
        match text {
            "store" => Ok(CredentialsStorage::Store),
            "nostore" => Ok(CredentialsStorage::NoStore),
            _ => match text.parse()? {
                days @ Days(1..=365) => Ok(CredentialsStorage::Days(days)),
                Days(_) => Err(()),
            },
        }
    }
}

impl Serialize for CredentialsStorage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            CredentialsStorage::Store => serializer.serialize_str("store"),
            CredentialsStorage::NoStore => serializer.serialize_str("nostore"),
            CredentialsStorage::Days(days) => days.serialize(serializer),
        }
    }
}
