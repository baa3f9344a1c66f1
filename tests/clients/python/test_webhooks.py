import re
from uuid import UUID

import pytest
from belvo.enums import AccessMode

import webhook_receiver
from links import CURP, create_link

# A link of this SDK is recurrent and names no resources, so it brings its owner too.
RECORDS = "EMPLOYMENT_RECORDS"


@pytest.mark.parametrize("external_id", ["user-1", None])
def test_a_webhook_has_the_documented_keys_and_no_others(client, webhooks, external_id):
    link = create_link(client, external_id=external_id)

    [delivery] = webhooks.wait_for(link, webhook_type=RECORDS)

    event = delivery.event
    assert re.fullmatch("[0-9a-f]{32}", event.pop("webhook_id"))
    request_id = event.pop("request_id")
    assert str(UUID(request_id)) == request_id
    assert event == {
        "webhook_type": "EMPLOYMENT_RECORDS",
        "process_type": "historical_update",
        "webhook_code": "historical_update",
        "link_id": link["id"],
        "external_id": external_id,
        "data": {"total_employment_record_profiles": 1},
    }


@pytest.mark.parametrize("curp, profiles", [(CURP, 1), ("NONE000101MXXXXX00", 0)])
def test_a_webhook_announces_as_many_records_as_the_list_has(client, webhooks, curp, profiles):
    link = create_link(client, curp)

    [delivery] = webhooks.wait_for(link, webhook_type=RECORDS)

    assert delivery.event["data"] == {"total_employment_record_profiles": profiles}
    assert len(list(client.EmploymentRecords.list(link=link["id"]))) == profiles


def test_a_webhook_is_json_with_the_authorization_of_the_receiver(
    client, webhooks, webhook_authorization
):
    [delivery] = webhooks.wait_for(create_link(client), webhook_type=RECORDS)

    assert delivery.path == webhook_receiver.PATH
    assert delivery.headers["Content-Type"] == "application/json"
    assert delivery.headers["Authorization"] == webhook_authorization


def test_a_webhook_that_is_answered_with_500_is_sent_again_to_the_byte(client, webhooks):
    webhooks.refuse_once(external_id="refused-once")
    refused = create_link(client, external_id="refused-once")

    first, second = webhooks.wait_for(refused, deliveries=2, webhook_type=RECORDS)

    assert second.body == first.body
    assert second.headers["Authorization"] == first.headers["Authorization"]
    # A webhook of a later link arrives after the time of a second retry.
    webhooks.wait_for(create_link(client), webhook_type=RECORDS)
    assert len(webhooks.arrived(refused, RECORDS)) == 2


def test_each_link_has_its_own_webhook(client, webhooks):
    links = [create_link(client, external_id="user-1") for _ in range(3)]

    deliveries = [webhooks.wait_for(link, webhook_type=RECORDS) for link in links]

    events = [delivery.event for [delivery] in deliveries]

    assert len({event["webhook_id"] for event in events}) == 3
    assert len({event["request_id"] for event in events}) == 3


def test_a_single_link_of_this_sdk_loads_nothing(client, webhooks):
    """The SDK cannot send fetch_resources, and a single link loads only what it names."""
    single = create_link(client, access_mode=AccessMode.SINGLE)
    recurrent = create_link(client)

    webhooks.wait_for(recurrent, webhook_type="OWNERS")

    assert webhooks.arrived(single) == []
    assert list(client.EmploymentRecords.list(link=single["id"])) == []
