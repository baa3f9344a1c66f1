"""Uses each method with its types; mypy reads this file and nobody runs it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from belvo_emulator import Account, ControlError, Emulator, Receiver
from belvo_emulator.models import Expectation


def use(account: Account) -> str:
    after: str = account.advance("7d")["now"]
    account.advance(timedelta(days=7))
    account.advance_to(datetime(2030, 1, 1, tzinfo=timezone.utc))
    code: str = account.await_webhook(link="an-id", within="8d")["webhook_code"]
    account.expect_no_webhook(within="1h")
    left: int = account.arm("institution_down", times=2)["left"]
    fault_id: int = account.fault({"latency": {"delay": "1s"}}, operation="ListLinks")["id"]
    whats: list[str] = [task["what"] for task in account.scheduled()]
    statuses: list[int] = [request["status"] for request in account.requests(operation="ListLinks")]
    expected: Expectation = {"operation": "ListLinks", "count": 1}
    account.verify(expected, in_order=True)
    account.restore(account.snapshot())
    links: int = account.fork().reset()["links"]
    return f"{after} {code} {left} {fault_id} {whats} {statuses} {links}"


def main() -> None:
    with Emulator("--clock", "skip") as emulator, Receiver() as receiver:
        account = emulator.account()
        url: str | None = account.set_endpoint(receiver.url)["url"]
        try:
            use(account)
        except ControlError as error:
            print(url, error.code, error.message, receiver.webhooks[0].json())
