"""The types of the answers are those of the description, and the manual names what there is."""

import json
import re
import subprocess
import sys
from pathlib import Path

import belvo_emulator
import pytest
from belvo_emulator import Account, ControlError, Emulator, Receiver

REPOSITORY = Path(__file__).resolve().parents[4]
PACKAGE = REPOSITORY / "packaging/python"


def test_the_types_are_those_of_the_description():
    with Emulator() as emulator:
        document = emulator.account().call("GET", "/_emulator/openapi.json")
    models = [sys.executable, PACKAGE / "models"]
    done = subprocess.run(models, input=json.dumps(document), capture_output=True, text=True, check=True)
    hint = "write it anew as the head of packaging/python/models says, and read what changed"
    assert (PACKAGE / "src/belvo_emulator/models.py").read_text() == done.stdout, hint


def test_the_manual_lists_each_method_of_an_account():
    page = (REPOSITORY / "docs/python.md").read_text()
    _, table = page.split("| method of `Account` |")
    cells = re.findall(r"(?m)^\| (`\w+`(?:, `\w+`)*) \|", table.split("\n\n")[0])
    listed = [name for cell in cells for name in re.findall(r"\w+", cell)]
    methods = [name for name, value in vars(Account).items() if callable(value) and name[0] != "_"]
    assert sorted(listed) == sorted(methods)


def test_the_module_has_the_version_of_the_binary():
    with Emulator() as emulator:
        binary = emulator._command()[0]
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    installed = f"belvo-emulator {belvo_emulator.__version__}\n"
    assert version == installed


# What differs from run to run, and how the manual shows it.
SHOWN = [
    (r"account-[0-9a-f-]{36}", "test_onboarding-8b151f66-f91d-4f3a-b93d-0878c262b736"),
    (r"link [0-9a-f-]{36}", "link 8dc0ca53-4682-481d-b3b5-98e928384938"),
    (r"127\.0\.0\.1:[0-9]+", "127.0.0.1:9000"),
    (r"after [0-9]+ ms", "after 2 ms"),
    (r"20[0-9]{2}-[0-9-]{5} [0-9:]{8}", "2026-03-01 12:00:00"),
]


def test_the_manual_shows_the_timeline_as_it_is():
    page = (REPOSITORY / "docs/python.md").read_text()
    shown = re.search(r"```\n-+ belvo-emulator -+\n(.*?)```", page, re.DOTALL)[1].rstrip()
    body = {"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"}
    with Emulator("--clock", "skip") as emulator:
        account = emulator.account()
        with Receiver(answer=lambda webhook: 200 if len(receiver.webhooks) > 1 else 500) as receiver:
            account.set_endpoint(receiver.url)
            account.arm("institution_down")
            with pytest.raises(ControlError):
                account.call("POST", "/api/links/", body)
            account.call("POST", "/api/links/", {**body, "fetch_resources": ["EMPLOYMENT_RECORDS"]})
            account.await_webhook()
        real = account.timeline()
    for pattern, text in SHOWN:
        real, shown = re.sub(pattern, text, real), re.sub(pattern, text, shown)
    assert shown == real
