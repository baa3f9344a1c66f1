import pytest
from belvo.client import Client
from belvo.exceptions import BelvoAPIException, RequestError
from belvo.http import APISession

import emulator
from problems import check

KEYS = ("the-id", "the-password")
WRONG_KEYS = [
    pytest.param(("another-id", "the-password"), id="id"),
    pytest.param(("the-id", "another-password"), id="password"),
    pytest.param(("the-password", "the-id"), id="swapped"),
]
INVALID_SECRET_KEYS = {"code": "authentication_failed", "message": "Invalid Secret Keys"}


@pytest.fixture(scope="module")
def strict_url():
    """An emulator that accepts one pair of keys only."""
    with emulator.running("--credentials", ":".join(KEYS)) as url:
        yield url


def test_any_keys_log_in_by_default(emulator_url):
    client = Client("any-id", "any-password", emulator_url)
    assert list(client.Links.list()) == []


def test_the_url_can_come_from_the_environment(emulator_url, monkeypatch):
    monkeypatch.setenv("BELVO_API_URL", emulator_url)
    client = Client("from-the-environment", "a-password")
    assert list(client.Links.list()) == []


def test_the_right_keys_log_in(strict_url):
    client = Client(*KEYS, strict_url)
    assert list(client.Links.list()) == []


@pytest.mark.parametrize("keys", WRONG_KEYS)
def test_wrong_keys_fail_the_login(strict_url, keys):
    with pytest.raises(BelvoAPIException, match=r"^Login failed\.$"):
        Client(*keys, strict_url)


@pytest.mark.parametrize("keys", WRONG_KEYS)
def test_wrong_keys_get_belvos_401(strict_url, keys):
    session = APISession(strict_url)
    assert session.login(*keys) is False
    check(session.post("/api/links/", {}), INVALID_SECRET_KEYS)
    with pytest.raises(RequestError) as refusal:
        session.post("/api/links/", {}, raise_exception=True)
    assert refusal.value.status_code == 401
    check(refusal.value.detail, INVALID_SECRET_KEYS)


def test_each_pair_of_keys_has_its_own_links(emulator_url):
    one, other = (Client(id, "a-password", emulator_url) for id in ("one-id", "other-id"))
    one.Links.create("planet_mx_employment", "BLPM951331IONVGR54", "", raise_exception=True)
    assert len(list(one.Links.list())) == 1
    assert list(other.Links.list()) == []
