"""The life of an account as text, for the report of a test that failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from belvo_emulator._errors import ControlError, StartError

# The last entries of the log, and the next tasks, that are shown.
ENTRIES = 30
TASKS = 5
SECONDS = 10.0

Call = Callable[..., Any]


def timeline(call: Call, secret_id: str) -> str:
    """Returns the last requests and webhooks in order, each with its cursor and time, and the next
    tasks. No body and no CURP of a request is shown."""
    try:
        clock = call("GET", "/_emulator/clock", seconds=SECONDS)
        scheduled = call("GET", f"/_emulator/scheduled?limit={TASKS}", seconds=SECONDS)
        entries = [*_requests(call), *_deliveries(call)]
    except (ControlError, StartError) as error:
        return f"The timeline of the account {secret_id} cannot be read: {error}"
    entries.sort(key=lambda entry: int(entry[0]))
    left_out = len(entries) - ENTRIES
    lines = [f"account {secret_id}, {_mode(clock['mode'])} clock at {_time(clock['now'])}"]
    if left_out > 0:
        lines.append(f"({left_out} earlier entries are left out)")
    for cursor, at, texts in entries[-ENTRIES:]:
        lines.append(f"{cursor:>4}  {_time(at)}  {texts[0]}")
        lines += [f"{'':>6}{text}" for text in texts[1:]]
    if not entries:
        lines.append("No request to Belvo's API has arrived with these keys.")
    for task in scheduled["scheduled"]:
        lines.append(f"next  {_time(task['due'])}  {task['what']} of link {task['link']}")
    left_out = scheduled["count"] - len(scheduled["scheduled"])
    if left_out > 0:
        lines.append(f"({left_out} later tasks are left out)")
    return "\n".join(lines)


def _requests(call: Call) -> list[tuple[int, str, list[str]]]:
    entries = []
    for request in _last(call, "/_emulator/requests", "requests"):
        status = request["status"]
        texts = [f"{request['method']} {request['path']} {status}"]
        if status < 400 and len(request["links"]) == 1:
            texts[0] += f" (link {request['links'][0]})"
        if request["faults"]:
            texts.append(f"faults: {', '.join(request['faults'])}")
        if status >= 400 and isinstance(request["answer"], list):
            texts += [_problem(problem) for problem in request["answer"]]
        entries.append((request["cursor"], request["at"], [*texts, *_reasons(call, request)]))
    return entries


def _problem(problem: Any) -> str:
    if not isinstance(problem, dict):
        return str(problem)
    return f"{problem.get('code')}: {problem.get('message')}"


def _reasons(call: Call, request: dict[str, Any]) -> list[str]:
    """The scenario that answered a login, unless nothing chose one, and what a success will not bring."""
    try:
        explained = call("GET", f"/_emulator/requests/{request['request_id']}", seconds=SECONDS)
    except ControlError:
        return []
    reasons = []
    scenario = explained["scenario"]
    if scenario is not None and scenario["by"] != "process_default":
        reasons.append(f"scenario {scenario['name']}, by {scenario['by']}")
    return reasons + [f"note: {note}" for note in explained["notes"]]


def _deliveries(call: Call) -> list[tuple[int, str, list[str]]]:
    entries = []
    for delivery in _last(call, "/_emulator/webhooks/deliveries", "deliveries"):
        receiver = delivery["url"] or "nobody, because the account has no receiver"
        texts = [
            f"webhook {delivery['webhook_code']} {delivery['webhook_type']} "
            f"{delivery['state']}, to {receiver} (link {delivery['link']})"
        ]
        if delivery["faults"]:
            texts.append(f"faults: {', '.join(delivery['faults'])}")
        texts += [_attempt(attempt) for attempt in delivery["attempts"]]
        if delivery["next_attempt_at"] is not None:
            texts.append(f"the next attempt is at {_time(delivery['next_attempt_at'])}")
        entries.append((delivery["cursor"], delivery["created_at"], texts))
    return entries


def _attempt(attempt: dict[str, Any]) -> str:
    begun = f"attempt {attempt['number']} at {_time(attempt['started_at'])}"
    answer = attempt["answer"]
    if answer is None:
        return f"{begun}: under way"
    result = answer["error"] or f"{answer['status']} after {answer['latency_ms']} ms"
    hint = f" ({answer['hint']})" if answer["hint"] else ""
    return f"{begun}: {result}{hint}"


def _last(call: Call, path: str, key: str) -> list[dict[str, Any]]:
    """The last items of a list, which is paged from its beginning."""
    items: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = call("GET", f"{path}?limit=1000&after={after}", seconds=SECONDS)
        items = (items + page[key])[-ENTRIES:]
        after = page["next_after"]
    return items


def _mode(mode: Any) -> str:
    return f"{mode['scale']}x" if isinstance(mode, dict) else str(mode)


def _time(timestamp: str) -> str:
    """A timestamp to the second: `2026-03-01 12:00:15`."""
    return timestamp[:19].replace("T", " ")
