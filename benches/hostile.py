#!/usr/bin/env python3
"""Measures what an attacker's account does to a victim's: one attack after the other, each against a process
of its own, beside a victim that creates a link, waits for its webhook and reads its records in a loop.

    cargo build --release
    python3 benches/hostile.py target/release/belvo-emulator [--only NAME] [--seconds 5] [--size 1.0]

For each attack it prints the p50, p99 and the longest of the victim's requests, how late its webhooks came
after their 201, the memory, and how long the process took to end after SIGTERM in the midst of the attack.
These are figures, not checks: the house wants 50 ms at p99, 200 ms for webhooks and 0.5 s for SIGTERM.
Run it on an idle machine of two cores or more, because the attacker and the victim take one each. `--size`
makes the attacks larger or smaller. It needs nothing but Python.

Not here, because they need more than requests: the clock of the machine that is set back, output that is
closed, the port file, FIFOs among the scenarios. The tests in tests/it have those.
"""

import argparse
import base64
import http.client
import json
import multiprocessing
import queue
import re
import signal
import socket
import statistics
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LINK = {
    "institution": "planet_mx_employment", "username": "BLPM951331IONVGR54", "access_mode": "single",
    "fetch_resources": ["EMPLOYMENT_RECORDS"],
}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    arrived = queue.Queue()

    def do_POST(self):
        at = time.perf_counter()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/hang":
            time.sleep(20)
        elif self.path == "/cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            self.close_connection = True
            return
        elif self.path == "/headers":
            fields = "".join(f"X-{n}: {'y' * 900}\r\n" for n in range(90))
            self.wfile.write(f"HTTP/1.1 500 No\r\n{fields}Content-Length: 16384\r\n\r\n{'z' * 16384}".encode())
            return
        else:
            Receiver.arrived.put((json.loads(body)["link_id"], at))
        self.send_response(204)
        self.end_headers()

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # The emulator has ended.

    def log_message(self, *_):
        pass


class Client:
    def __init__(self, port, keys, timeout=600):
        self.port, self.keys, self.timeout = port, keys, timeout
        pair = base64.b64encode(keys.encode()).decode()
        self.headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def call(self, method, path, body=None, **headers):
        text = body if isinstance(body, (bytes, str)) else None if body is None else json.dumps(body)
        self.connection.request(method, path, text, {**self.headers, **headers})
        answer = self.connection.getresponse()
        read = answer.read()
        return answer.status, json.loads(read) if read[:1] in (b"{", b"[") else None

    def links(self, count, **fields):
        made = [self.call("POST", "/api/links/", {**LINK, **fields})[1] for _ in range(int(count))]
        return [link["id"] for link in made]

    def raw(self, text):
        stream = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
        stream.sendall(text)
        return stream

    def again_and_again(self, *request, **headers):
        while True:
            self.call(*request, **headers)


# Each attack is a function of the attacker's client, the port and the size. What comes before `yield` is
# preparation; what comes after it is done again and again until the process is stopped.


def rebinding(a, size):
    yield
    while True:
        a.call("GET", "/_emulator/snapshot", Host="attacker.example")


def new_keys(a, size):
    yield
    for number in range(10**9):
        Client(a.port, f"new-{number}:keys").call("GET", "/api/links/")


def new_keys_with_links(a, size):
    yield
    for number in range(10**9):
        Client(a.port, f"new-{number}:keys").call("POST", "/api/links/", LINK)


def advance(a, size):
    a.call("DELETE", "/_emulator/webhooks/endpoint")
    a.links(10_000 * size, access_mode="recurrent")
    yield
    a.again_and_again("POST", "/_emulator/clock/advance", {"by": "3650d"})


def jump(a, size):
    a.call("DELETE", "/_emulator/webhooks/endpoint")
    a.links(10_000 * size, access_mode="recurrent")
    yield
    year = 2030
    while True:
        year += 1
        a.call("PUT", "/_emulator/clock", {"now": f"{year}-01-01T00:00:00Z"})


def verify(a, size):
    for _ in range(1000):
        a.call("GET", "/api/links/")
    body = json.dumps({"requests": [{}] * int(300_000 * size)})
    yield
    a.again_and_again("POST", "/_emulator/requests/verify", body)


