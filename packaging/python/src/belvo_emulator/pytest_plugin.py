"""The pytest plugin: an emulator for the session, an account for each test.

The emulator is started by the first test that asks for it. Under pytest-xdist each worker has an
emulator of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from belvo_emulator import Account, Emulator
from belvo_emulator._account import new_id

FLAGS = "belvo_emulator_flags"
LOOPBACK = "127.0.0.1,localhost"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        FLAGS,
        "flags of the emulator in place of --clock skip",
        type="args",
        default=["--clock", "skip"],
    )


@pytest.fixture(scope="session")
def belvo_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    """An emulator that runs as long as the session, with the flags of belvo_emulator_flags."""
    with Emulator(*pytestconfig.getini(FLAGS)) as emulator:
        yield emulator


@pytest.fixture
def belvo_account(
    request: pytest.FixtureRequest, belvo_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Account:
    """An account of the test's own. BELVO_API_URL and the keys of the environment lead to it."""
    # Values of parameters stay out of the id, which stands in logs.
    account = belvo_emulator.account(new_id(request.node.name.split("[")[0]))
    for name, value in account.environment().items():
        monkeypatch.setenv(name, value)
    # A proxy of the machine is not asked for the emulator.
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, LOOPBACK, prepend=",")
    return account


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Adds the timelines of the test's accounts, and the last words of an emulator that has ended,
    to the report of a failure."""
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    values = getattr(item, "funcargs", {}).values()
    for account in dict.fromkeys(value for value in values if isinstance(value, Account)):
        report.sections.append(("belvo-emulator", account.timeline()))
    for emulator in dict.fromkeys(value for value in values if isinstance(value, Emulator)):
        if emulator.exit_code is not None:
            ended = f"The emulator ended with {emulator.exit_code}:\n{emulator.log}"
            report.sections.append(("belvo-emulator", ended))
