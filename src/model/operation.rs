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
    /// That of a method and a path as the description writes it, with or without its last slash.
    /// `HEAD` is `GET` without the body.
    pub fn of(method: &str, path: &str) -> Option<Operation> {
        let method = if method == "HEAD" { "GET" } else { method };
        Some(match (method, path.trim_end_matches('/')) {
            ("GET", "/api") => Operation::CheckKeys,
            ("GET", "/api/links") => Operation::ListLinks,
            ("POST", "/api/links") => Operation::RegisterLink,
            ("PATCH", "/api/links") => Operation::PatchBody,
            ("GET", "/api/links/{id}") => Operation::DetailLink,
            ("PATCH", "/api/links/{id}") => Operation::ChangeAccessMode,
            ("PUT", "/api/links/{id}") => Operation::UpdateLink,
            ("DELETE", "/api/links/{id}") => Operation::DestroyLink,
            ("POST", "/api/links/{id}/refresh") => Operation::RefreshLink,
            ("GET", "/api/employment-records") => Operation::ListEmploymentRecords,
            ("POST", "/api/employment-records") => Operation::RetrieveEmploymentRecords,
            ("GET", "/api/employment-records/{id}") => Operation::DetailEmploymentRecord,
            ("DELETE", "/api/employment-records/{id}") => Operation::DestroyEmploymentRecord,
            ("GET", "/api/mx/current-employments") => Operation::ListCurrentEmployments,
            ("POST", "/api/mx/current-employments") => Operation::RetrieveCurrentEmployments,
            ("GET", "/api/mx/current-employments/{id}") => Operation::DetailCurrentEmployment,
            ("DELETE", "/api/mx/current-employments/{id}") => Operation::DestroyCurrentEmployment,
            ("GET", "/api/institutions") => Operation::ListInstitutions,
            ("GET", "/api/institutions/{institution_id}") => Operation::DetailInstitution,
            ("POST", "/api/token") => Operation::CreateToken,
            _ => return None,
        })
    }

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
