import base64
import json

import pytest
import requests
from belvo.exceptions import RequestError

from links import CURP, INSTITUTION, create_link
from problems import check

UNKNOWN = "5c09677e-cf78-41d4-9015-47252a0c4e77"


def test_the_widget_makes_one_link_with_a_token(client, emulator_url):
    token = client.WidgetToken.create(raise_exception=True)["access"]
    widget = requests.Session()
    widget.trust_env = False
    widget.headers["Authorization"] = f"Bearer {token}"
    login = {"institution": INSTITUTION, "username": CURP}

    assert widget.get(f"{emulator_url}/api/institutions/").json()["count"] == 3
    made = widget.post(f"{emulator_url}/api/links/", json=login)

    assert made.status_code == 201
    assert [link["id"] for link in client.Links.list()] == [made.json()["id"]]
    assert widget.post(f"{emulator_url}/api/links/", json=login).status_code == 401


def test_a_token_says_whose_it_is(client, emulator_url):
    link = create_link(client)
    branding = {"branding": {"company_name": "Acme"}}
    tokens = client.WidgetToken.create(link=link["id"], widget=branding, raise_exception=True)
    assert set(tokens) == {"access", "refresh"}
    for kind, token in tokens.items():
        claims = decode(token)
        assert claims["token_type"] == kind
        assert claims["exp"] - claims["iat"] == 1200
        assert claims["user_id"] == claims["organization_id"] == link["created_by"]
        assert claims["scopes"] == ["read_institutions", "write_links"]
        assert claims["api_url"] == emulator_url


def test_a_token_for_an_unknown_link_is_refused(client):
    with pytest.raises(RequestError) as refusal:
        client.WidgetToken.create(link=UNKNOWN, raise_exception=True)
    assert refusal.value.status_code == 400
    message = f"Object with id={UNKNOWN} does not exist."
    check(
        refusal.value.detail, {"code": "does_not_exist", "message": message, "field": "link_id"}
    )


def decode(token):
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
