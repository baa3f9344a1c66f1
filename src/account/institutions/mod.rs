//! The institutions for employment in Mexico. Every account has all of them.

mod calls;

use std::convert::Infallible;

use crate::account::request::filter::{
    ALL_IN, CONTAINS, EQUAL, EQUAL_OR_IN, Field, Listed, Value, ValueKind,
};
use crate::error::Error;
use crate::model::institution::{self, FormField};
use crate::model::link::Resource;
use crate::model::profile::DataSource;

/// An institution that a link can connect to.
#[derive(Debug)]
pub(super) struct Institution {
    pub id: u32,
    pub name: &'static str,
    pub display_name: &'static str,
    pub primary_color: &'static str,
    pub icon_logo: &'static str,
    pub text_logo: &'static str,
    pub source: DataSource,
    pub resources: &'static [Resource],
}

/// The institutions in the order of their names, as in the sandbox's list. The sandbox shows Planet
/// Express; the ids and the looks of the two of production are made to follow it. Current
/// employments exist for IMSS only.
static INSTITUTIONS: [Institution; 3] = [
    Institution {
        id: 9455,
        name: "imss_mx_employment",
        display_name: "IMSS",
        primary_color: "#056dae",
        icon_logo: "https://statics.sandbox.belvo.io/institutions/icon_logos/IMSS_icon.svg",
        text_logo: "https://statics.sandbox.belvo.io/institutions/text_logos/IMSS_text.svg",
        source: DataSource::Imss,
        resources: &[
            Resource::EmploymentRecords,
            Resource::Owners,
            Resource::CurrentEmployments,
            Resource::EmploymentMetrics,
        ],
    },
    Institution {
        id: 9456,
        name: "issste_mx_employment",
        display_name: "ISSSTE",
        primary_color: "#9d2449",
        icon_logo: "https://statics.sandbox.belvo.io/institutions/icon_logos/ISSSTE_icon.svg",
        text_logo: "https://statics.sandbox.belvo.io/institutions/text_logos/ISSSTE_text.svg",
        source: DataSource::Issste,
        resources: &[Resource::EmploymentRecords, Resource::Owners],
    },
    Institution {
        id: 9454,
        name: "planet_mx_employment",
        display_name: "Planet Express Employment",
        primary_color: "#056dae",
        icon_logo: "https://statics.sandbox.belvo.io/institutions/icon_logos/IMSS_icon.svg",
        text_logo: "https://statics.sandbox.belvo.io/institutions/text_logos/IMSS_text.svg",
        source: DataSource::Imss,
        resources: &[Resource::EmploymentRecords, Resource::Owners],
    },
];

// These values are the same for all institutions.
const KIND: &str = "employment";
const COUNTRY: &str = "MX";
const STATUS: &str = "healthy";
const FORM: &[FormField<'static>] = &[
    FormField::Asked {
        name: "username",
        kind: "text",
        label: "CURP",
        validation: "^([A-Z]{4})([0-9]{6})([A-Z]{6})([A-Z0-9]{2})$",
        placeholder: "Ej: LOLJ970312MBSPPN08",
        validation_message: "La CURP tiene que ser de 18 caracteres y mayúsculas",
    },
    FormField::Known { name: "password", kind: "hidden", value: "fake-password" },
];

impl Institution {
    /// Tells that clients can retrieve a resource. The sandbox's institution allows all that IMSS
    /// has, although its list names two.
    pub(super) fn serves(&self, resource: Resource) -> bool {
        self.source == DataSource::Imss || self.resources.contains(&resource)
    }

    /// Returns the resources that a load brings when nobody names any: those that need no request.
    pub(super) fn unasked_resources(&self) -> Vec<Resource> {
        self.resources.iter().copied().filter(|resource| !resource.is_opt_in()).collect()
    }

    pub(super) fn all() -> impl Iterator<Item = &'static Institution> {
        INSTITUTIONS.iter()
    }

    /// Returns the institution with this name.
    ///
    /// # Errors
    /// 400 on `institution` for a name that no institution has.
    pub(super) fn named(name: &str) -> Result<&'static Institution, Error> {
        Institution::find(name).ok_or_else(|| {
            let lookup = format_args!("name={name}").to_string();
            Error::does_not_exist(lookup).on("institution")
        })
    }

    pub(super) fn find(name: &str) -> Option<&'static Institution> {
        Institution::all().find(|institution| institution.name == name)
    }

    /// Returns the institution with the id that a path names.
    pub(super) fn with_id(id: &str) -> Option<&'static Institution> {
        Institution::all().find(|institution| institution.id.to_string() == id)
    }

    pub(super) fn show(&self) -> institution::Institution<'_> {
        institution::Institution {
            id: self.id,
            name: self.name,
            kind: KIND,
            code: self.id.to_string(),
            website: None,
            display_name: self.display_name,
            country_code: COUNTRY,
            country_codes: [COUNTRY],
            primary_color: self.primary_color,
            logo: self.text_logo,
            icon_logo: self.icon_logo,
            text_logo: self.text_logo,
            form_fields: FORM,
            features: [],
            integration_type: "credentials",
            status: STATUS,
            resources: self.resources,
            openbanking_information: (),
        }
    }
}

impl Listed for Institution {
    type Object<'a> = Institution;
    // There are too few to need one.
    type Index = Infallible;
}

/// The filters of `GET /api/institutions/`.
pub(super) const FIELDS: &[Field<Institution>] = &[
    Field {
        name: "display_name",
        kind: ValueKind::Text,
        operators: CONTAINS,
        value: |institution| Value::Text(institution.display_name),
        index: None,
    },
    Field {
        name: "country_code",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |_| Value::Text(COUNTRY),
        index: None,
    },
    Field {
        name: "resources",
        kind: ValueKind::Text,
        operators: ALL_IN,
        value: |institution| {
            let names = institution.resources.iter().map(|resource| resource.as_str());
            Value::List(names.map(Value::Text).collect())
        },
        index: None,
    },
    Field {
        name: "name",
        kind: ValueKind::Text,
        operators: EQUAL_OR_IN,
        value: |institution| Value::Text(institution.name),
        index: None,
    },
    Field {
        name: "status",
        kind: ValueKind::Match(&["healthy", "down"]),
        operators: EQUAL_OR_IN,
        value: |_| Value::Text(STATUS),
        index: None,
    },
    Field {
        name: "type",
        kind: ValueKind::Match(&["bank", "fiscal", "employment"]),
        operators: EQUAL_OR_IN,
        value: |_| Value::Text(KIND),
        index: None,
    },
    Field {
        name: "website",
        kind: ValueKind::Text,
        operators: EQUAL,
        value: |_| Value::Null,
        index: None,
    },
];
