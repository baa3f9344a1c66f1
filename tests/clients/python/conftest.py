import base64
import os

import pytest
from belvo.client import Client

import emulator
from webhook_receiver import WebhookReceiver

# So that a failed check shows what differs, as an assertion in a test does.
pytest.register_assert_rewrite("problems")

WEBHOOK_AUTHORIZATION = "Bearer a-token-of-the-receiver"


def pytest_configure():
    if not os.environ.get(emulator.BINARY):
        raise pytest.UsageError(
            f"set {emulator.BINARY} to the program to test, such as target/release/belvo-emulator"
        )


@pytest.fixture(scope="session")
def webhooks():
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def webhook_authorization():
    return WEBHOOK_AUTHORIZATION


@pytest.fixture(scope="session")
def emulator_url(webhooks, webhook_authorization):
    settings = {
        "--webhook-url": webhooks.url,
        "--webhook-authorization": webhook_authorization,
        "--webhook-delay": "300ms",
        "--webhook-retry-delay": "100ms",
    }
    with emulator.running(*(word for setting in settings.items() for word in setting)) as url:
        yield url


@pytest.fixture
def client(emulator_url, request):
    """The SDK with keys of the test's own, and so with an account of its own."""
    return Client(request.node.name, "a-password", emulator_url)


@pytest.fixture
def claims_of():
    """The claims of a token, as the text that it holds."""

    def claims_of(token):
        claims = token.split(".")[1]
        return base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))

    return claims_of
