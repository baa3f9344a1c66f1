import json

import pytest
import requests
from belvo.client import Client
from belvo.exceptions import RequestError

from links import CURP, INSTITUTION, create_link
from problems import check

UNKNOWN = "5c09677e-cf78-41d4-9015-47252a0c4e77"
LOGIN = {"institution": INSTITUTION, "username": CURP}
UPDATE = "read_institutions,write_links,read_links"
# The link of this CURP works at first; its later logins are refused.
REFUSED_LATER = "GONE900101HXXXXX00"


@pytest.fixture
def widget(emulator_url):
    """The browser of the person: calls with the access token of a pair."""

    def widget(pair, method, path, body=None):
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {pair['access']}"
        return session.request(method, emulator_url + path, json=body)

    return widget


def test_the_widget_makes_one_link_with_a_token(client, widget, webhooks):
    pair = client.WidgetToken.create(raise_exception=True)
    assert widget(pair, "GET", "/api/institutions/").json()["count"] == 3
    assert widget(pair, "GET", "/api/links/").status_code == 403

    made = widget(pair, "POST", "/api/links/", LOGIN)

    assert made.status_code == 201
    assert [link["id"] for link in client.Links.list()] == [made.json()["id"]]
    assert widget(pair, "POST", "/api/links/", LOGIN).status_code == 401
    webhooks.wait_for(made.json())


def test_a_token_says_whose_it_is(client, emulator_url, claims_of):
    link = create_link(client)
    branding = {"branding": {"company_name": "Acme"}}
    tokens = client.WidgetToken.create(
        link=link["id"], scopes=UPDATE, widget=branding, raise_exception=True
    )
    assert set(tokens) == {"access", "refresh"}
    for kind, lives in [("access", 1200), ("refresh", 622_080_000)]:
        claims = json.loads(claims_of(tokens[kind]))
        assert claims["token_type"] == kind
        assert claims["exp"] - claims["iat"] == lives
        assert claims["user_id"] == claims["organization_id"] == link["created_by"]
        assert claims["scopes"] == UPDATE.split(",")
        assert f"http://{claims['api_url']}" == emulator_url
        expected = {key: link[key] for key in ["id", "status", "institution"]}
        assert claims["link"] == expected


def test_update_mode_mends_the_link_and_no_other(client, widget, webhooks):
    broken = create_link(client, REFUSED_LATER)
    other = create_link(client)
    webhooks.wait_for(broken)
    for _ in range(6):
        client.EmploymentRecords.create(broken["id"])
    assert client.Links.get(broken["id"])["status"] == "invalid"
    pair = client.WidgetToken.create(link=broken["id"], scopes=UPDATE, raise_exception=True)

    assert widget(pair, "GET", f"/api/links/{broken['id']}/").json()["status"] == "invalid"
    assert widget(pair, "GET", f"/api/links/{other['id']}/").status_code == 404
    assert widget(pair, "PUT", f"/api/links/{other['id']}/", {}).status_code == 404
    assert widget(pair, "POST", "/api/links/", LOGIN).status_code == 403
    mended = widget(pair, "PUT", f"/api/links/{broken['id']}/", {"password": "new"})

    assert mended.json()["status"] == "valid"
    assert len(webhooks.wait_for(broken, deliveries=2)) == 2


def test_a_token_of_links_is_that_of_the_widget(client):
    link = create_link(client)
    with pytest.warns(DeprecationWarning):
        pair = client.Links.token(link["id"], "read_links", raise_exception=True)
    assert set(pair) == {"access", "refresh"}


def test_a_token_for_an_unknown_link_is_refused(client):
    with pytest.raises(RequestError) as refusal:
        client.WidgetToken.create(link=UNKNOWN, raise_exception=True)
    assert refusal.value.status_code == 400
    message = f"Object with id={UNKNOWN} does not exist."
    check(
        refusal.value.detail, {"code": "does_not_exist", "message": message, "field": "link_id"}
    )


def test_a_base_url_may_end_in_a_slash(emulator_url):
    client = Client("a-slash-at-the-end", "a-password", f"{emulator_url}/")
    link = create_link(client)
    [found] = client.Links.list()
    assert found == link == client.Links.get(link["id"])
    assert client.WidgetToken.create(raise_exception=True)["access"]
    assert client.Links.delete(link["id"]) is True
