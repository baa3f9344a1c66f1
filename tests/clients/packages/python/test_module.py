"""The module against the real binary."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest

from belvo_emulator import Account, ControlError, Emulator, Receiver, StartError

CURP = "BLPM951331IONVGR54"


@pytest.fixture(scope="module")
def emulator():
    with Emulator("--clock", "skip") as emulator:
        yield emulator


@pytest.fixture
def account(emulator):
    return emulator.account()


def register(account, curp=CURP, **more):
    body = {"institution": "planet_mx_employment", "username": curp, **more}
    return account.call("POST", "/api/links/", body)["id"]


def is_up(base_url):
    try:
        Account(base_url, "any", "keys").clock()
    except StartError:
        return False
    return True


def wait_until_down(base_url):
    for _ in range(500):
        if not is_up(base_url):
            return
        time.sleep(0.02)
    pytest.fail(f"{base_url} still answers")


def test_it_serves_from_its_start_to_its_stop():
    emulator = Emulator()
    with pytest.raises(StartError, match="does not run"):
        emulator.base_url
    emulator.start()
    base_url = emulator.base_url
    assert is_up(base_url)
    with pytest.raises(StartError, match="runs already"):
        emulator.start()
    emulator.stop()
    emulator.stop()
    assert not is_up(base_url)
    with emulator:
        assert is_up(emulator.base_url)


def test_a_flag_that_is_wrong_is_told_as_the_binary_tells_it():
    with pytest.raises(StartError) as told:
        Emulator("--cloc", "skip").start()
    assert "ended with 2" in str(told.value)
    assert "--clock" in str(told.value)


def test_the_port_can_be_chosen(emulator):
    port = emulator.base_url.rsplit(":", 1)[1]
    with pytest.raises(StartError, match="ended with 3"):
        Emulator("--port", port).start()


@pytest.mark.parametrize(
    "variable, says", [("/no/such/file", "there is no such file"), (None, "nor on the PATH")]
)
def test_a_binary_that_is_missing_is_told(monkeypatch, tmp_path, variable, says):
    monkeypatch.setattr("belvo_emulator._binary._directories", lambda: [tmp_path])
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BELVO_EMULATOR_BIN", raising=False)
    if variable:
        monkeypatch.setenv("BELVO_EMULATOR_BIN", variable)
    with pytest.raises(StartError, match=says):
        Emulator().start()


def test_an_emulator_that_is_not_ready_in_time_is_told(tmp_path):
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    with pytest.raises(StartError, match="was not ready after 0.2 s"):
        Emulator(binary=str(silent), start_seconds=0.2).start()


def script(text, **options):
    """A Python process that has started an emulator and has printed its URL."""
    head = "import os, sys, time\nfrom belvo_emulator import Emulator\n"
    head += "emulator = Emulator().start()\nprint(emulator.base_url, flush=True)\n"
    command = [sys.executable, "-c", head + text]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("end", ["", "os._exit(3)", "os.kill(os.getpid(), 9)", "raise SystemExit(1)"])
def test_it_does_not_outlive_its_process(end):
    process, base_url = script(end)
    process.wait(30)
    wait_until_down(base_url)


def test_a_child_that_its_process_has_forked_ends_and_leaves_it():
    text = "if os.fork() == 0:\n sys.exit()\nos.wait()\n"
    text += "print(emulator.account().clock()['mode'])\nemulator.stop()"
    process, base_url = script(text)
    told, _ = process.communicate(timeout=60)
    assert (told, process.returncode) == ("real\n", 0)
    wait_until_down(base_url)


def test_ctrl_c_leaves_it_to_its_process():
    text = "try:\n print('waits', flush=True)\n time.sleep(600)\nexcept KeyboardInterrupt:\n time.sleep(1)\n"
    text += " print(emulator.account().clock()['mode'])\n emulator.stop()"
    process, base_url = script(text, start_new_session=True)
    assert process.stdout.readline() == "waits\n"
    os.killpg(process.pid, signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert (told, process.returncode) == ("real\n", 0)
    wait_until_down(base_url)


def test_its_lines_are_read_and_the_last_are_kept():
    with Emulator("--log-requests") as emulator:
        account = emulator.account()
        for _ in range(300):
            account.call("GET", "/api/links/")
        for _ in range(500):
            if len(emulator.log.splitlines()) == 200:
                break
            time.sleep(0.02)
        assert " GET /api/links/ 200 in " in emulator.log
        assert len(emulator.log.splitlines()) == 200


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch, account):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert account.clock()["mode"] == "skip"


def test_accounts_share_nothing(emulator):
    one, other = emulator.account(), emulator.account()
    register(one)
    assert len(one.call("GET", "/api/links/")["results"]) == 1
    assert other.call("GET", "/api/links/")["results"] == []
    assert emulator.account("my-id", "my-password").environment() == {
        "BELVO_BASE_URL": emulator.base_url,
        "BELVO_API_URL": emulator.base_url,
        "BELVO_SECRET_ID": "my-id",
        "BELVO_SECRET_PASSWORD": "my-password",
    }


def test_the_variables_are_those_of_exec(account):
    binary = Emulator()._command()[0]
    command = [binary, "exec", "--", sys.executable, "-c", "import os; print(sorted(os.environ))"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BELVO_")}
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=60)
    names = [name for name in eval(done.stdout) if name.startswith("BELVO_")]
    assert names == sorted(account.environment())


def test_time_passes_when_it_is_told_to(account):
    account.set_clock("manual", now=datetime(2030, 1, 1, tzinfo=timezone.utc))
    register(account)
    advanced = account.advance(timedelta(seconds=15))
    assert (advanced["from"][:19], advanced["now"][:19]) == ("2030-01-01T00:00:00", "2030-01-01T00:00:15")
    assert [task["what"] for task in advanced["happened"]][:2] == ["load", "webhook"]
    assert account.advance_to("next")["now"] == account.clock()["now"]
    account.advance_to(datetime(2031, 1, 1, tzinfo=timezone.utc))
    account.advance_to("2031-06-01T00:00:00Z")
    assert account.clock()["now"].startswith("2031-06-01")
    with pytest.raises(ValueError, match="no time zone"):
        account.advance_to(datetime(2032, 1, 1))


def test_each_webhook_is_returned_once_whoever_asks(account):
    first, second = register(account), register(account)
    of_the_second = account.await_webhook(link=second, webhook_type="EMPLOYMENT_RECORDS")
    assert of_the_second["link"] == second
    # Those that came before are not lost, and it does not come again.
    others = [account.await_webhook() for _ in range(3)]
    assert sorted((other["link"], other["webhook_type"]) for other in others) == sorted(
        [(first, "EMPLOYMENT_RECORDS"), (first, "OWNERS"), (second, "OWNERS")]
    )
    account.expect_no_webhook(within="1h")
    assert account.await_webhook(after=0)["link"] == first


def test_a_webhook_that_cannot_come_is_an_error_with_its_reason(account):
    link = register(account, access_mode="single")
    with pytest.raises(ControlError) as told:
        account.await_webhook(link=link)
    assert (told.value.status, told.value.code) == (409, "webhook_not_due")
    assert "fetch_resources" in told.value.message


def test_a_webhook_that_comes_is_an_error_where_none_is_expected(account):
    register(account)
    with pytest.raises(ControlError, match="unexpected_webhook"):
        account.expect_no_webhook(within=timedelta(minutes=1))


def test_webhooks_fail_and_are_listed(account):
    with Receiver(answer=lambda webhook: 500) as receiver:
        account.set_endpoint(receiver.url, retries=1, retry_delay="1s")
        link = register(account)
        failed = account.await_webhook(link=link, expect="finished")
        with pytest.raises(ControlError, match="webhook_not_delivered"):
            account.await_webhook(link=link, webhook_type="OWNERS")
    assert failed["state"] == "failed"
    assert [attempt["answer"]["status"] for attempt in failed["attempts"]] == [500, 500]
    assert len(account.deliveries(state="failed")) == 2
    assert len(receiver.webhooks) == 4


def test_failures_are_armed_and_injected(account):
    assert account.arm("institution_down", curp=CURP, times=2)["left"] == 2
    with pytest.raises(ControlError, match="institution_down"):
        register(account)
    fault = {"status": {"status": 503, "code": "busy", "message": "Try again."}}
    assert account.fault(fault, operation="ListLinks", times=1)["left"] == 1
    with pytest.raises(ControlError, match="503 busy: Try again."):
        account.call("GET", "/api/links/")
    with pytest.raises(ControlError, match="institution_downn"):
        account.arm("institution_downn")
    statuses = [request["status"] for request in account.requests()]
    assert statuses == [400, 503]
    assert len(account.requests(operation="ListLinks")) == 1


def test_tasks_are_run_moved_and_dropped(account):
    account.set_clock("manual")
    link = register(account)
    load, webhook = account.scheduled(link=link)[:2]
    assert account.move_task(webhook["id"], by="1h")["due"] > webhook["due"]
    assert account.run_task(load["id"])["happened"][0]["what"] == "load"
    assert account.drop_task(webhook["id"])["dropped"][0]["what"] == "webhook"
    assert [task["what"] for task in account.scheduled()] == ["refresh", "data expires"]


def test_lists_of_many_pages_are_whole(account):
    links = [register(account) for _ in range(120)]
    assert len(account.requests()) == 120
    assert [request["links"][0] for request in account.requests(operation="RegisterLink")] == links
    assert len({task["id"] for task in account.scheduled()}) == 3 * 120
    after = account.requests()[99]["cursor"]
    assert len(account.requests(after=after, limit=7)) == 20


def test_requests_are_verified(account):
    register(account)
    expected = {"operation": "RegisterLink", "body": {"username": CURP}, "count": 1}
    assert account.verify(expected)["matched"][0]["count"] == 1
    with pytest.raises(ControlError, match="expected exactly 2 requests"):
        account.verify({**expected, "count": 2}, in_order=True)


def test_a_state_is_kept_copied_and_forgotten(emulator, account):
    link = register(account)
    account.await_webhook(link=link, webhook_type="EMPLOYMENT_RECORDS")
    snapshot = account.snapshot()
    fork = account.fork()
    assert fork.call("GET", f"/api/links/{link}/")["id"] == link
    assert fork.scheduled() == account.scheduled()
    assert account.reset()["links"] == 1
    assert account.call("GET", "/api/links/")["results"] == []
    other = emulator.account()
    other.restore(snapshot)
    assert other.call("GET", f"/api/links/{link}/")["id"] == link
    # After a reset, cursors begin again.
    assert account.await_webhook(link=register(account))["state"] == "undeliverable"


def test_the_timeline_tells_what_happened_and_what_comes(account):
    assert "No request to Belvo's API has arrived" in account.timeline()
    with Receiver(answer=lambda webhook: 500) as receiver:
        account.set_endpoint(receiver.url, retries=1)
        with pytest.raises(ControlError):
            register(account, "FAIL400002HXXXXX00")
        link = register(account)
        account.await_webhook(link=link, expect="finished")
    text = account.timeline()
    for part in [
        f"account {account.secret_id}, skip clock at ",
        "POST /api/links/ 400\n      login_error: ",
        "scenario nss_not_found, by curp",
        f"POST /api/links/ 201 (link {link})",
        f"webhook historical_update EMPLOYMENT_RECORDS failed, to {receiver.url}",
        "attempt 2 at ",
        ": 500 after ",
        f"refresh of link {link}",
    ]:
        assert part in text, text
    assert "FAIL400002HXXXXX00" not in text and CURP not in text
    for _ in range(40):
        register(account)
    assert "earlier entries are left out)" in account.timeline()


def test_the_timeline_of_an_emulator_that_has_stopped_is_no_error():
    with Emulator() as emulator:
        account = emulator.account()
    assert "cannot be read" in account.timeline()
