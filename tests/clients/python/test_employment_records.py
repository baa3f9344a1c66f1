from datetime import date

import pytest
from requests import HTTPError

from links import CURP, OTHER_CURP, create_link, ids
from problems import check

RECORD_KEYS = {
    "id",
    "link",
    "created_at",
    "collected_at",
    "report_date",
    "days_since_extraction",
    "internal_identification",
    "personal_data",
    "social_security_summary",
    "employment_records",
    "employment_scores",
    "salary_estimation",
    "files",
}
PERSONAL_DATA_KEYS = {
    "official_name",
    "first_name",
    "last_name",
    "birth_date",
    "email",
    "entitlements",
    "document_ids",
}
ENTITLEMENTS_KEYS = {
    "entitled_to_health_insurance",
    "entitled_to_company_benefits",
    "valid_until",
    "status",
}
SUMMARY_KEYS = {"weeks_redeemed", "weeks_reinstated", "weeks_contributed"}
SPELL_KEYS = {
    "collected_at",
    "employer",
    "employer_id",
    "start_date",
    "end_date",
    "weeks_employed",
    "state",
    "most_recent_base_salary",
    "monthly_salary",
    "currency",
    "employment_status_updates",
}
UPDATE_KEYS = {"event", "base_salary", "update_date"}
SCORE_KEYS = {"score", "period", "version"}
ESTIMATION_KEYS = {"employment_status_estimate", "base_salary_estimate", "currency"}

# CURP, its employment status, how many employers it had.
LIVES = [
    ("LONG700101MXXXXX00", "EMPLOYED", 12),
    ("IDLE900101HXXXXX00", "UNEMPLOYED", 3),
    ("RETI550101HXXXXX00", "RETIRED", 5),
]


@pytest.fixture
def load(client, webhooks):
    """Creates a link and returns it with its records, which the webhook has announced."""

    def load(curp=CURP, **options):
        link = create_link(client, curp, **options)
        webhooks.wait_for(link)
        return link, list(client.EmploymentRecords.list(link=link["id"]))

    return load


@pytest.fixture
def record(load):
    _, [record] = load(username2="worker@example.com")
    return record


def test_a_record_has_the_documented_keys_and_no_others(record):
    assert set(record) == RECORD_KEYS
    assert set(record["personal_data"]) == PERSONAL_DATA_KEYS
    assert set(record["personal_data"]["entitlements"]) == ENTITLEMENTS_KEYS
    assert set(record["social_security_summary"]) == SUMMARY_KEYS
    assert set(record["salary_estimation"]) == ESTIMATION_KEYS
    for score in record["employment_scores"]:
        assert set(score) == SCORE_KEYS
    for spell in record["employment_records"]:
        assert set(spell) == SPELL_KEYS
        for update in spell["employment_status_updates"]:
            assert set(update) == UPDATE_KEYS


def test_a_record_is_about_the_person_of_the_link(record):
    person = record["personal_data"]
    assert record["internal_identification"] == CURP
    assert documents(record)["CURP"] == CURP
    assert person["email"] == "worker@example.com"
    assert person["official_name"] == f"{person['first_name']} {person['last_name']}"
    assert record["days_since_extraction"] == 0
    assert record["collected_at"].startswith(record["report_date"])


def test_the_nss_has_eleven_digits_of_which_the_last_checks_the_others(record):
    nss = documents(record)["NSS"]
    assert len(nss) == 11
    assert passes_luhn(nss)


def test_the_salary_of_a_month_follows_from_that_of_a_day(record):
    for spell in record["employment_records"]:
        daily, monthly = spell["most_recent_base_salary"], spell["monthly_salary"]
        assert monthly == pytest.approx(daily * 365 / 12, abs=0.00501)
        assert monthly == round(monthly, 2)
        assert daily == spell["employment_status_updates"][-1]["base_salary"]
        assert spell["currency"] == "MXN"


def test_the_weeks_add_up(record):
    summary = record["social_security_summary"]
    weeks = [spell["weeks_employed"] for spell in record["employment_records"]]
    assert min(weeks) > 0
    assert sum(weeks) == summary["weeks_contributed"]


