"""Sends webhooks to receivers in many languages, and checks that each arrives once and whole.

The arguments are the directory of what was built, and the directory of the logs and records.
"""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
BUILT, LOGS = (Path(argument).resolve() for argument in sys.argv[1:3])
PYTHON = sys.executable
KEYS = "Basic " + base64.b64encode(b"id:password").decode()
RECEIVERS = {
    "http.server": [PYTHON, "http_server.py"],
    "gunicorn": [PYTHON, "-m", "gunicorn", "-b", "127.0.0.1:{port}", "-w", "2",
                 "-k", "gthread", "--threads", "4", "flask_app:app"],
    "uvicorn": [PYTHON, "-m", "uvicorn", "--port", "{port}", "--log-level", "warning",
                "asgi_app:app"],
    "aiohttp": [PYTHON, "aiohttp_app.py"],
    "node": ["node", "node_http.js"],
    "express": ["node", "express_app.js"],
    "java": ["java", "-cp", str(BUILT), "Receiver"],
    "go": [str(BUILT / "receiver-go")],
    "php": ["php", "-S", "127.0.0.1:{port}", "receiver.php"],
    "webrick": ["ruby", "receiver.rb"],
}
KEYS_OF_AN_EVENT = {
    "webhook_id", "webhook_type", "process_type", "webhook_code", "link_id", "request_id",
    "external_id", "data",
}
# How long a connection is idle. The receivers close theirs after 2 s (gunicorn, http.server) or
# 5 s (Node, uvicorn), and the emulator its own after 1 s.
PAUSES = [0.9, 1.1, 2.0, 5.0]
BURST = 200
# Only a failing check waits that long.
PATIENCE = 120


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what):
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > PATIENCE:
            sys.exit(f"{what} did not happen within {PATIENCE} s; see {LOGS}")
        time.sleep(0.05)


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def start(name, arguments, port):
    record = LOGS / f"{name}.record"
    record.write_bytes(b"")
    environment = {**os.environ, "PORT": str(port), "RECORD": str(record)}
    command = [argument.format(port=port) for argument in arguments]
    log = open(LOGS / f"{name}.log", "wb")
    return subprocess.Popen(command, cwd=HERE, env=environment, stdout=log, stderr=log)


def call(base, method, path, body=None):
    request = urllib.request.Request(
        base + path, method=method, data=body and json.dumps(body).encode(),
        headers={"Authorization": KEYS, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def create_links(base, numbers):
    def create(number):
        return call(base, "POST", "/api/links/", {
            "institution": "planet_mx_employment", "username": "BLPM951331IONVGR54",
            "access_mode": "single", "fetch_resources": ["EMPLOYMENT_RECORDS"],
            "external_id": f"order-{number}",
        })

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, numbers))


def deliveries(base):
    found, after = [], 0
    while after is not None:
        page = call(base, "GET", f"/_emulator/webhooks/deliveries?limit=1000&after={after}")
        found += page["deliveries"]
        after = page["next_after"]
    return found


def settle(base, expected):
    def is_settled():
        found = deliveries(base)
        return len(found) >= expected and all(one["state"] != "pending" for one in found)

    wait_until(is_settled, f"the end of {expected} deliveries")


def problems_of(name, url, of_all):
    """Compares what a receiver has with what the emulator says it sent."""
    sent = [one for one in of_all if one["url"] == url]
    bad = [one for one in sent if one["state"] != "delivered" or len(one["attempts"]) != 1]
    if bad:
        yield f"{name}: {len(bad)} of {len(sent)} were not delivered at once: {bad[0]}"
    lines = (LOGS / f"{name}.record").read_text("utf-8").splitlines()
    try:
        got = [json.loads(line) for line in lines]
    except ValueError as error:
        yield f"{name}: a body is not whole: {error}"
        return
    if any(set(event) != KEYS_OF_AN_EVENT for event in got):
        yield f"{name}: an event has other keys"
    if sorted(event["webhook_id"] for event in got) != sorted(one["webhook_id"] for one in sent):
        yield f"{name}: {len(got)} arrived, {len(sent)} were sent"
    payloads = {one["webhook_id"]: one["payload"] for one in sent}
    if any(event != payloads.get(event["webhook_id"]) for event in got):
        yield f"{name}: a body differs from what was sent"


def main():
    LOGS.mkdir(parents=True, exist_ok=True)
    ports = {name: free_port() for name in RECEIVERS}
    urls = {name: f"http://127.0.0.1:{port}/webhooks" for name, port in ports.items()}
    port_file = LOGS / "port"
    port_file.unlink(missing_ok=True)
    started = [start(name, RECEIVERS[name], ports[name]) for name in RECEIVERS]
    try:
        for name, port in ports.items():
            wait_until(lambda port=port: listens(port), f"the start of {name}")
        flags = [flag for url in urls.values() for flag in ("--webhook-url", url)]
        flags += ["--webhook-delay", "0s", "--port", "0", "--port-file", str(port_file)]
        log = open(LOGS / "emulator.log", "wb")
        binary = os.environ["BELVO_EMULATOR_BIN"]
        started.append(subprocess.Popen([binary, *flags], stdout=log, stderr=log))
        wait_until(port_file.exists, "the start of the emulator")
        base = f"http://127.0.0.1:{port_file.read_text().strip()}"
        check(base, urls)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def check(base, urls):
    sent = 0
    for pause in [0, *PAUSES]:
        # What the pause is for is the receiver's own timeout, which nothing announces.
        time.sleep(pause)
        for _ in range(3):
            create_links(base, [sent])
            sent += 1
            settle(base, sent * len(urls))
    create_links(base, range(sent, sent + BURST))
    sent += BURST
    settle(base, sent * len(urls))
    of_all = deliveries(base)
    problems = [text for name, url in urls.items() for text in problems_of(name, url, of_all)]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{sent} webhooks arrived once and whole at each of {', '.join(urls)}")


main()
