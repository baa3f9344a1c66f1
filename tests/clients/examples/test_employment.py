import os

from belvo.client import Client


def test_an_employed_person_has_a_history():
    client = Client(os.environ["BELVO_SECRET_ID"], os.environ["BELVO_SECRET_PASSWORD"])
    link = client.Links.create("planet_mx_employment", "BLPM951331IONVGR54", "", raise_exception=True)
    webhook = client.session.post("/_emulator/webhooks/await", {"link": link["id"]}, raise_exception=True)
    assert webhook["payload"]["data"] == {"total_employment_record_profiles": 1}
    [record] = client.EmploymentRecords.list(link=link["id"])
    assert record["internal_identification"] == "BLPM951331IONVGR54"
