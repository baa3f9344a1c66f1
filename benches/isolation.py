#!/usr/bin/env python3
"""Measures whether one account's work is noticed by others: `/livez`, and the flow of another account
(create a link, receive its webhook, read its records), alone and while an account with many recurrent
links advances ten years. Needs nothing but Python.

    cargo build --release
    python3 benches/isolation.py target/release/belvo-emulator [--links 10000]

A slice of an account's work must take no longer than the shortest answers: with slices of four refreshes
(a quarter of a millisecond) `/livez` took up to 3.3 times its quiet median, with slices of one 1.8 to 2.7
times, on a machine of two cores that was busy with compilers. The busy account uses up a thread of the
server, so requests on that thread suffer most when no core is free: look at it on an idle machine.

It ends with 1 when a median while another account is busy is more than three times the quiet one.
"""

import argparse
import base64
import http.client
import itertools
import json
import queue
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MOST_TIMES_QUIET = 3
# Connections are spread over the threads of the server: some share a thread with the busy account.
CONNECTIONS = 4


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    arrived = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.arrived.put(json.loads(body)["link_id"])

    def log_message(self, *_):
        pass


class Client:
    def __init__(self, port, keys):
        self.connections = itertools.cycle(
            [http.client.HTTPConnection("127.0.0.1", port) for _ in range(CONNECTIONS)]
        )
        pair = base64.b64encode(keys.encode()).decode()
        self.headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}

    def call(self, method, path, body=None):
        connection = next(self.connections)
        connection.request(method, path, body and json.dumps(body), self.headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status < 300, (method, path, answer.status, text)
        return json.loads(text) if text else None

    def create_link(self, access_mode):
        link = {
            "institution": "planet_mx_employment",
            "username": "BLPM951331IONVGR54",
            "access_mode": access_mode,
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        }
        return self.call("POST", "/api/links/", link)["id"]


def flow(client):
    link = client.create_link("single")
    assert Receiver.arrived.get(timeout=60) == link
    records = client.call("GET", f"/api/employment-records/?link={link}")
    assert records["count"] == 1, records


def advance_ten_years(client):
    try:
        client.call("POST", "/_emulator/clock/advance", {"by": "3650d"})
    except (OSError, http.client.HTTPException):
        pass  # The server was stopped meanwhile.


def times_ms(work, count):
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def shown(times):
    return f"p50 {statistics.median(times):7.3f} ms   p95 {statistics.quantiles(times, n=20)[-1]:7.3f} ms"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--links", type=int, default=10_000)
    parser.add_argument("--count", type=int, default=300)
    arguments = parser.parse_args()

    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    hook = f"http://127.0.0.1:{receiver.server_port}/"
    flags = ["--port", "0", "--quiet", "--webhook-delay", "0s", "--webhook-url", hook]
    server = subprocess.Popen([arguments.binary, *flags], stdout=subprocess.PIPE, text=True)
    port = int(re.search(r":(\d+)$", server.stdout.readline().strip())[1])

    busy, other = Client(port, "busy:keys"), Client(port, "other:keys")
    busy.call("DELETE", "/_emulator/webhooks/endpoint")
    for _ in range(arguments.links):
        busy.create_link("recurrent")

    def measure():
        livez = times_ms(lambda: other.call("GET", "/livez"), arguments.count)
        return livez, times_ms(lambda: flow(other), arguments.count)

    measure()  # Warms up.
    quiet = measure()
    advance = threading.Thread(target=advance_ten_years, args=[Client(port, "busy:keys")])
    advance.start()
    time.sleep(0.2)
    beside = measure()
    assert advance.is_alive(), "ten years are over too soon to tell: take more --links"

    too_slow = False
    for name, alone, busy_times in zip(("/livez", "flow"), quiet, beside):
        ratio = statistics.median(busy_times) / statistics.median(alone)
        too_slow |= ratio > MOST_TIMES_QUIET
        print(f"{name:7} quiet   {shown(alone)}\n{name:7} beside  {shown(busy_times)}   {ratio:.2f} times")

    begun = time.perf_counter()
    server.send_signal(signal.SIGTERM)
    server.wait()
    print(f"stopped after SIGTERM in {(time.perf_counter() - begun) * 1000:.0f} ms")
    sys.exit(too_slow)


if __name__ == "__main__":
    main()
