"""What becomes of a link: new credentials, another access mode, a token, the end."""

import re
from types import SimpleNamespace

import pytest
from belvo.enums import AccessMode
from belvo.exceptions import RequestError

from links import INSTITUTION, create_link, ids
from problems import check, without_request_id

REFUSED_LATER = "GONE900101HXXXXX00"
ASKS_FOR_TOKEN, TOKEN = "FAIL428001HXXXXX00", "123456"
UNKNOWN = "5c09677e-cf78-41d4-9015-47252a0c4e77"
NOT_FOUND = {"code": "not_found", "message": "Not found."}
LOGIN_ERROR = {
    "code": "login_error",
    "message": "Invalid credentials provided to login to the institution",
}
TOKEN_REQUIRED = {
    "code": "token_required",
    "message": "A MFA token is required by the institution to login",
    "expiry": 9600,
    "token_generation_data": {
        "instructions": "Enter the token that the institution sent you",
        "type": "numeric",
        "value": None,
        "expects_user_input": True,
    },
}
# Access modes before and after, and what changes.
SWITCHES = [
    (AccessMode.RECURRENT, AccessMode.RECURRENT, {}),
    (AccessMode.RECURRENT, AccessMode.SINGLE, {"access_mode": "single", "refresh_rate": None}),
    (AccessMode.SINGLE, AccessMode.SINGLE, {}),
    (
        AccessMode.SINGLE,
        AccessMode.RECURRENT,
        {"access_mode": "recurrent", "refresh_rate": "7d", "credentials_storage": "store"},
    ),
]


def test_new_credentials_make_an_invalid_link_valid(client):
    link = create_link(client, REFUSED_LATER)
    for _ in range(6):
        check(client.EmploymentRecords.create(link["id"]), LOGIN_ERROR)
    assert status(client, link) == "invalid"

    updated = client.Links.update(link["id"], password="a-new-password", raise_exception=True)

    assert (updated["id"], updated["status"]) == (link["id"], "valid")
    assert status(client, link) == "valid"
    [record] = client.EmploymentRecords.create(link["id"], raise_exception=True)
    assert record["internal_identification"] == REFUSED_LATER


def test_new_credentials_load_the_records_of_a_recurrent_link_again(client, webhooks):
    link = create_link(client)
    webhooks.wait_for(link, webhook_type="EMPLOYMENT_RECORDS")

    client.Links.update(link["id"], password="a-new-password", raise_exception=True)

    first, second = webhooks.wait_for(link, deliveries=2, webhook_type="EMPLOYMENT_RECORDS")
    assert second.event["webhook_code"] == "historical_update"
    assert second.event["webhook_id"] != first.event["webhook_id"]


def test_an_unknown_link_takes_no_new_credentials(client):
    with pytest.raises(RequestError) as refusal:
        client.Links.update(UNKNOWN, password="a-new-password", raise_exception=True)
    assert refusal.value.status_code == 404
    check(refusal.value.detail, NOT_FOUND)


@pytest.mark.parametrize("before, after, changed", SWITCHES)
def test_the_access_mode_changes_and_nothing_else(client, before, after, changed):
    link = create_link(client, access_mode=before)

    patched = client.Links.patch(link["id"], access_mode=after, raise_exception=True)

    assert patched == {**link, **changed}
    assert client.Links.get(link["id"]) == patched


def test_an_unknown_access_mode_is_refused(client):
    link = create_link(client)
    # Only an enum that is not the SDK's own gets a wrong access mode past the SDK.
    unknown = SimpleNamespace(value="Australia")
    with pytest.raises(RequestError) as refusal:
        client.Links.patch(link["id"], access_mode=unknown, raise_exception=True)
    assert refusal.value.status_code == 400
    check(
        refusal.value.detail,
        {
            "code": "invalid_choice",
            "message": '"Australia" is not a valid choice.',
            "field": "access_mode",
        },
    )
    assert client.Links.get(link["id"])["access_mode"] == "recurrent"


def test_the_access_mode_of_an_unknown_link_is_not_found(client):
    with pytest.raises(RequestError) as refusal:
        client.Links.patch(UNKNOWN, access_mode=AccessMode.SINGLE, raise_exception=True)
    assert refusal.value.status_code == 404
    check(refusal.value.detail, NOT_FOUND)


def test_a_login_that_asks_for_a_token_leaves_a_link_that_waits(client):
    with pytest.raises(RequestError) as refusal:
        client.Links.create(INSTITUTION, ASKS_FOR_TOKEN, "", raise_exception=True)

    assert refusal.value.status_code == 428
    [link] = client.Links.list()
    assert link["status"] == "unconfirmed"
    [problem] = refusal.value.detail
    assert re.fullmatch("[0-9a-f]{32}", problem["session"])
    check([problem], {**TOKEN_REQUIRED, "session": problem["session"], "link": link["id"]})


def test_the_right_token_completes_the_link(client, webhooks):
    waiting = ask_for_token(client)

    link = resume(client, waiting, TOKEN)

    assert (link["id"], link["status"]) == (waiting["link"], "valid")
    assert client.Links.get(link["id"])["status"] == "valid"
    webhooks.wait_for(link)
    [record] = client.EmploymentRecords.list(link=link["id"])
    assert record["internal_identification"] == ASKS_FOR_TOKEN


def test_a_wrong_token_is_refused_and_the_right_one_still_works(client):
    waiting = ask_for_token(client)

    check_not_resumed(client, waiting, "000000", 400, LOGIN_ERROR)

    assert status(client, {"id": waiting["link"]}) == "unconfirmed"
    assert resume(client, waiting, TOKEN)["status"] == "valid"


def test_a_token_is_taken_once(client):
    waiting = ask_for_token(client)
    resume(client, waiting, TOKEN)
    check_not_resumed(client, waiting, TOKEN, 404, NOT_FOUND)


def test_a_deleted_link_is_not_resumed(client):
    waiting = ask_for_token(client)
    assert client.Links.delete(waiting["link"]) is True
    check_not_resumed(client, waiting, TOKEN, 404, NOT_FOUND)
    assert list(client.Links.list()) == []


def test_a_changed_link_can_be_deleted(client):
    changed, kept = create_link(client), create_link(client)
    client.Links.patch(changed["id"], access_mode=AccessMode.SINGLE, raise_exception=True)
    client.Links.update(changed["id"], password="a-new-password", raise_exception=True)

    assert client.Links.delete(changed["id"]) is True

    assert ids(client.Links.list()) == [kept["id"]]


def status(client, link):
    return client.Links.get(link["id"])["status"]


def ask_for_token(client):
    """Creates a link that waits for a token; returns its session and id, among others."""
    [problem] = client.Links.create(INSTITUTION, ASKS_FOR_TOKEN, "")
    assert problem["code"] == "token_required"
    return without_request_id(problem)


def resume(client, waiting, token):
    session, link = waiting["session"], waiting["link"]
    return client.Links.resume(session, token, link=link, raise_exception=True)


def check_not_resumed(client, waiting, token, status_code, problem):
    with pytest.raises(RequestError) as refusal:
        resume(client, waiting, token)
    assert refusal.value.status_code == status_code
    check(refusal.value.detail, problem)
