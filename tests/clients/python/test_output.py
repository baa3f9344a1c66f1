"""An emulator whose output nobody reads, and one at a terminal."""

import base64
import http.client
import json
import os
import pty
import re
import subprocess
import threading
from tempfile import TemporaryDirectory
from pathlib import Path

import emulator

KEYS = {"Authorization": "Basic " + base64.b64encode(b"id:password").decode()}
LINK = {"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"}


def call(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = KEYS | {"Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body or {}), headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def start(directory, *flags, **streams):
    port_file = Path(directory, "port")
    command = [os.environ[emulator.BINARY], "--port", "0", "--port-file", port_file, *flags]
    process = subprocess.Popen(command, env=emulator.environment(), **streams)
    return process, emulator.read_port(process, port_file)


def test_a_pipe_that_nobody_reads_holds_up_nothing():
    with TemporaryDirectory() as directory:
        flags = ["--log-requests", "--webhook-url", "http://127.0.0.1:9/", "--webhook-delay", "0s"]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process, port = start(directory, *flags, **streams)
        try:
            # The lines of these take more than the 64 KiB that a pipe holds.
            for _ in range(400):
                assert call(port, "POST", "/api/links/", LINK)[0] == 201
            status, answer = call(port, "POST", "/_emulator/clock/advance", {"by": "1h"})
            assert status == 200, answer
        finally:
            assert emulator.stop(process) == 0
        assert not Path(directory, "port").exists()
        process.stdout.close()
        process.stderr.close()


# The variables that decide about colors. With CI, a terminal without colors counts as one with them.
OF_COLORS = {"CI", "CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR", "TERM"}


def colors(environment):
    """Tells whether the log has colors at a terminal with these variables."""
    ours, theirs = pty.openpty()
    text = bytearray()

    def read():
        try:
            while piece := os.read(ours, 4096):
                text.extend(piece)
        except OSError:  # This is how a terminal says that its last user has left.
            pass

    reader = threading.Thread(target=read)
    with TemporaryDirectory() as directory:
        port_file = Path(directory, "port")
        command = [os.environ[emulator.BINARY], "--port", "0", "--port-file", port_file]
        ours_alone = {name: value for name, value in emulator.environment().items() if name not in OF_COLORS}
        environment = ours_alone | {"TERM": "xterm"} | environment
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
        os.close(theirs)
        reader.start()
        try:
            assert call(emulator.read_port(process, port_file), "GET", "/nowhere")[0] == 404
        finally:
            assert emulator.stop(process) == 0
    reader.join(emulator.PATIENCE_SECONDS)
    os.close(ours)
    assert b"/nowhere" in text
    return re.search(rb"\x1b\[", text) is not None


def test_colors_are_for_terminals_and_a_variable_forbids_them():
    assert colors({})
    assert not colors({"NO_COLOR": "1"})
    assert not colors({"TERM": "dumb"})
