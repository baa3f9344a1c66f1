import pytest
from belvo.exceptions import RequestError
from requests.exceptions import ConnectionError


def test_imss_does_not_know_the_person(register):
    with pytest.raises(RequestError) as refused:
        register("FAIL400002HXXXXX00")
    assert refused.value.detail[0]["code"] == "login_error"


@pytest.mark.parametrize("scenario", ["institution_down", "login_locked"])
def test_the_next_registration_is_refused_and_the_one_after_it_works(belvo_account, register, scenario):
    belvo_account.arm(scenario, operation="RegisterLink")
    with pytest.raises(RequestError):
        register()
    register()


def test_a_connection_breaks_after_the_link_is_made(belvo_account, client, register):
    belvo_account.fault("reset_peer", operation="RegisterLink", times=1)
    with pytest.raises(ConnectionError):
        register()
    assert len(list(client.Links.list())) == 1
