"""Uses the archive of a directory of packages, fills the templates, and reads what is written for others."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
BASE_URL = "https://downloads.example"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def check_archive(packages, work):
    [archive] = packages.glob("belvo-emulator-*.tar.gz")
    folder = archive.name[: -len(".tar.gz")]
    with tarfile.open(archive) as tar:
        assert {(member.uid, member.gid) for member in tar} == {(0, 0)}
        assert len({member.mtime for member in tar}) == 1
        names = set(tar.getnames())
        tar.extractall(work, filter="data")
    binary = work / folder / "belvo-emulator"
    version = output(binary, "--version").split()[1]
    assert folder.startswith(f"belvo-emulator-{version}-"), folder
    commands = re.findall(r"(?m)^  ([a-z-]+) ", output(binary, "--help").split("Options:")[0])
    assert len(commands) > 5
    for command in set(commands) - {"help"}:
        assert f"{folder}/man/belvo-emulator-{command}.1" in names, command
    assert (work / folder / "man/belvo-emulator.1").read_text().startswith(".ie")
    if "completions" in commands:
        completions = {"belvo-emulator.bash", "_belvo-emulator", "belvo-emulator.fish", "_belvo-emulator.ps1"}
        assert {path.name for path in (work / folder / "completions").iterdir()} == completions
    licences = {path.name for path in (work / folder / "licences").iterdir()}
    assert licences == {"LICENSE", "LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENCES"}
    return folder, version


def check_platforms(packages, work):
    """The tag of a wheel says what its binary needs, and one that needs too much is refused."""
    sys.path.insert(0, str(ROOT / "packaging/python"))
    from wheel_hook import platform

    [wheel] = packages.glob("*.whl")
    tag = platform(os.environ["BELVO_EMULATOR_BIN"])
    assert wheel.name.endswith(f"-py3-none-{tag}.whl"), (wheel, tag)
    source, library = work / "main.c", work / "libforeign.so"
    source.write_text("int main(void) { return 0; }\n")
    output("cc", "-static", "-o", work / "static", source)
    machine = os.uname().machine
    assert platform(work / "static") == f"manylinux_2_17_{machine}.musllinux_1_1_{machine}"
    output("cc", "-shared", "-o", library, source)
    output("cc", "-o", work / "foreign", source, "-Wl,--no-as-needed", library)
    try:
        platform(work / "foreign")
    except SystemExit as refused:
        assert "libforeign.so" in str(refused), refused
    else:
        raise AssertionError("a library that no system has is permitted")


def check_manifests(packages, folder, version):
    manifests = [ROOT / "packaging/manifests", packages, BASE_URL]
    # One archive is there, and the message names the others.
    told = subprocess.run(manifests, capture_output=True, text=True)
    assert told.returncode != 0 and "aarch64-apple-darwin.tar.gz" in told.stderr, told
    assert f"{folder}.tar.gz" not in told.stderr
    for missing in re.findall(r"(\S+\.tar\.gz)", told.stderr):
        Path(missing).write_text(f"stands in for {missing}")
    output(*manifests)
    formula = (packages / "belvo-emulator.rb").read_text()
    scoop = json.loads((packages / "belvo-emulator.json").read_text())
    assert "@" not in formula + json.dumps(scoop), "a placeholder is left"
    sums = {path.name: output("sha256sum", path).split()[0] for path in packages.glob("*.tar.gz")}
    pairs = re.findall(rf'url "{BASE_URL}/(\S+)"\n\s+sha256 "(\w+)"', formula)
    assert len(pairs) == 4 and all(sums[name] == sum for name, sum in pairs), formula
    assert (f"{folder}.tar.gz", sums[f"{folder}.tar.gz"]) in pairs
    [windows] = scoop["architecture"].values()
    assert sums[windows["url"].rsplit("/", 1)[1]] == windows["hash"]
    assert scoop["version"] == version and f'version "{version}"' in formula
    if shutil.which("ruby"):
        output("ruby", "-c", packages / "belvo-emulator.rb")


def check_containers(flags):
    """Ports and variables of what Compose, GitHub and GitLab start are those of the binary."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    [service] = compose["services"].values()
    default = re.search(r"\[env: BELVO_EMULATOR_PORT=\]\s+\[default: (\d+)\]", flags)[1]
    assert service["ports"] == [f"127.0.0.1:{default}:{default}"]
    check_variables(service["environment"], flags)
    in_image = (ROOT / "Dockerfile").read_text()
    assert f"\nEXPOSE {default}\n" in in_image
    # The recipes of the manual use the port and the variables that there are.
    page = (ROOT / "docs/ci.md").read_text()
    recipes = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    action, github, gitlab = recipes
    assert set(action["steps"][2]["with"]) <= set(yaml.safe_load((ROOT / "action.yml").read_text())["inputs"])
    job = github["jobs"]["test"]
    [service] = job["services"].values()
    assert service["ports"] == [f"127.0.0.1:{default}:{default}"]
    assert job["env"]["BELVO_API_URL"] == f"http://127.0.0.1:{default}"
    check_variables(service["env"], flags)
    [service] = gitlab["test"]["services"]
    assert gitlab["test"]["variables"]["BELVO_API_URL"] == f"http://{service['alias']}:{default}"
    check_variables(service["variables"], flags)


def check_variables(names, flags):
    for name in names:
        assert f"[env: {name}=" in flags or f"[env: {name}]" in flags, name


def main(packages):
    packages = Path(packages)
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        copy = work / "packages"
        shutil.copytree(packages, copy)
        folder, version = check_archive(copy, work)
        check_platforms(copy, work)
        check_manifests(copy, folder, version)
        # Help is wrapped to the width of the terminal.
        help_text = output("env", "COLUMNS=1000", os.environ["BELVO_EMULATOR_BIN"], "--help")
        check_containers(" ".join(help_text.split()))
    print(f"the archive {folder}.tar.gz, the manifests, compose.yaml and the recipes for CI are right")


main(*sys.argv[1:])
