//! Institutions, to which people can connect.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::link::Resource;

/// An institution in the form in which Belvo's sandbox returns it: logos are text, and the keys
/// `code` and `country_code` are present, although the API's description does not have them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Institution<'a> {
    pub id: u32,
    pub name: &'a str,
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["employment"]))]
    pub kind: &'a str,
    /// The institution's id as text.
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
    /// The features. The list is always empty for institutions of employment.
    pub features: [(); 0],
    #[schemars(extend("enum" = ["credentials"]))]
    pub integration_type: &'a str,
    #[schemars(extend("enum" = ["healthy"]))]
    pub status: &'a str,
    pub resources: &'a [Resource],
    /// Information about open finance. It is always null for institutions of employment.
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
        /// The regular expression that the value must match.
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
