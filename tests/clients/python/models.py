"""Belvo's documented objects as a strict consumer models them.

No key may be missing or unknown, and no value may have another type than the documented one, so a
test that parses an answer fails when its shape changes.
"""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter

Hex = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Curp = Annotated[str, Field(pattern="^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$")]
Days = Annotated[str, Field(pattern="^[0-9]{1,3}d$")]
Storage = Annotated[str, Field(pattern="^(store|nostore|[0-9]{1,3}d)$")]
Resource = Literal["EMPLOYMENT_RECORDS", "OWNERS", "CURRENT_EMPLOYMENTS", "EMPLOYMENT_METRICS"]
Status = Literal["valid", "invalid", "unconfirmed", "token_required"]
Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0)]
T = TypeVar("T")


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Page(Model, Generic[T]):
    count: Count
    next: HttpUrl | None
    previous: HttpUrl | None
    results: list[T]


class Link(Model):
    id: UUID
    institution: Annotated[str, Field(pattern="^[a-z]+_[a-z]{2}_[a-z]+$")]
    access_mode: Literal["single", "recurrent"] | None
    status: Status
    refresh_rate: Literal["6h", "12h", "24h", "7d", "30d"] | None
    created_by: UUID
    last_accessed_at: AwareDatetime | None
    external_id: Annotated[str, Field(min_length=3, max_length=256)] | None
    created_at: AwareDatetime
    institution_user_id: Annotated[str, Field(pattern="^[A-Za-z0-9=_-]{44}$")]
    credentials_storage: Storage
    stale_in: Days | None
    fetch_resources: list[Resource]


class AskedField(Model):
    name: str
    type: str
    label: str
    validation: str
    placeholder: str
    validation_message: str


class KnownField(Model):
    name: str
    type: Literal["hidden"]
    value: str


class Institution(Model):
    id: int
    name: str
    type: Literal["bank", "fiscal", "employment"]
    code: str
    website: HttpUrl | None
    display_name: str
    country_code: Literal["MX"]
    country_codes: list[Literal["MX"]]
    primary_color: Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
    logo: HttpUrl
    icon_logo: HttpUrl
    text_logo: HttpUrl
    form_fields: list[AskedField | KnownField]
    features: list[None]
    integration_type: Literal["credentials", "openfinance"]
    status: Literal["healthy", "down"]
    resources: list[Resource]
    openbanking_information: None


class Entitlements(Model):
    entitled_to_health_insurance: bool
    entitled_to_company_benefits: bool
    valid_until: date | None
    status: Literal["EMPLOYED", "UNEMPLOYED", "RETIRED"] | None


class DocumentId(Model):
    document_type: Literal["NSS", "CURP", "RFC"] | None
    document_number: str | None


class Holder(Model):
    official_name: str | None
    first_name: str | None
    last_name: str | None
    birth_date: date | None
    document_ids: list[DocumentId]


class PersonalData(Holder):
    email: str | None
    entitlements: Entitlements


class SocialSecuritySummary(Model):
    weeks_redeemed: Count | None
    weeks_reinstated: Count | None
    weeks_contributed: Count | None


class StatusUpdate(Model):
    event: (
        Literal[
            "HIRED",
            "DISMISSED_RESIGNED",
            "SALARY_MODIFICATION",
            "VOLUNTARY_CONTRIBUTION",
            "ABSENCE",
            "SICK_LEAVE",
            "NORMAL",
            "BDUTA_CERTIFICATE",
            "DYE_CERTIFICATE",
        ]
        | None
    )
    base_salary: Amount
    update_date: date


class Spell(Model):
    collected_at: AwareDatetime
    employer: str
    employer_id: str | None
    start_date: date
    end_date: date | None
    weeks_employed: Count
    state: str | None
    most_recent_base_salary: Amount
    monthly_salary: Amount
    currency: Literal["MXN"]
    employment_status_updates: list[StatusUpdate | None] | None


class EmploymentScore(Model):
    score: Annotated[int, Field(ge=300, le=900)] | None
    period: Literal[3, 6, 12]
    version: str


class SalaryEstimation(Model):
    employment_status_estimate: Literal["EMPLOYED", "UNEMPLOYED"] | None
    base_salary_estimate: Amount | None
    currency: Literal["MXN"]


class File(Model):
    type: str
    value: str | None


class EmploymentRecord(Model):
    id: UUID
    link: UUID | None
    created_at: AwareDatetime
    collected_at: AwareDatetime
    report_date: date
    days_since_extraction: Count
    internal_identification: Curp
    personal_data: PersonalData
    social_security_summary: SocialSecuritySummary | None
    employment_records: list[Spell]
    employment_scores: list[EmploymentScore] | None
    salary_estimation: SalaryEstimation | None
    files: list[File] | None


class Job(Model):
    employer: str
    employer_id: str
    employer_rfc: str
    state: str
    days_employed: Count
    base_salary: Amount | None
    monthly_salary: Amount | None


class CurrentEmployment(Model):
    id: UUID
    link: UUID | None
    created_at: AwareDatetime
    collected_at: AwareDatetime
    month: Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}$")] | None
    internal_identification: Curp | None
    personal_data: Holder
    status: Literal["EMPLOYED", "UNEMPLOYED"]
    current_employment_records: Annotated[list[Job], Field(min_length=1)] | None


class OwnerDocument(Model):
    document_type: Literal["NSS", "CURP", "RFC"] | None
    document_number: str | None


class Owner(Model):
    id: UUID
    link: UUID | None
    created_at: AwareDatetime
    collected_at: AwareDatetime
    internal_identification: Curp | None
    display_name: Annotated[str, Field(max_length=128)] | None
    email: Annotated[str, Field(max_length=256)] | None
    phone_number: str | None
    address: str | None
    document_id: OwnerDocument
    business_name: None
    first_name: None
    last_name: None
    second_last_name: None


