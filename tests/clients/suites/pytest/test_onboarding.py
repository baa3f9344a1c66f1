import pytest

from onboarding import TRY_LATER

CURP = "BLPM951331IONVGR54"


def test_the_history_of_a_user_is_known_after_the_webhook(app, emulator):
    assert app.register("ana", CURP) is None
    assert app.employers == {}

    assert emulator.await_webhook()["state"] == "delivered"

    assert len(app.employers["ana"]) >= 2


def test_each_user_has_a_webhook(app, emulator):
    users = [f"user-{number}" for number in range(20)]
    for user in users:
        app.register(user, CURP)

    told = [emulator.await_webhook()["payload"]["external_id"] for _ in users]

    assert told == users
    assert list(app.employers) == users
    emulator.expect_no_webhook()


def test_a_webhook_that_comes_twice_counts_once(app, emulator):
    app.register("ana", "TWIN900101MXXXXX00")

    first, second = emulator.await_webhook(), emulator.await_webhook()

    assert first["webhook_id"] == second["webhook_id"]
    assert len(app.employers["ana"]) == len(set(app.employers["ana"]))


def test_a_webhook_that_never_comes_leaves_nothing(app, emulator):
    app.register("ana", "MUTE900101HXXXXX00")

    emulator.expect_no_webhook()

    assert app.employers == {}


@pytest.mark.parametrize(
    "scenario, told",
    [
        ("nss_not_found", "El NSS no fue localizado en el IMSS"),
        ("institution_down", TRY_LATER),
    ],
)
def test_a_refusal_is_explained_and_the_next_try_works(app, emulator, scenario, told):
    emulator.call("POST", "armed", scenario=scenario)

    assert app.register("ana", CURP) == told
    assert app.register("ana", CURP) is None

    emulator.await_webhook()
    assert list(app.employers) == ["ana"]


def test_a_refusal_can_be_chosen_by_header(app, client, emulator):
    client.session.session.headers["X-Emulator-Scenario"] = "person_without_nss"

    assert app.register("ana", CURP) == "La persona no cuenta con NSS"

    emulator.expect_no_webhook()


def test_a_connection_that_breaks_is_tried_again_later(app, emulator):
    fault = {"fault": "reset_peer", "operation": "RegisterLink", "times": 1}
    emulator.call("POST", "faults", **fault)

    assert app.register("ana", CURP) == TRY_LATER


def test_a_stranger_is_not_believed(app, emulator):
    emulator.call("POST", "faults", fault="webhook_wrong_authorization")
    app.register("ana", CURP)

    assert emulator.await_webhook(expect="finished")["state"] == "failed"

    assert app.employers == {}
    # The one about the owner is refused as well.
    assert app.refused_webhooks >= 6
