//! Institutions: what a person can connect to.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::link::Resource;

/// An institution, in the form that Belvo's sandbox returns: logos are text, and `code` and
/// `country_code` are there, which the description of the API does not name.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Institution<'a> {
    pub id: u32,
    pub name: &'a str,
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The institution's id, as text.
    pub code: String,
    pub website: Option<&'a str>,
    pub display_name: &'a str,
    pub country_code: &'a str,
    pub country_codes: [&'a str; 1],
    pub primary_color: &'a str,
    pub logo: &'a str,
    pub icon_logo: &'a str,
    pub text_logo: &'a str,
    /// The fields of the login form.
    pub form_fields: &'a [FormField<'a>],
    /// Always empty: institutions for employment have no features.
    pub features: [(); 0],
    pub integration_type: &'a str,
    pub status: &'a str,
    pub resources: &'a [Resource],
    /// Always null: it is for open finance only.
    pub openbanking_information: (),
}

/// A field of the login form.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum FormField<'a> {
    /// A field that the person fills in.
    Asked {
        name: &'a str,
        #[serde(rename = "type")]
        kind: &'a str,
        label: &'a str,
        /// A regular expression.
        validation: &'a str,
        placeholder: &'a str,
        validation_message: &'a str,
    },
    /// A hidden field with a fixed value.
    Known {
        name: &'a str,
        #[serde(rename = "type")]
        kind: &'a str,
        value: &'a str,
    },
}
