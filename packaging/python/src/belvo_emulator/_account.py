"""One account of the emulator: its control calls as methods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, Optional, Union, cast
from urllib.parse import quote
from uuid import uuid4

from belvo_emulator import models
from belvo_emulator._http import Caller
from belvo_emulator._timeline import timeline

# `15s`, `2m`, `24h`, or a timedelta.
Duration = Union[str, timedelta]
Timestamp = Union[str, datetime]

# Beyond the time that the emulator itself gives a call.
PATIENCE_SECONDS = 60.0
LONGEST_AWAIT_SECONDS = 600.0


class Account:
    """The account of a pair of keys. Accounts share nothing, so each test takes one of its own.

    Every method but `environment` is a call of the control API, and raises `ControlError` with the
    emulator's message when it is refused.
    """

    def __init__(self, base_url: str, secret_id: str, secret_password: str) -> None:
        self.base_url = base_url
        self.secret_id = secret_id
        self.secret_password = secret_password
        self._caller = Caller(base_url, secret_id, secret_password)
        # The deliveries that were returned, and the last cursor of each kind of webhook asked for.
        self._returned: set[int] = set()
        self._cursors: dict[tuple[Optional[str], ...], int] = {}

    def environment(self) -> dict[str, str]:
        """Returns the variables by which `belvo-emulator exec` tells a command where to call."""
        return {
            "BELVO_BASE_URL": self.base_url,
            "BELVO_API_URL": self.base_url,
            "BELVO_SECRET_ID": self.secret_id,
            "BELVO_SECRET_PASSWORD": self.secret_password,
        }

    def call(
        self, method: str, path: str, body: Any = None, *, seconds: float = PATIENCE_SECONDS
    ) -> Any:
        """Makes any call with the keys of the account, such as `call("GET", "/_emulator/armed")`."""
        return self._caller.call(method, path, body, seconds)

    # Time

    def clock(self) -> models.ClockReading:
        """Returns the mode and the time of the account's clock."""
        return cast(models.ClockReading, self.call("GET", "/_emulator/clock"))

    def set_clock(
        self, mode: str | None = None, *, now: Timestamp | None = None
    ) -> models.ClockReading:
        """Sets the mode (`real`, `manual`, `skip`, `60x`), the time, or both."""
        body = _without_none(mode=mode, now=_timestamp(now))
        return cast(models.ClockReading, self.call("PUT", "/_emulator/clock", body))

    def advance(self, by: Duration) -> models.Advanced:
        """Advances the time, and returns when the receivers of the webhooks have answered."""
        return self._advance({"by": _duration(by)})

    def advance_to(self, to: Timestamp) -> models.Advanced:
        """Advances the time to a time, to the `next` task, or to the next `webhook`."""
        return self._advance({"to": _timestamp(to)})

    def _advance(self, body: dict[str, Any]) -> models.Advanced:
        answer = self.call("POST", "/_emulator/clock/advance", body, seconds=LONGEST_AWAIT_SECONDS)
        return cast(models.Advanced, answer)

    # Webhooks

    def await_webhook(
        self,
        *,
        link: str | None = None,
        webhook_type: str | None = None,
        webhook_code: str | None = None,
        expect: Literal["delivered", "finished"] = "delivered",
        after: int | None = None,
        within: Duration | None = None,
        timeout: Duration | None = None,
    ) -> models.Delivery:
        """Waits for the next webhook, and returns it once its receiver has accepted it.

        In skip mode waiting moves the time to the webhook. Without a receiver the webhook is
        returned when it happens. No webhook is returned twice, unless `after`, a cursor, says where
        to begin.
        """
        kind = (link, webhook_type, webhook_code)
        begin = self._cursors.get(kind, 0) if after is None else after
        while True:
            wanted = _wanted(kind, begin, expect, within, timeout)
            delivery = cast(models.Delivery, self._await(wanted))
            begin = delivery["cursor"]
            if after is not None or delivery["id"] not in self._returned:
                break
        self._returned.add(delivery["id"])
        self._cursors[kind] = begin
        return delivery

    def expect_no_webhook(
        self,
        *,
        link: str | None = None,
        webhook_type: str | None = None,
        webhook_code: str | None = None,
        after: int | None = None,
        within: Duration | None = None,
        timeout: Duration | None = None,
    ) -> None:
        """Makes sure that no such webhook comes after those that were awaited.

        In skip mode the time moves on by `within` at once; in the other modes it takes `timeout`.
        """
        begin = max(self._cursors.values(), default=0) if after is None else after
        kind = (link, webhook_type, webhook_code)
        self._await(_wanted(kind, begin, "none", within, timeout))

    def _await(self, wanted: dict[str, Any]) -> Any:
        seconds = LONGEST_AWAIT_SECONDS + PATIENCE_SECONDS
        return self.call("POST", "/_emulator/webhooks/await", wanted, seconds=seconds)

    def deliveries(self, **filters: str | int) -> list[models.Delivery]:
        """Returns the deliveries of webhooks: all, or those of a `link`, a `state`, after a cursor."""
        return list(self._pages("/_emulator/webhooks/deliveries", "deliveries", filters))

    def set_endpoint(
        self,
        url: str,
        *,
        authorization: str | None = None,
        retries: int | None = None,
        retry_delay: Duration | None = None,
    ) -> models.EndpointReading:
        """Sends the account's webhooks to a receiver, with this `Authorization` header."""
        body = _without_none(
            url=url,
            authorization=authorization,
            retries=retries,
            retry_delay=_duration(retry_delay),
        )
        return cast(models.EndpointReading, self.call("PUT", "/_emulator/webhooks/endpoint", body))

    # Failures

    def arm(
        self, scenario: str, *, curp: str | None = None, operation: str | None = None, times: int = 1
    ) -> models.Armed:
        """Arms a scenario: it answers the next calls that match."""
        body = _without_none(scenario=scenario, curp=curp, operation=operation, times=times)
        return cast(models.Armed, self.call("POST", "/_emulator/armed", body))

    def fault(
        self,
        fault: str | Mapping[str, Any],
        *,
        operation: str | None = None,
        link: str | None = None,
        webhook_code: str | None = None,
        times: int | None = None,
        attempts: int | None = None,
        probability: float | None = None,
    ) -> models.FaultEntry:
        """Injects a fault into answers or webhooks from now on, such as `reset_peer`."""
        body = _without_none(
            fault=fault,
            operation=operation,
            link=link,
            webhook_code=webhook_code,
            times=times,
            attempts=attempts,
            probability=probability,
        )
        return cast(models.FaultEntry, self.call("POST", "/_emulator/faults", body))

    # What will happen

    def scheduled(self, *, link: str | None = None) -> list[models.ScheduledTask]:
        """Returns the tasks that will run, in the order in which they are due."""
        filters = _without_none(link=link)
        return list(self._pages("/_emulator/scheduled", "scheduled", filters))

    def run_task(self, task_id: int) -> models.RanTask:
        """Runs a task now, as if it had been due."""
        return cast(models.RanTask, self.call("POST", f"/_emulator/scheduled/{task_id}/run"))

    def move_task(
        self, task_id: int, *, by: Duration | None = None, to: Timestamp | None = None
    ) -> models.ScheduledTask:
        """Puts a task off by a duration, or gives it a time after the present."""
        body = _without_none(by=_duration(by), to=_timestamp(to))
        answer = self.call("PATCH", f"/_emulator/scheduled/{task_id}", body)
        return cast(models.ScheduledTask, answer)

    def drop_task(self, task_id: int) -> models.DroppedTasks:
        """Drops a task, so that it never runs."""
        return cast(models.DroppedTasks, self.call("DELETE", f"/_emulator/scheduled/{task_id}"))

    # What has happened

    def requests(self, **filters: str | int) -> list[models.Recorded]:
        """Returns the requests to Belvo's API, oldest first: all, or those of an `operation`, a
        `link`, a `curp`, a `status`, after a cursor."""
        return list(self._pages("/_emulator/requests", "requests", filters))

    def verify(
        self, *expectations: models.Expectation, in_order: bool = False, after: int = 0
    ) -> models.Verified:
        """Checks which requests were made, how often, and in which order."""
        body = {"requests": list(expectations), "in_order": in_order, "after": after}
        return cast(models.Verified, self.call("POST", "/_emulator/requests/verify", body))

    def timeline(self) -> str:
        """Returns the last requests and webhooks of the account, and what comes next, as text."""
        return timeline(self.call, self.secret_id)

    # State

    def reset(self) -> models.Cancelled:
        """Begins the account anew, as if its keys had never been used."""
        cancelled = cast(models.Cancelled, self.call("POST", "/_emulator/reset"))
        self._forget()
        return cancelled

    def snapshot(self) -> dict[str, Any]:
        """Returns the whole state of the account, for `restore`."""
        return cast("dict[str, Any]", self.call("GET", "/_emulator/snapshot"))

    def restore(self, snapshot: dict[str, Any]) -> models.Cancelled:
        """Puts the account into the state of a snapshot."""
        cancelled = cast(models.Cancelled, self.call("PUT", "/_emulator/snapshot", snapshot))
        self._forget()
        return cancelled

    def fork(self, secret_id: str | None = None, secret_password: str | None = None) -> Account:
        """Copies the account to new keys. From then on each has its own future."""
        fork_id = secret_id or f"fork-{uuid4()}"
        fork = Account(self.base_url, fork_id, secret_password or "a-password")
        self.call("POST", "/_emulator/fork", {"credentials": f"{fork_id}:{fork.secret_password}"})
        fork._returned, fork._cursors = set(self._returned), dict(self._cursors)
        return fork

    def _forget(self) -> None:
        self._returned.clear()
        self._cursors.clear()

    def _pages(self, path: str, key: str, filters: Mapping[str, Any]) -> Iterator[Any]:
        """The items of all pages of a list."""
        after: Any = filters.get("after")
        while True:
            query = {**filters, **_without_none(after=after)}
            joined = "&".join(f"{name}={quote(str(value), '')}" for name, value in query.items())
            page = self.call("GET", f"{path}?{joined}" if joined else path)
            yield from page[key]
            after = page["next_after"]
            if after is None:
                return


def new_id(name: str) -> str:
    """Returns an id that no other run uses, in which the name can be read."""
    return f"{re.sub('[^A-Za-z0-9_.-]+', '-', name)[-80:]}-{uuid4()}"


def _wanted(
    kind: tuple[Optional[str], ...],
    after: int,
    expect: str,
    within: Duration | None,
    timeout: Duration | None,
) -> dict[str, Any]:
    link, webhook_type, webhook_code = kind
    return _without_none(
        link=link,
        webhook_type=webhook_type,
        webhook_code=webhook_code,
        after=after,
        expect=expect,
        within=_duration(within),
        timeout=_duration(timeout),
    )


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _duration(duration: Duration | None) -> str | None:
    if isinstance(duration, timedelta):
        return f"{duration // timedelta(milliseconds=1)}ms"
    return duration


def _timestamp(time: Timestamp | None) -> str | None:
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise ValueError(f"{time!r} has no time zone: pass one with tzinfo=timezone.utc")
        return time.astimezone(timezone.utc).isoformat()
    return time
