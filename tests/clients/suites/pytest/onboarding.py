"""An imaginary app: it learns from Belvo where its users work and have worked."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from belvo.exceptions import RequestError
from requests.exceptions import RequestException

TRY_LATER = "Inténtalo más tarde"


class Onboarding:
    """One user after the other; what is known of them is in `employers`."""

    def __init__(self, client, webhook_authorization):
        self._client = client
        self._authorization = webhook_authorization
        self._seen = set()
        self.employers = {}
        self.refused_webhooks = 0

    def register(self, user, curp):
        """Returns what to tell the user, or None when all that is left to do is to wait."""
        try:
            self._client.Links.create(
                "planet_mx_employment", curp, "", external_id=user, raise_exception=True
            )
        except RequestError as error:
            [problem] = error.detail
            return problem["message"] if problem["code"] == "login_error" else TRY_LATER
        except RequestException:
            return TRY_LATER
        return None

    def receive(self, authorization, event):
        """Takes a webhook and returns the status to answer."""
        if authorization != self._authorization:
            self.refused_webhooks += 1
            return 401
        is_news = event["webhook_id"] not in self._seen
        if is_news and event["webhook_type"] == "EMPLOYMENT_RECORDS":
            self._seen.add(event["webhook_id"])
            records = self._client.EmploymentRecords.list(link=event["link_id"])
            jobs = [job for record in records for job in record["employment_records"]]
            known = self.employers.setdefault(event["external_id"], [])
            known.extend(job["employer"] for job in jobs)
        return 200


class WebhookServer:
    """The app's door to Belvo; use it in a `with`."""

    def __init__(self, app):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.app = app
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks"

    def __enter__(self):
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.server.app.receive(self.headers["Authorization"], event))
        self.end_headers()

    def log_message(self, *_):
        """Says nothing: pytest shows what matters."""
