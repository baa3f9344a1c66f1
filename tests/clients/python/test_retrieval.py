"""Employment records that the client retrieves itself, instead of waiting for the webhook."""

from datetime import date

import pytest
from belvo.enums import AccessMode
from belvo.exceptions import RequestError

from links import CURP, create_link
from problems import check

REFUSED_LATER = "GONE900101HXXXXX00"
UNKNOWN = "5c09677e-cf78-41d4-9015-47252a0c4e77"
LOGIN_ERROR = {
    "code": "login_error",
    "message": "Invalid credentials provided to login to the institution",
}
INVALID_LINK = {
    "code": "invalid_link",
    "message": "The link has been invalidated. You may need to update link credentials",
}


def does_not_exist(id):
    message = f"Object with id={id} does not exist."
    return {"code": "does_not_exist", "message": message, "field": "link"}


@pytest.fixture
def link(client):
    """A link that loads nothing by itself."""
    return create_link(client, access_mode=AccessMode.SINGLE)


@pytest.fixture
def statuses(client):
    """The status of each answer to the SDK, as it comes."""
    statuses = []
    hooks = client.session.session.hooks["response"]
    hooks.append(lambda response, **_: statuses.append(response.status_code))
    return statuses


def test_retrieved_records_are_there_at_once(client, link, statuses):
    records = retrieve(client, link)

    assert statuses == [201]
    assert [record["link"] for record in records] == [link["id"]]
    assert [record["internal_identification"] for record in records] == [CURP]
    assert [record["files"] for record in records] == [[]]
    assert list(client.EmploymentRecords.list()) == records


def test_a_record_that_is_retrieved_again_stays_the_same_one(client, link):
    [record] = retrieve(client, link)
    [again] = retrieve(client, link)
    assert (again["id"], again["created_at"]) == (record["id"], record["created_at"])
    assert again["collected_at"] > record["collected_at"]
    assert list(client.EmploymentRecords.list()) == [again]


def test_a_record_that_is_not_saved_is_in_the_answer_only(client, link, statuses):
    [record] = retrieve(client, link, save_data=False)
    assert statuses == [200]
    assert record["internal_identification"] == CURP
    assert list(client.EmploymentRecords.list()) == []


def test_the_pdf_comes_as_a_file_without_a_value(client, link):
    [record] = retrieve(client, link, attach_pdf=True)
    day = date.fromisoformat(record["report_date"])
    assert record["files"] == [{"type": f"ReporteSemanasCotizadas_{day:%d%m%y}", "value": None}]


def test_a_person_without_jobs_has_nothing_to_retrieve(client):
    link = create_link(client, "NONE000101MXXXXX00", access_mode=AccessMode.SINGLE)
    assert retrieve(client, link) == []


def test_a_retrieval_for_an_unknown_link_is_refused(client):
    check_refused(client, {"id": UNKNOWN}, does_not_exist(UNKNOWN))


def test_a_retrieval_for_a_deleted_link_is_refused(client, link):
    assert client.Links.delete(link["id"]) is True
    check_refused(client, link, does_not_exist(link["id"]))


def test_a_retrieval_whose_login_fails_is_refused(client):
    link = create_link(client, REFUSED_LATER)
    check_refused(client, link, LOGIN_ERROR)
    assert client.Links.get(link["id"])["status"] == "valid"


def test_a_refused_retrieval_returns_the_problem_by_default(client):
    link = create_link(client, REFUSED_LATER)
    check(client.EmploymentRecords.create(link["id"]), LOGIN_ERROR)


def test_six_failures_make_a_link_invalid(client):
    link = create_link(client, REFUSED_LATER)
    for _ in range(6):
        check_refused(client, link, LOGIN_ERROR)
    assert client.Links.get(link["id"])["status"] == "invalid"
    check_refused(client, link, INVALID_LINK)


def retrieve(client, link, **options):
    return client.EmploymentRecords.create(link["id"], raise_exception=True, **options)


def check_refused(client, link, problem):
    with pytest.raises(RequestError) as refusal:
        retrieve(client, link)
    assert refusal.value.status_code == 400
    check(refusal.value.detail, problem)