def test_an_employed_person_has_one_job_today(record):
    spells = record["employment_records"]
    entitlements = record["personal_data"]["entitlements"]
    assert [spell["end_date"] is None for spell in spells] == [False] * (len(spells) - 1) + [True]
    assert (entitlements["status"], entitlements["valid_until"]) == ("EMPLOYED", None)
    assert record["salary_estimation"]["employment_status_estimate"] == "EMPLOYED"


def test_one_job_comes_after_the_other(record):
    spells = record["employment_records"]
    for spell, following in zip(spells, spells[1:]):
        assert day(spell["start_date"]) < day(spell["end_date"]) < day(following["start_date"])


def test_each_job_begins_with_being_hired(record):
    for spell in record["employment_records"]:
        updates = spell["employment_status_updates"]
        assert (updates[0]["event"], updates[0]["update_date"]) == ("HIRED", spell["start_date"])
        dates = [day(update["update_date"]) for update in updates]
        assert dates == sorted(dates)


def test_the_scores_look_3_6_and_12_months_ahead(record):
    scores = record["employment_scores"]
    assert [score["period"] for score in scores] == [3, 6, 12]
    assert all(300 <= score["score"] <= 900 for score in scores)


@pytest.mark.parametrize("curp, status, employers", LIVES)
def test_the_curp_chooses_the_life(load, curp, status, employers):
    _, [record] = load(curp)
    spells = record["employment_records"]
    assert record["internal_identification"] == curp
    assert record["personal_data"]["entitlements"]["status"] == status
    assert len(spells) == employers
    assert (spells[-1]["end_date"] is None) == (status == "EMPLOYED")


@pytest.mark.parametrize(
    "curp, institution",
    [("GOVT850101MXXXXX00", "planet_mx_employment"), (OTHER_CURP, "issste_mx_employment")],
)
def test_issste_knows_people_by_rfc_and_reports_no_weeks(load, curp, institution):
    _, [record] = load(curp, institution=institution)
    assert documents(record)["RFC"].startswith(curp[:10])
    assert "NSS" not in documents(record)
    assert record["social_security_summary"] is None
    assert record["employment_scores"] is None
    assert record["salary_estimation"] is None
    for spell in record["employment_records"]:
        assert spell["employer_id"] is None
        assert ";" in spell["employer"]


def test_a_person_without_jobs_has_no_records(load):
    _, records = load("NONE000101MXXXXX00")
    assert records == []


def test_records_are_listed_by_link(client, load):
    (link, records), (other_link, other_records) = load(CURP), load(OTHER_CURP)
    assert [record["link"] for record in records] == [link["id"]]
    assert [record["link"] for record in other_records] == [other_link["id"]]
    assert ids(client.EmploymentRecords.list()) == ids(other_records + records)


def test_a_link_without_records_lists_none(client):
    unknown = "5c09677e-cf78-41d4-9015-47252a0c4e77"
    assert list(client.EmploymentRecords.list(link=unknown)) == []


def test_a_list_by_something_that_is_no_link_id_is_refused(client):
    with pytest.raises(HTTPError) as refusal:
        list(client.EmploymentRecords.list(link="not-a-uuid"))
    assert refusal.value.response.status_code == 400
    check(
        refusal.value.response.json(),
        {"code": "invalid", "message": "not-a-uuid is not a valid UUID.", "field": "link"},
    )


def test_a_record_is_got_by_its_id(client, record):
    assert client.EmploymentRecords.get(record["id"]) == record


def test_a_deleted_record_is_gone(client, record):
    assert client.EmploymentRecords.delete(record["id"]) is True

    check_not_found(client, record)
    assert client.EmploymentRecords.delete(record["id"]) is False
    assert list(client.EmploymentRecords.list(link=record["link"])) == []


def test_a_deleted_link_takes_its_records_with_it(client, record):
    assert client.Links.delete(record["link"]) is True

    check_not_found(client, record)
    assert list(client.EmploymentRecords.list()) == []


def check_not_found(client, record):
    with pytest.raises(HTTPError) as refusal:
        client.EmploymentRecords.get(record["id"])
    assert refusal.value.response.status_code == 404
    check(refusal.value.response.json(), {"code": "not_found", "message": "Not found."})


def documents(record):
    return {
        document["document_type"]: document["document_number"]
        for document in record["personal_data"]["document_ids"]
    }


def passes_luhn(number):
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def day(text):
    return date.fromisoformat(text)
