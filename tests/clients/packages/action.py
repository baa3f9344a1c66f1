"""Runs the steps of action.yml as a runner does: with files for the environment, the PATH and the outputs."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PATIENCE_SECONDS = 60


class Job:
    """A job that uses the action once."""

    def __init__(self, directory, path):
        self.temp = Path(directory)
        self.environment = {"PATH": path, "HOME": str(self.temp), "NO_PROXY": "example.org"}
        self.outputs = {}
        self.said = ""

    def use(self, **inputs):
        """Runs the steps, and tells whether all succeeded."""
        known = {name: given["default"] for name, given in ACTION["inputs"].items()}
        assert set(inputs) <= set(known)
        for step in ACTION["runs"]["steps"]:
            assert step["shell"] == "bash", step
            if not self.step(step, {**known, **inputs}):
                return False
        return True

    def step(self, step, inputs):
        files = {name: self.temp / name for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT")}
        for file in files.values():
            file.write_text("")
        for name, value in step.get("env", {}).items():
            value = re.sub(r"\$\{\{ inputs\.(\S+) \}\}", lambda found: inputs[found[1]], value)
            assert "${{" not in value, value
            files[name] = value
        own = {"RUNNER_TEMP": self.temp, "GITHUB_ACTION_PATH": ROOT, **files}
        environment = {**self.environment, **{name: str(value) for name, value in own.items()}}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        self.said += done.stdout + done.stderr
        self.environment.update(pairs(files["GITHUB_ENV"]))
        self.outputs.update(pairs(files["GITHUB_OUTPUT"]))
        for directory in files["GITHUB_PATH"].read_text().split():
            self.environment["PATH"] = f"{directory}:{self.environment['PATH']}"
        return done.returncode == 0


def pairs(file):
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def listening(job):
    """The ids of the processes that were started in the job."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.startswith(str(job.temp / "belvo-emulator.").encode()) for word in command):
            found.append(int(process.name))
    return found


def end(job):
    for process in listening(job):
        os.kill(process, signal.SIGTERM)


def clock(job):
    """The clock as a step that follows sees it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(job.environment["BELVO_BASE_URL"] + "/_emulator/clock")
    request.add_header("Authorization", "Basic bXktaWQ6bXktcGFzc3dvcmQ=")
    with opener.open(request, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)


def use(path, check, **inputs):
    with tempfile.TemporaryDirectory() as directory:
        job = Job(directory, path)
        try:
            check(job, job.use(**inputs))
        finally:
            end(job)


def starts(mode):
    def check(job, succeeded):
        assert succeeded, job.said
        assert clock(job)["mode"] == mode
        assert job.outputs == {"base-url": job.environment["BELVO_API_URL"]}
        assert job.environment["NO_PROXY"] == "127.0.0.1,localhost,example.org"
        version = subprocess.run(["belvo-emulator", "--version"], env=job.environment, check=True)
        assert version.returncode == 0
        # The names are those of exec.
        names = "import os; print(*sorted(os.environ))"
        command = ["belvo-emulator", "exec", "--quiet", "--", sys.executable, "-c", names]
        clean = {"PATH": job.environment["PATH"]}
        told = subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout
        of_exec = {name for name in told.split() if name.startswith("BELVO") or "proxy" in name.lower()}
        of_job = {name for name in job.environment if name.startswith("BELVO") or "proxy" in name.lower()}
        assert of_exec == of_job, (of_exec, of_job)

    return check


def starts_another(job, succeeded):
    """A second use in a job starts a second emulator."""
    first = job.environment["BELVO_BASE_URL"]
    starts("manual")(job, succeeded)
    assert job.use(flags="--clock skip"), job.said
    assert job.environment["BELVO_BASE_URL"] != first
    assert clock(job)["mode"] == "skip"


def fails(words):
    def check(job, succeeded):
        assert not succeeded
        assert "::error::" in job.said and words in job.said, job.said
        assert listening(job) == []

    return check


def main():
    binary = os.environ["BELVO_EMULATOR_BIN"]
    plain = "/usr/bin:/bin"
    use(plain, starts("skip"), binary=binary)
    use(plain, starts("manual"), binary=binary, flags="--clock manual --seed 7")
    use(f"{Path(binary).parent}:{plain}", starts("skip"))
    use(plain, starts_another, binary=binary, flags="--clock manual")
    use(plain, fails("there is no binary /no/such/file"), binary="/no/such/file")
    use(plain, fails("--clock"), binary=binary, flags="--clok skip")
    with tempfile.TemporaryDirectory() as directory:
        # Without a binary anywhere, cargo is asked for one.
        cargo = Path(directory) / "cargo"
        cargo.write_text(f'#!/bin/sh\necho "$@" >{directory}/asked\ncp {binary} "$6/bin/belvo-emulator"\n')
        cargo.chmod(0o755)
        use(f"{directory}:{plain}", starts("skip"))
        asked = (Path(directory) / "asked").read_text()
        assert asked.startswith(f"install --locked --path {ROOT} --root "), asked
    print("the steps of the action start an emulator for the steps that follow, or say why not")


main()
