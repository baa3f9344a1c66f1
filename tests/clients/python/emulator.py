"""Emulators of one's own, each a process on a free port."""

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

BINARY = "BELVO_EMULATOR_BIN"
PATIENCE_SECONDS = 10


@contextmanager
def running(*flags):
    """Yields the URL of an emulator with these flags, and stops it as a container would."""
    with TemporaryDirectory() as directory:
        port_file = Path(directory, "port")
        process = subprocess.Popen(
            [os.environ[BINARY], "--port", "0", "--port-file", port_file, "--quiet", *flags],
            stdout=subprocess.DEVNULL,
            env=environment(),
        )
        try:
            yield f"http://127.0.0.1:{read_port(process, port_file)}"
        finally:
            exit_code = stop(process)
        assert exit_code == 0, f"the emulator ended with exit code {exit_code}"


def environment():
    """Without the variables that stand for flags: a test names all its settings."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("BELVO_EMULATOR_")
    }


def read_port(process, port_file):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not port_file.exists():
        assert process.poll() is None, "the emulator ended before it was ready"
        assert time.monotonic() < deadline, "the emulator was not ready in time"
        time.sleep(0.01)
    return int(port_file.read_text())


def stop(process):
    process.terminate()
    try:
        return process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
