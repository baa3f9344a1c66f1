def test_a_recurrent_link_is_refreshed_every_week(belvo_account, register):
    register()
    advanced = belvo_account.advance("21d")
    assert [task["what"] for task in advanced["happened"]].count("refresh") == 2


def test_the_records_are_there_when_their_load_has_run(belvo_account, client, register):
    link = register()
    load = belvo_account.scheduled(link=link["id"])[0]
    assert list(client.EmploymentRecords.list(link=link["id"])) == []
    belvo_account.run_task(load["id"])
    assert len(list(client.EmploymentRecords.list(link=link["id"]))) == 1
