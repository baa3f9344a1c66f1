//! The calls of Belvo's API, by their names in its description.

use crate::model::words::words;

words! {
    /// The operationId of a method of a path below `/api/`.
    Operation {
        CheckKeys = "CheckKeys",
        ListLinks = "ListLinks",
        RegisterLink = "RegisterLink",
        PatchBody = "PatchBody",
        DetailLink = "DetailLink",
        ChangeAccessMode = "ChangeAccessMode",
        UpdateLink = "UpdateLink",
        DestroyLink = "DestroyLink",
        RefreshLink = "RefreshLink",
        ListEmploymentRecords = "ListEmploymentRecords",
        RetrieveEmploymentRecords = "RetrieveEmploymentRecords",
        DetailEmploymentRecord = "DetailEmploymentRecord",
        DestroyEmploymentRecord = "DestroyEmploymentRecord",
        ListCurrentEmployments = "ListCurrentEmployments",
        RetrieveCurrentEmployments = "RetrieveCurrentEmployments",
        DetailCurrentEmployment = "DetailCurrentEmployment",
        DestroyCurrentEmployment = "DestroyCurrentEmployment",
        ListInstitutions = "ListInstitutions",
        DetailInstitution = "DetailInstitution",
        CreateToken = "CreateToken",
    }
}

impl Operation {
    /// Whether it logs in at the institution: to register a link, to go on with a session, to take
    /// new credentials, or to read the data again.
    pub fn logs_in(self) -> bool {
        matches!(
            self,
            Operation::RegisterLink
                | Operation::PatchBody
                | Operation::UpdateLink
                | Operation::RefreshLink
                | Operation::RetrieveEmploymentRecords
                | Operation::RetrieveCurrentEmployments
        )
    }
}

impl From<Operation> for &'static str {
    fn from(operation: Operation) -> &'static str {
        operation.as_str()
    }
}
