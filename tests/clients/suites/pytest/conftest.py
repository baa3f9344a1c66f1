import os
from uuid import uuid4

import pytest
from belvo.client import Client

from onboarding import Onboarding, WebhookServer

AUTHORIZATION = "Bearer a-token-of-the-app"


class Emulator:
    """The control API of the emulator, for the account of a client."""

    def __init__(self, client):
        self._session = client.session.session
        self._cursor = 0

    def call(self, method, path, **body):
        url = f"{os.environ['BELVO_BASE_URL']}/_emulator/{path}"
        answer = self._session.request(method, url, json=body)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def await_webhook(self, **wanted):
        """The next webhook about employment records, once the app has answered it."""
        wanted.setdefault("webhook_type", "EMPLOYMENT_RECORDS")
        delivery = self.call("POST", "webhooks/await", after=self._cursor, **wanted)
        self._cursor = delivery["cursor"]
        return delivery

    def expect_no_webhook(self):
        wanted = {"webhook_type": "EMPLOYMENT_RECORDS", "within": "10m", "expect": "none"}
        self.call("POST", "webhooks/await", after=self._cursor, **wanted)


@pytest.fixture
def client(request):
    """The SDK with keys of the test's own in this run, and so with an account of its own."""
    name = request.node.nodeid.replace(":", "-")
    return Client(f"{name}-{uuid4()}", "a-password")


@pytest.fixture
def app(client):
    return Onboarding(client, AUTHORIZATION)


@pytest.fixture
def emulator(client, app):
    emulator = Emulator(client)
    with WebhookServer(app) as server:
        emulator.call("PUT", "webhooks/endpoint", url=server.url, authorization=AUTHORIZATION)
        yield emulator