def retrievals(a, size):
    link = a.links(1)[0]
    yield
    a.again_and_again(
        "POST", "/api/employment-records/", {"link": link}, **{"X-Belvo-Request-Mode": "async"}
    )


def gone_waiters(a, size):
    body = b'{"timeout": "10m"}'
    head = "".join(f"{name}: {value}\r\n" for name, value in a.headers.items())
    request = f"POST /_emulator/webhooks/await HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n"
    yield
    while True:
        a.raw(request.encode() + body).close()


def many_links(a, size):
    a.call("DELETE", "/_emulator/webhooks/endpoint")
    a.links(50_000 * size)
    yield
    a.again_and_again("GET", "/api/links/?page_size=1000")


def idle_connections(a, size):
    streams = []
    yield
    while True:
        try:
            streams.append(a.raw(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"))
        except OSError:
            time.sleep(0.1)
        if len(streams) > 900:
            streams.clear()


def forks(a, size):
    a.call("DELETE", "/_emulator/webhooks/endpoint")
    a.links(5000 * size, access_mode="recurrent")
    yield
    for number in range(10**9):
        a.call("POST", "/_emulator/fork", {"credentials": f"fork-{number}:keys"})
        Client(a.port, f"fork-{number}:keys").call("POST", "/_emulator/clock/advance", {"by": "8d"})


def large_headers(a, size):
    headers = {f"X-{number}": "y" * 900 for number in range(90)}
    yield
    while True:
        a.call("GET", "/api/", **headers)
        a.call("GET", "/_emulator/requests?limit=1000")


def large_answers(a, size):
    a.call("PUT", "/_emulator/webhooks/endpoint", {"url": f"{a.hook}/headers", "retries": 1000, "retry_delay": "1ms"})
    yield
    while True:
        a.call("POST", "/api/links/", LINK)
        a.call("GET", "/_emulator/webhooks/deliveries?limit=1000")


def hanging_receiver(a, size):
    a.call("PUT", "/_emulator/webhooks/endpoint", {"url": f"{a.hook}/hang"})
    link = a.links(1)[0]
    yield
    body = {"link": link, "webhook_code": "new_employment_records_available"}
    a.again_and_again("POST", "/_emulator/webhooks/trigger", body)


def armed(a, size):
    yield
    while True:
        a.call("POST", "/_emulator/armed", {"scenario": "employed", "curp": "LONG700101MXXXXX00"})
        a.call("POST", "/api/links/", LINK)


def snapshots(a, size):
    snapshot = a.call("GET", "/_emulator/snapshot")[1]
    armed = {"scenario": "employed", "operation": "ListLinks", "curp": None, "left": 1}
    snapshot["account"]["armed"] = [{"id": n + 1, **armed} for n in range(int(80_000 * size))]
    body = json.dumps(snapshot)
    yield
    while True:
        a.call("PUT", "/_emulator/snapshot", body)
        a.call("GET", "/api/links/")


def words(a, size):
    body = json.dumps({**LINK, "fetch_resources": ["EMPLOYMENT_RECORDS"] * int(40_000 * size)})
    yield
    a.again_and_again("POST", "/api/links/", body)


def cut_answers(a, size):
    a.call("PUT", "/_emulator/webhooks/endpoint", {"url": f"{a.hook}/cut"})
    yield
    a.again_and_again("POST", "/api/links/", LINK)


def malformed_journal(a, size):
    for _ in range(1000):
        a.call("POST", "/api/links/", b"\xff\"password" + b"{" * 16_000)
    yield
    a.again_and_again("GET", "/_emulator/requests?limit=1000")


def large_errors(a, size):
    body = b'{"' + b"x" * int(900_000 * size) + b'": 1}'
    yield
    while True:
        for path in ("/api/links/", "/_emulator/armed", "/_emulator/faults", "/api/token/"):
            a.call("POST", path, body)


def deep_bodies(a, size):
    yield
    a.again_and_again("POST", "/api/links/", b"[" * int(1_000_000 * size))


def soak(a, size):
    """Four clients that do everything, and receivers that fail."""
    yield
    subprocess.run(["tests/soak", "60", "--port", str(a.port)], stdout=subprocess.DEVNULL)


ATTACKS = (
    rebinding, new_keys, new_keys_with_links, advance, jump, verify, retrievals,
    gone_waiters, many_links, idle_connections, forks, large_headers, large_answers,
    hanging_receiver, armed, snapshots, words, cut_answers, malformed_journal,
    large_errors, deep_bodies, soak,
)


def start_receiver():
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    receiver.daemon_threads = True
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{receiver.server_port}"


def attack_in_process(name, port, size, ready):
    # The victim's receiver is in another process, so that this one cannot delay it.
    hook = start_receiver()
    attacker = Client(port, "attacker:keys")
    attacker.hook = hook
    running = globals()[name](attacker, size)
    next(running)
    ready.set()
    while True:
        try:
            next(running)
        except StopIteration:
            return
        except (OSError, http.client.HTTPException):
            # A limit has ended the connection, or the server is gone. Generators end by an error.
            attacker = Client(port, "attacker:keys")
            attacker.hook = hook
            running = globals()[name](attacker, 0)
            try:
                next(running)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)


class Victim:
    def __init__(self, port):
        self.client = Client(port, "victim:keys", timeout=60)
        self.requests, self.late, self.lost = [], [], 0

    def call(self, *request):
        begun = time.perf_counter()
        status, body = self.client.call(*request)
        self.requests.append((time.perf_counter() - begun) * 1000)
        assert status < 300, (request, status, body)
        return body

    def flow(self):
        link = self.call("POST", "/api/links/", LINK)["id"]
        made = time.perf_counter()
        try:
            arrived, at = Receiver.arrived.get(timeout=60)
            while arrived != link:
                arrived, at = Receiver.arrived.get(timeout=60)
            self.late.append(max(0, (at - made) * 1000))
        except queue.Empty:
            self.lost += 1
        self.call("GET", f"/api/employment-records/?link={link}")
        self.call("GET", "/livez")

    def work(self, seconds):
        self.requests, self.late, self.lost = [], [], 0
        until = time.time() + seconds
        while time.time() < until or len(self.late) < 5:
            try:
                self.flow()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                self.client = Client(self.client.port, "victim:keys", timeout=60)
            if self.lost > 20:
                return


def shown(times):
    if len(times) < 2:
        return "                (none)"
    p99 = statistics.quantiles(times, n=100)[-1]
    return f"{statistics.median(times):7.1f} {min(p99, max(times)):7.1f} {max(times):8.1f}"


def memory_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024


def measure(binary, attack, hook, seconds, size):
    flags = ["--port", "0", "--quiet", "--webhook-delay", "0s", "--webhook-url", hook]
    server = subprocess.Popen(
        [binary, *flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    port = int(re.search(r":(\d+)$", server.stdout.readline().strip())[1])
    victim = Victim(port)
    victim.work(1)
    attacker = None
    if attack:
        ready = multiprocessing.Event()
        arguments = (attack.__name__, port, size, ready)
        attacker = multiprocessing.Process(target=attack_in_process, args=arguments, daemon=True)
        attacker.start()
        while not ready.wait(0.2):
            if not attacker.is_alive():
                print(f"{attack.__name__}: the preparation is refused; see the lines above", flush=True)
                break
        time.sleep(0.2)
    victim.work(seconds)
    memory = memory_mib(server.pid)
    begun = time.perf_counter()
    server.send_signal(signal.SIGTERM)
    server.wait()
    stopped = (time.perf_counter() - begun) * 1000
    if attacker:
        attacker.kill()
    name = attack.__name__ if attack else "quiet"
    print(
        f"{name:24} {shown(victim.requests)}  {shown(victim.late)}  {victim.lost:4} {memory:8.0f} {stopped:7.0f}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--only", help="attacks with this in their name")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--size", type=float, default=1)
    arguments = parser.parse_args()
    hook = start_receiver()
    print("                          victim's requests, ms     webhooks late, ms")
    print("attack                       p50     p99     most      p50     p99     most  lost  memory  stopped")
    for attack in (None, *ATTACKS):
        if attack is None or not arguments.only or arguments.only in attack.__name__:
            measure(arguments.binary, attack, hook, arguments.seconds, arguments.size)


if __name__ == "__main__":
    main()
