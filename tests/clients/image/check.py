"""Runs the image in WORK/root as a container would: in an empty root, without privileges, as PID 1.

It serves, is healthy, delivers a webhook over HTTP and over HTTPS, refuses a certificate of nobody, and stops.
"""

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dockerfile import stages

PATIENCE_SECONDS = 60
KEYS = base64.b64encode(b"my-id:my-password").decode()
CURP = "BLPM951331IONVGR54"


class Image:
    """The image with variables of a container, as `docker run --env` sets them."""

    def __init__(self, root, **variables):
        _, self.stage = stages()
        self.root = root
        self.user = self.stage.one("USER")
        self.environment = {**self.stage.environment(), **variables}
        self.url = f"http://127.0.0.1:{self.stage.one('EXPOSE')}"

    def enter(self, *command):
        """A command in the root of the image, as its user, with nothing else of this machine."""
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        chroot = ["chroot", f"--userspec={self.user}", "--groups=", str(self.root)]
        return ["env", "--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *variables, *chroot, *command]

    def healthcheck(self):
        command = self.enter(*self.stage.command("HEALTHCHECK"))
        return subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS).returncode

    def __enter__(self):
        # chroot becomes the emulator, so the emulator is the first process of the namespace.
        first = ["unshare", "--pid", "--fork", "--kill-child"]
        command = first + self.enter(*self.stage.command("ENTRYPOINT"))
        self.outside = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.log = []
        reader = threading.Thread(target=lambda: self.log.extend(self.outside.stderr), daemon=True)
        reader.start()
        line = self.outside.stdout.readline()
        if not line.startswith("belvo-emulator ready on http://"):
            self.outside.kill()
            reader.join(PATIENCE_SECONDS)
            raise AssertionError(f"it is not ready: {line!r} {self.log}")
        children = Path(f"/proc/{self.outside.pid}/task/{self.outside.pid}/children").read_text()
        self.process = int(children)
        return self

    def status(self, name):
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(line.split()[1:] for line in lines if line.startswith(f"{name}:"))

    def stop(self, signal_number):
        begun = time.monotonic()
        os.kill(self.process, signal_number)
        code = self.outside.wait(PATIENCE_SECONDS)
        return code, time.monotonic() - begun

    def __exit__(self, *_):
        # The next container has the same port.
        if self.outside.poll() is None:
            self.stop(signal.SIGTERM)

    def call(self, path, body=None):
        headers = {"Authorization": f"Basic {KEYS}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def deliver(self):
        """Registers a link, and returns what became of its webhook."""
        body = {"institution": "planet_mx_employment", "username": CURP, "access_mode": "single"}
        link = self.call("/api/links/", {**body, "fetch_resources": ["EMPLOYMENT_RECORDS"]})["id"]
        wanted = {"link": link, "expect": "finished"}
        return link, self.call("/_emulator/webhooks/await", wanted)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.links.append(json.loads(body)["link_id"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


def receiver(certificate=None):
    """A receiver that keeps the links that it was told of, and its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # A client that refuses the certificate is no mistake of the receiver.
    server.handle_error = lambda *_: None
    server.links = []
    scheme = "http"
    if certificate is not None:
        scheme = "https"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"{scheme}://127.0.0.1:{server.server_port}/"


def certificate(directory):
    """A certificate for 127.0.0.1 that nobody vouches for, with its key, in one file."""
    file = directory / "receiver.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=receiver"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", directory / "receiver.crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + (directory / "receiver.crt").read_text())
    return file


def check_commands(root):
    """Flags of commands are told from those of the emulator, also where clap has not the checks of debug builds."""
    image = Image(root)
    for command in (["scenarios", "--format", "json"], ["people", "--new"], ["healthcheck", "--wait", "1ms"]):
        told = subprocess.run(
            image.enter("/belvo-emulator", *command), capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        # 2 is the code of wrong flags; nobody serves yet, so the health check has 1.
        assert told.returncode == (1 if command[0] == "healthcheck" else 0), (command, told)


def check_life(root):
    """Serves, is healthy, has no privilege, delivers, stops."""
    server, url = receiver()
    image = Image(root, BELVO_EMULATOR_CLOCK="skip", BELVO_EMULATOR_WEBHOOK_URL=url)
    assert image.healthcheck() == 1, "nobody serves yet"
    with image:
        assert image.healthcheck() == 0
        identity = [image.status(name)[0] for name in ("Uid", "Gid", "CapEff")]
        assert identity == ["65532", "65532", "0" * 16], identity
        assert image.status("NSpid")[-1] == "1"
        link, delivery = image.deliver()
        assert delivery["state"] == "delivered" and server.links == [link], delivery
        code, seconds = image.stop(signal.SIGTERM)
        assert code == 0, (code, image.log)
        assert image.healthcheck() == 1
    print(f"it served as user 65532, was healthy, delivered a webhook, and stopped as PID 1 in {seconds:.1f} s")


def check_tls(root, work):
    """A receiver with a certificate of its own is trusted where the certificate is given, and only there."""
    pem = certificate(work)
    server, url = receiver(pem)
    variables = {"BELVO_EMULATOR_CLOCK": "skip", "BELVO_EMULATOR_WEBHOOK_URL": url}
    with Image(root, **variables, BELVO_EMULATOR_WEBHOOK_RETRIES="0") as image:
        _, delivery = image.deliver()
        error = delivery["attempts"][0]["answer"]["error"]
        assert delivery["state"] == "failed" and "certificate" in error, delivery
        assert server.links == []
    # As a file that is mounted.
    mounted = root / "ca.pem"
    mounted.write_text((work / "receiver.crt").read_text())
    try:
        with Image(root, **variables, BELVO_EMULATOR_WEBHOOK_CA="/ca.pem") as image:
            link, delivery = image.deliver()
            assert delivery["state"] == "delivered" and server.links == [link], delivery
            assert image.stop(signal.SIGINT)[0] == 0
    finally:
        mounted.unlink()
    print(f"it refused a certificate ({error}), and accepted it when it was mounted")


def check_static(binary):
    told = subprocess.run(["readelf", "--program-headers", binary], check=True, capture_output=True, text=True)
    assert "INTERP" not in told.stdout, "the binary is not static"


def main(work):
    work = Path(work)
    root = work / "root"
    check_static(root / "belvo-emulator")
    check_commands(root)
    check_life(root)
    check_tls(root, work)


main(*sys.argv[1:])
