"""The people of links, through the SDK's `Owners`."""

import pytest
from belvo.enums import AccessMode
from belvo.exceptions import RequestError

from links import CURP, create_link
from problems import check

ASKS_FOR_TOKEN_LATER = "MFAS900101HXXXXX00"
UNKNOWN = "5c09677e-cf78-41d4-9015-47252a0c4e77"
KEYS = {
    "id", "link", "created_at", "collected_at", "internal_identification", "display_name", "email",
    "phone_number", "address", "document_id", "business_name", "first_name", "last_name",
    "second_last_name",
}


@pytest.fixture
def link(client):
    """A link that loads nothing by itself."""
    return create_link(client, access_mode=AccessMode.SINGLE, username2="ana@example.com")


def retrieve(client, link, **options):
    return client.Owners.create(link["id"], raise_exception=True, **options)


def test_an_owner_is_the_person_of_the_record(client, link):
    [owner] = retrieve(client, link)
    [record] = client.EmploymentRecords.create(link["id"], raise_exception=True)
    person = record["personal_data"]

    assert set(owner) == KEYS
    assert (owner["link"], owner["internal_identification"]) == (link["id"], CURP)
    assert owner["display_name"] == person["official_name"]
    assert owner["document_id"] == person["document_ids"][0]
    assert owner["email"] == "ana@example.com"


def test_an_owner_can_be_listed_shown_and_deleted(client, link):
    [owner] = retrieve(client, link)
    assert list(client.Owners.list()) == [owner]
    assert list(client.Owners.list(link=link["id"], email="ana@example.com")) == [owner]
    assert list(client.Owners.list(email="nobody@example.com")) == []
    assert client.Owners.get(owner["id"]) == owner
    assert client.Owners.delete(owner["id"]) is True
    assert client.Owners.delete(owner["id"]) is False
    assert list(client.Owners.list()) == []


def test_an_owner_that_is_not_saved_is_in_the_answer_only(client, link):
    [owner] = retrieve(client, link, save_data=False)
    assert owner["internal_identification"] == CURP
    assert list(client.Owners.list()) == []


def test_a_recurrent_link_brings_its_owner_with_a_webhook(client, webhooks):
    link = create_link(client)

    [delivery] = webhooks.wait_for(link, webhook_type="OWNERS")

    assert delivery.event["webhook_code"] == "historical_update"
    assert delivery.event["data"] == {"total_owners": 1}
    [owner] = client.Owners.list(link=link["id"])
    assert owner["internal_identification"] == CURP


def test_a_retrieval_that_asks_for_a_token_is_resumed(client, webhooks):
    link = create_link(client, ASKS_FOR_TOKEN_LATER)
    webhooks.wait_for(link)
    with pytest.raises(RequestError) as refusal:
        retrieve(client, link)
    [asked] = refusal.value.detail
    assert (refusal.value.status_code, asked["code"]) == (428, "token_required")

    [owner] = client.Owners.resume(
        asked["session"], "123456", link=link["id"], raise_exception=True
    )

    assert owner["link"] == link["id"]
    assert client.Links.get(link["id"])["status"] == "valid"


def test_a_token_can_come_with_the_retrieval(client, webhooks):
    link = create_link(client, ASKS_FOR_TOKEN_LATER)
    webhooks.wait_for(link)
    [owner] = retrieve(client, link, token="123456")
    assert owner["link"] == link["id"]


def test_an_unknown_link_has_no_owner(client):
    with pytest.raises(RequestError) as refusal:
        retrieve(client, {"id": UNKNOWN})
    assert refusal.value.status_code == 400
    message = f"Object with id={UNKNOWN} does not exist."
    check(refusal.value.detail, {"code": "does_not_exist", "message": message, "field": "link"})
