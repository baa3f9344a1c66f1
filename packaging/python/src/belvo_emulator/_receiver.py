"""A receiver of webhooks."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Callable, NamedTuple


class ReceivedWebhook(NamedTuple):
    """A webhook as it arrived."""

    # With names in lower case.
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """A receiver on a port of its own, which keeps what arrives. Use it in a `with`.

    `answer` takes each webhook and returns the status to answer; without it, that is 200.
    """

    def __init__(self, answer: Callable[[ReceivedWebhook], int] | None = None) -> None:
        self.webhooks: list[ReceivedWebhook] = []
        self._answer = answer
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Receiver:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _receive(self, webhook: ReceivedWebhook) -> int:
        self.webhooks.append(webhook)
        return 200 if self._answer is None else self._answer(webhook)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receive = self._receive

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", "0")))
                status = receive(ReceivedWebhook(headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Writes nothing."""

        return Handler
