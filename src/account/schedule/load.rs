//! The load of a link's data, as a task of the schedule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::link::Resource;
use crate::operations::Operation;

/// A load that a request asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Load {
    /// The id of the request, which the webhook repeats.
    pub request_id: Uuid,
    employment_records: bool,
    #[serde(default)]
    owners: bool,
    current_employments: bool,
    #[serde(default)]
    employment_metrics: bool,
    pub with_pdf: bool,
    /// The operation of the request. It is None in a snapshot of an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
}

impl Load {
    /// Returns a load of these resources, without the PDF.
    pub(crate) fn of(resources: &[Resource], request_id: Uuid) -> Load {
        Load {
            request_id,
            employment_records: resources.contains(&Resource::EmploymentRecords),
            owners: resources.contains(&Resource::Owners),
            current_employments: resources.contains(&Resource::CurrentEmployments),
            employment_metrics: resources.contains(&Resource::EmploymentMetrics),
            with_pdf: false,
            operation: None,
        }
    }

    /// Returns the load with the operation of its request.
    pub(crate) fn caused_by(self, operation: Option<Operation>) -> Load {
        Load { operation, ..self }
    }

    /// Tells that the load brings a resource and announces it.
    pub(crate) fn brings(&self, resource: Resource) -> bool {
        match resource {
            Resource::EmploymentRecords => self.employment_records,
            Resource::Owners => self.owners,
            Resource::CurrentEmployments => self.current_employments,
            Resource::EmploymentMetrics => self.employment_metrics,
        }
    }

    /// Tells that the load reads a resource. Metrics are computed from the employment records, so
    /// they are read for them as well, without a webhook of their own.
    pub(crate) fn reads(&self, resource: Resource) -> bool {
        let is_needed = resource == Resource::EmploymentRecords && self.employment_metrics;
        is_needed || self.brings(resource)
    }

    /// Returns the resources that the load brings, in the order in which it reads them.
    pub(crate) fn resources(self) -> impl Iterator<Item = Resource> {
        Resource::ALL.into_iter().filter(move |resource| self.brings(*resource))
    }
}
