"""The errors that the module raises."""

from __future__ import annotations

from typing import Any


class StartError(Exception):
    """The emulator cannot be started, or is used while it does not run."""


class ControlError(Exception):
    """The emulator refuses a call, or its account is not as the call expects."""

    def __init__(self, status: int, problems: list[dict[str, Any]]) -> None:
        first = problems[0] if problems else {}
        self.status = status
        self.problems = problems
        self.code = str(first.get("code", ""))
        self.message = "\n".join(str(problem.get("message", problem)) for problem in problems)
        super().__init__(f"{status} {self.code}: {self.message}")