Weeks = Annotated[float, Field(ge=0)]


class EmploymentMetrics(Model):
    id: UUID
    link: UUID | None
    collected_at: AwareDatetime
    created_at: AwareDatetime
    updated_at: AwareDatetime | None
    reference_date: date | None
    age: Count
    current_status: Literal["EMPLOYED", "UNEMPLOYED", "RETIRED"] | None
    current_employer_count: Count | None
    base_salary_last: Amount | None
    weeks_employed_last_job: Weeks | None
    weeks_since_last_job: Weeks | None
    weeks_employed_total: Weeks | None
    weeks_with_multiple_employers: Weeks | None
    employer_count: Count | None
    unique_employer_count: Count | None
    employers_per_year: Annotated[float, Field(ge=0)] | None
    weeks_between_jobs: Weeks | None
    max_weeks_between_jobs: Weeks | None
    increases_last_job: Count | None
    decreases_last_job: Count | None
    increases_after_change: Count | None
    decreases_after_change: Count | None
    increases_overall: Count | None
    decreases_overall: Count | None
    increases_1y: Count | None
    decreases_1y: Count | None
    increases_3y: Count | None
    decreases_3y: Count | None
    increases_5y: Count | None
    decreases_5y: Count | None
    yearly_change_1y: float | None
    yearly_change_3y: float | None
    yearly_change_5y: float | None
    min_monthly_salary_1y: Amount | None
    min_monthly_salary_3y: Amount | None
    min_monthly_salary_5y: Amount | None
    average_monthly_salary_1y: Amount | None
    average_monthly_salary_3y: Amount | None
    average_monthly_salary_5y: Amount | None
    max_monthly_salary_1y: Amount | None
    max_monthly_salary_3y: Amount | None
    max_monthly_salary_5y: Amount | None


class TokenPair(Model):
    access: str
    refresh: str


class TokenClaims(Model):
    token_type: Literal["access", "refresh"]
    exp: int
    iat: int
    jti: Hex
    user_id: UUID
    organization_name: str
    organization_id: UUID
    scopes: list[str]
    environment: Literal["sandbox"]
    api_url: Annotated[str, Field(pattern="^[^/]+$")]
    credentials_storage: Storage | None
    stale_in: Days | None
    fetch_resources: list[str]
    iss: Annotated[str, Field(pattern="^[^/]+$")]


class LinkClaim(Model):
    id: UUID
    status: Status
    institution: str


class LinkTokenClaims(TokenClaims):
    link: LinkClaim


class Problem(Model):
    code: str
    message: str
    request_id: Hex


class FieldProblem(Problem):
    field: str


class DuplicateProblem(Problem):
    code: Literal["duplicated"]
    institution_user_id: str


class TokenGenerationData(Model):
    instructions: str
    type: str
    value: str | None
    expects_user_input: bool


class TokenProblem(Problem):
    code: Literal["token_required"]
    session: Hex
    expiry: int
    link: UUID
    token_generation_data: TokenGenerationData | None


Problems = TypeAdapter(
    Annotated[
        list[FieldProblem | DuplicateProblem | TokenProblem | Problem], Field(min_length=1)
    ]
)


class Accepted(Model):
    request_id: Hex


class RecordsData(Model):
    total_employment_record_profiles: Count


class ChangesData(Model):
    employment_changes: Annotated[list[str], Field(min_length=1)]


class CurrentEmploymentsData(Model):
    total_current_employments: Count


class OwnersData(Model):
    total_owners: Count


class EmploymentMetricsData(Model):
    total_employment_metrics: Count


class LinkErrorData(Model):
    error_code: str
    error_message: str
    status: int


class EmptyData(Model):
    pass


class Webhook(Model):
    webhook_id: Hex
    link_id: UUID
    request_id: UUID
    external_id: str | None


class HistoricalUpdate(Webhook):
    webhook_type: Literal["EMPLOYMENT_RECORDS"]
    process_type: Literal["historical_update"]
    webhook_code: Literal["historical_update"]
    data: RecordsData


class EmploymentChanges(Webhook):
    webhook_type: Literal["EMPLOYMENT_RECORDS"]
    process_type: Literal["recurrent_update"]
    webhook_code: Literal["employment_changes"]
    data: ChangesData


class CurrentEmploymentsUpdate(Webhook):
    webhook_type: Literal["CURRENT_EMPLOYMENTS"]
    process_type: Literal["historical_update"]
    webhook_code: Literal["historical_update"]
    data: CurrentEmploymentsData


class OwnersUpdate(Webhook):
    webhook_type: Literal["OWNERS"]
    process_type: Literal["historical_update"]
    webhook_code: Literal["historical_update"]
    data: OwnersData


class EmploymentMetricsUpdate(Webhook):
    webhook_type: Literal["EMPLOYMENT_METRICS"]
    process_type: Literal["historical_update"]
    webhook_code: Literal["historical_update"]
    data: EmploymentMetricsData


class LinkFailed(Webhook):
    webhook_type: Literal["LINK"]
    process_type: Literal["recurrent_update"]
    webhook_code: Literal["invalid_credentials", "token_required"]
    data: LinkErrorData


class LinkDeleted(Webhook):
    webhook_type: Literal["LINK"]
    process_type: Literal["recurrent_update"]
    webhook_code: Literal["link_deleted"]
    data: EmptyData


Event = TypeAdapter(
    HistoricalUpdate
    | EmploymentChanges
    | CurrentEmploymentsUpdate
    | OwnersUpdate
    | EmploymentMetricsUpdate
    | LinkFailed
    | LinkDeleted
)
