"""The emulator as a process."""

from __future__ import annotations

import atexit
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from types import TracebackType
from typing import IO, Callable, TypeVar
from uuid import uuid4

from belvo_emulator._account import Account
from belvo_emulator._binary import find_binary
from belvo_emulator._errors import StartError

READY = "belvo-emulator ready on "
STOP_SECONDS = 5.0
LOG_LINES = 200

Sink = TypeVar("Sink")


class Emulator:
    """An emulator in a process of its own, on a free port, which ends with this process.

    The arguments are flags of the emulator, such as `Emulator("--clock", "skip")`. Use it in a
    `with`, or call `start` and `stop`.
    """

    def __init__(self, *flags: str, binary: str | None = None, start_seconds: float = 30.0) -> None:
        self._flags = flags
        self._binary = binary
        self._start_seconds = start_seconds
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._base_url = ""
        self._owner = 0

    def start(self) -> Emulator:
        """Starts the process, and returns when the emulator is ready."""
        if self._process is not None:
            raise StartError("the emulator runs already: stop it first")
        self._log.clear()
        process = subprocess.Popen(
            self._command(),
            # A pipe that this process holds open: the emulator stops at its end, however it comes.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C reaches this process alone, which then still needs the emulator.
            start_new_session=True,
        )
        self._process, self._owner = process, os.getpid()
        atexit.register(self.stop)
        assert process.stdout is not None and process.stderr is not None
        first_line: queue.Queue[str] = queue.Queue()
        self._readers = [
            _reader(_read_stdout, process.stdout, first_line),
            _reader(_read_stderr, process.stderr, self._log),
        ]
        try:
            line = first_line.get(timeout=self._start_seconds)
        except queue.Empty:
            self.stop()
            raise StartError(
                f"the emulator was not ready after {self._start_seconds} s{self._said()}"
            ) from None
        if not line.startswith(READY):
            _wait(process)
            self.stop()
            raise StartError(f"the emulator ended with {process.returncode}{self._said()}")
        self._base_url = line[len(READY) :].strip()
        return self

    def stop(self) -> None:
        """Stops the process, and returns when it has ended. To stop it twice is no mistake."""
        process, self._process = self._process, None
        # A child that this process has forked has a copy of this object, and not the emulator. It would
        # wait for ever for the locks of readers that it does not have.
        if process is None or self._owner != os.getpid():
            return
        atexit.unregister(self.stop)
        process.terminate()
        if not _wait(process):
            process.kill()
            process.wait()
        for reader in self._readers:
            reader.join(STOP_SECONDS)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The address that a client uses in place of Belvo's: `http://127.0.0.1:PORT`."""
        if self._process is None:
            raise StartError("the emulator does not run: use it in a with, or call start()")
        return self._base_url

    @property
    def exit_code(self) -> int | None:
        """The exit code of an emulator that has ended by itself; None while it serves."""
        return None if self._process is None else self._process.poll()

    @property
    def log(self) -> str:
        """The last lines that the emulator has written on stderr."""
        return "\n".join(self._log)

    def account(self, secret_id: str | None = None, secret_password: str | None = None) -> Account:
        """Returns the account of a pair of keys; without keys, a new one."""
        given = secret_id or f"account-{uuid4()}"
        return Account(self.base_url, given, secret_password or "a-password")

    def _command(self) -> list[str]:
        command = [self._binary or find_binary()]
        if not any(flag == "--port" or flag.startswith("--port=") for flag in self._flags):
            command += ["--port", "0"]
        # Only Unix tells of the end of a parent.
        if sys.platform != "win32" and "--exit-with-parent" not in self._flags:
            command.append("--exit-with-parent")
        return [*command, *self._flags]

    def _said(self) -> str:
        return f":\n{self.log}" if self._log else ""


def _wait(process: subprocess.Popen[str]) -> bool:
    """Tells that the process has ended within a moment."""
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _reader(read: Callable[[IO[str], Sink], None], stream: IO[str], sink: Sink) -> threading.Thread:
    thread = threading.Thread(target=read, args=(stream, sink), daemon=True)
    thread.start()
    return thread


def _read_stdout(stream: IO[str], first_line: queue.Queue[str]) -> None:
    first_line.put(stream.readline())
    for _ in stream:
        pass


def _read_stderr(stream: IO[str], log: deque[str]) -> None:
    for line in stream:
        log.append(line.rstrip("\n"))
