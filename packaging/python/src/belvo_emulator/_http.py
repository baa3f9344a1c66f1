"""Calls over HTTP, without the proxies of the environment."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from belvo_emulator._errors import ControlError, StartError


class Caller:
    """Makes calls with a pair of keys."""

    def __init__(self, base_url: str, secret_id: str, secret_password: str) -> None:
        parts = urlsplit(base_url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port
        keys = base64.b64encode(f"{secret_id}:{secret_password}".encode())
        self._headers = {"Authorization": f"Basic {keys.decode()}"}

    def call(self, method: str, path: str, body: Any, seconds: float) -> Any:
        """Returns the JSON of the answer, or None where it has no body."""
        headers, data = dict(self._headers), None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        connection = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise StartError(
                f"{method} {path} at {self._host}:{self._port} got no answer ({error!r}): "
                "the emulator may have been stopped"
            ) from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise ControlError(answer.status, _problems(text))
        return json.loads(text) if text else None


def _problems(text: bytes) -> list[dict[str, Any]]:
    """The problems of an answer, or its text where it is not in Belvo's shape."""
    try:
        problems = json.loads(text)
    except ValueError:
        problems = None
    if isinstance(problems, list) and all(isinstance(problem, dict) for problem in problems):
        return problems
    return [{"code": "", "message": text.decode(errors="replace")}]
