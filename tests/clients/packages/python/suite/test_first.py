from belvo.client import Client


def test_an_employed_person_has_a_history(belvo_account):
    client = Client(belvo_account.secret_id, belvo_account.secret_password, belvo_account.base_url)
    link = client.Links.create("planet_mx_employment", "BLPM951331IONVGR54", "", raise_exception=True)
    webhook = belvo_account.await_webhook(link=link["id"])
    assert webhook["payload"]["data"] == {"total_employment_record_profiles": 1}
    [record] = client.EmploymentRecords.list(link=link["id"])
    assert record["internal_identification"] == "BLPM951331IONVGR54"
