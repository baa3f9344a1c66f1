"""Reaches receivers by names of a hosts file. It needs a network and mounts of its own.

The argument is the directory of the logs.
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOGS = Path(sys.argv[1]).resolve()
HOSTS = """127.0.0.1 localhost
169.254.1.2 host.containers.internal
fe80::1 printer.local
127.0.0.1 printer.local
169.254.7.7 allowed.test
169.254.8.8 refused.test
169.254.169.254 secrets.test
"""
DELIVERED = ["host.containers.internal", "printer.local", "allowed.test", "app.localhost"]
REFUSED = ["refused.test", "secrets.test"]


def run(*command):
    subprocess.run(command, check=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def deliveries(base):
    with urllib.request.urlopen(base + "/_emulator/webhooks/deliveries") as response:
        return json.load(response)["deliveries"]


def main():
    hosts = LOGS / "hosts"
    hosts.write_text(HOSTS)
    run("mount", "--bind", str(hosts), "/etc/hosts")
    run("ip", "link", "set", "lo", "up")
    for address in ("169.254.1.2", "169.254.7.7", "169.254.8.8", "169.254.169.254"):
        run("ip", "address", "add", f"{address}/32", "dev", "lo")
    server = ThreadingHTTPServer(("0.0.0.0", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [os.environ["BELVO_EMULATOR_BIN"], "--port", "0", "--webhook-delay", "0s",
               "--webhook-retries", "0", "--webhook-allow-address", "169.254.7.0/24"]
    for name in DELIVERED + REFUSED:
        command += ["--webhook-url", f"http://{name}:{server.server_port}/"]
    with open(LOGS / "names.log", "wb") as log:
        emulator = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        check(emulator.stdout.readline().split()[-1], server.server_port)
    finally:
        emulator.terminate()
        emulator.wait()


def check(base, port):
    passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
    passwords.add_password(None, base, "id", "password", is_authenticated=True)
    handler = urllib.request.HTTPBasicAuthHandler(passwords)
    urllib.request.install_opener(urllib.request.build_opener(handler))
    link = {"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54",
            "access_mode": "single", "fetch_resources": ["EMPLOYMENT_RECORDS"]}
    urllib.request.urlopen(urllib.request.Request(
        base + "/api/links/", data=json.dumps(link).encode(),
        headers={"Content-Type": "application/json"})).close()
    started = time.monotonic()
    while any(one["state"] == "pending" for one in deliveries(base)) or not deliveries(base):
        if time.monotonic() - started > 60:
            sys.exit(f"a delivery did not end: {deliveries(base)}")
        time.sleep(0.05)
    by_name = {one["url"]: one for one in deliveries(base)}
    for name in DELIVERED + REFUSED:
        one = by_name[f"http://{name}:{port}/"]
        expected = "delivered" if name in DELIVERED else "failed"
        if one["state"] != expected:
            sys.exit(f"{name}: expected {expected}: {one}")
        error = one["attempts"][0]["answer"]["error"]
        if name in REFUSED and "has no other address" not in error:
            sys.exit(f"{name}: {error}")
    print(f"delivered to {', '.join(DELIVERED)}; refused {', '.join(REFUSED)}")


main()
