"""What a user of Belvo has at the other end of the webhooks: an HTTP server."""

import json
from collections import defaultdict
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import NamedTuple

PATH = "/belvo/webhooks"
PATIENCE_SECONDS = 10


class Delivery(NamedTuple):
    path: str
    headers: Mapping
    body: bytes

    @property
    def event(self):
        return json.loads(self.body)


class WebhookReceiver:
    """Keeps what arrives; use it in a `with`."""

    def __init__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self._changed = Condition()
        self._by_link = defaultdict(list)
        self._refused_external_ids = set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait_for(self, link, deliveries=1, webhook_type=None):
        """Returns the deliveries for a link, or those of a type, as soon as there are that many."""
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: len(self._of(link, webhook_type)) >= deliveries, PATIENCE_SECONDS
            )
            assert arrived, f"no {deliveries} webhooks in time, but {self._by_link[link['id']]}"
            return self._of(link, webhook_type)

    def arrived(self, link, webhook_type=None):
        """Returns the deliveries for a link so far, or those of a type."""
        with self._changed:
            return self._of(link, webhook_type)

    def refuse_once(self, external_id):
        """Answers the first delivery for a link with this external_id with 500."""
        with self._changed:
            self._refused_external_ids.add(external_id)

    def _of(self, link, webhook_type):
        deliveries = self._by_link[link["id"]]
        return [
            each for each in deliveries if webhook_type in (None, each.event["webhook_type"])
        ]

    def receive(self, delivery):
        """Keeps a delivery and returns the status to answer."""
        event = delivery.event
        with self._changed:
            self._by_link[event["link_id"]].append(delivery)
            self._changed.notify_all()
            if event["external_id"] in self._refused_external_ids:
                self._refused_external_ids.remove(event["external_id"])
                return 500
            return 200

    def __enter__(self):
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.receiver.receive(Delivery(self.path, self.headers, body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Says nothing: pytest shows what matters."""
