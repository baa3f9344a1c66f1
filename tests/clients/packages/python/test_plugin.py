"""The pytest plugin, in runs of pytest inside of a test."""

import os

import pytest

pytest_plugins = ["pytester"]

REGISTER = """
    import os

    def register(account, curp="BLPM951331IONVGR54"):
        body = {"institution": "planet_mx_employment", "username": curp}
        return account.call("POST", "/api/links/", body)["id"]
"""


@pytest.fixture
def run(pytester):
    def run(text, *arguments):
        pytester.makepyfile(register=REGISTER)
        pytester.makepyfile(test_it="from register import *\n" + text)
        return pytester.runpytest_subprocess(*arguments)

    return run


def test_the_report_of_a_failure_shows_the_timeline(run):
    result = run(
        """def test_fails(belvo_account):
    belvo_account.arm("institution_down")
    try:
        register(belvo_account)
    except Exception:
        pass
    link = register(belvo_account)
    belvo_account.await_webhook(link=link)
    assert link == "another"
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- belvo-emulator -*",
            "account test_fails-*, skip clock at *",
            "*POST /api/links/ 400",
            "*institution_down: *",
            "*scenario institution_down, by armed",
            "*POST /api/links/ 201 (link *)",
            "*webhook historical_update EMPLOYMENT_RECORDS undeliverable, to nobody*",
            "next *refresh of link *",
        ]
    )


def test_the_report_shows_the_accounts_of_other_fixtures_too_and_of_a_failed_setup(run):
    result = run(
        """import pytest

@pytest.fixture
def customer(belvo_emulator):
    account = belvo_emulator.account("customer", "a-password")
    register(account)
    return account

@pytest.fixture
def broken(customer):
    raise ValueError

def test_errs(customer, broken):
    pass
"""
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*- belvo-emulator -*", "account customer, *"])


def test_the_report_shows_the_last_words_of_an_emulator_that_has_ended(run):
    result = run(
        """import time

def test_dies(belvo_emulator, belvo_account):
    belvo_emulator._process.kill()
    belvo_account.call("GET", "/api/links/")
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*StartError: *got no answer*", "The timeline of the account *", "The emulator ended with -9:"]
    )


def test_a_test_that_passes_shows_nothing(run):
    result = run("def test_passes(belvo_account):\n    register(belvo_account)\n", "-rA")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*- belvo-emulator -*")


def test_the_environment_leads_to_the_account_and_is_put_back(run, monkeypatch):
    monkeypatch.setenv("BELVO_SECRET_ID", "a real key")
    monkeypatch.setenv("NO_PROXY", "example.org")
    result = run(
        """def test_one(belvo_account):
    assert os.environ["BELVO_SECRET_ID"] == belvo_account.secret_id
    assert os.environ["BELVO_API_URL"] == belvo_account.base_url
    assert os.environ["NO_PROXY"] == "127.0.0.1,localhost,example.org"

def test_two():
    assert os.environ["BELVO_SECRET_ID"] == "a real key"
    assert os.environ["NO_PROXY"] == "example.org"
"""
    )
    result.assert_outcomes(passed=2)


def test_nothing_is_started_for_tests_that_ask_for_nothing(run, monkeypatch):
    monkeypatch.setenv("BELVO_EMULATOR_BIN", "/no/such/file")
    result = run("def test_one():\n    pass\n")
    result.assert_outcomes(passed=1)


def test_the_flags_are_those_of_the_configuration(run, pytester):
    pytester.makeini("[pytest]\nbelvo_emulator_flags = --clock manual --scenario retired\n")
    result = run(
        """def test_one(belvo_account):
    assert belvo_account.clock()["mode"] == "manual"
    assert belvo_account.call("GET", "/_emulator/default-scenario")["process"] == "retired"
"""
    )
    result.assert_outcomes(passed=1)


def test_tests_of_one_name_and_of_strange_names_have_accounts_of_their_own(run):
    result = run(
        """import pytest

class TestOne:
    @pytest.mark.parametrize("name", ["ñandú: ☃", "BLPM951331IONVGR54", "x" * 300])
    def test_ñandú(self, belvo_account, name):
        register(belvo_account)
        assert len(belvo_account.call("GET", "/api/links/")["results"]) == 1
        assert name not in belvo_account.secret_id

    def test_one(self, belvo_account):
        assert belvo_account.secret_id.startswith("test_one-")

def test_one(belvo_account):
    assert belvo_account.call("GET", "/api/links/")["results"] == []
""",
        "-n",
        "2",
    )
    result.assert_outcomes(passed=5)


def test_workers_have_emulators_of_their_own_and_none_is_left(run, pytester):
    result = run(
        """import pytest

@pytest.mark.parametrize("number", range(8))
def test_one(belvo_account, number, worker_id):
    open(f"{worker_id}.url", "a").write(belvo_account.base_url + "\\n")
""",
        "-n",
        "2",
    )
    result.assert_outcomes(passed=8)
    urls = [set(path.read_text().split()) for path in pytester.path.glob("gw*.url")]
    assert all(len(url) == 1 for url in urls)
    assert len(set.union(*urls)) == len(urls) == 2
    left = os.popen("ps -e -o args=").read()
    assert not [line for url in urls for line in left.splitlines() if url.copy().pop() in line]
