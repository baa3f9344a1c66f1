"""Builds the program from the crate of a directory of packages, offline, and asks it for what the crate brings.

Usage: crate.py PACKAGES WORK; what is built stays in WORK for the next run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# All that the program is built from, and the manual: no tests, no benches, no packaging.
FOLDERS = ["src", "scenarios", "ui/dist", "docs"]
FILES = {"Cargo.toml", "Cargo.lock", "README.md", "LICENSE", "LICENSE-APACHE", "LICENSE-MIT"}
# Cargo adds the manifest as it was written and, in a clone, the commit.
ADDED = {"Cargo.toml.orig", ".cargo_vcs_info.json"}
PATIENCE_SECONDS = 60


def as_new(member, folder):
    """Leaves out the times: cargo takes files as old as those of a crate for built already."""
    return tarfile.data_filter(member, folder).replace(mtime=None, deep=False)


def unpack(crate, work):
    with tarfile.open(crate) as tar:
        tar.extractall(work, filter=as_new)
    return work / crate.name.removesuffix(".crate")


def check_list(sources):
    found = {str(path.relative_to(sources)) for path in sources.rglob("*") if path.is_file()}
    in_folders = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    wanted = FILES | {str(path.relative_to(ROOT)) for path in in_folders}
    assert found - ADDED == wanted, f"not wanted: {found - ADDED - wanted}, missing: {wanted - found}"
    return len(found)


def check_binstall(packages, manifest):
    """The metadata for cargo-binstall lead to the archive, and in it to the binary."""
    package = manifest["package"]
    binstall = package["metadata"]["binstall"]
    [archive] = packages.glob("belvo-emulator-*.tar.gz")
    folder = archive.name.removesuffix(".tar.gz")
    values = {
        "repo": "https://downloads.example",
        "name": package["name"],
        "version": package["version"],
        "target": folder.removeprefix(f"{package['name']}-{package['version']}-"),
        "bin": package["name"],
        "binary-ext": "",
    }

    def filled(template):
        return re.sub(r"\{ ([a-z-]+) \}", lambda variable: values[variable[1]], template)

    assert binstall["pkg-fmt"] == "tgz"
    assert filled(binstall["pkg-url"]).rsplit("/", 1)[1] == archive.name, binstall
    with tarfile.open(archive) as tar:
        assert tar.getmember(filled(binstall["bin-dir"])).isfile()


def build(sources, work):
    """Builds with the dependencies that the other tests have built, and returns the binary.

    The program's own code is built as for a release: without its debug assertions and checks of overflow. That is a
    profile of its own, so it does not take the place of what the other tests have built.
    """
    built = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    command = ["cargo", "build", "--offline", "--locked", "--bin", "belvo-emulator", "--target-dir", work / "built"]
    for checks in ("debug-assertions", "overflow-checks"):
        command += ["--config", f"profile.dev.package.belvo-emulator.{checks}=false"]
    subprocess.run(command, cwd=sources, env={**os.environ, "CARGO_BUILD_BUILD_DIR": str(built)}, check=True)
    return work / "built/debug/belvo-emulator"


def check_scenarios(binary, sources):
    told = subprocess.run([binary, "scenarios", "--format", "json"], check=True, capture_output=True, text=True)
    served = {scenario["name"] for scenario in json.loads(told.stdout)}
    assert served == {path.stem for path in (sources / "scenarios").glob("*.json")}, served
    return len(served)


def check_page(binary, sources):
    """The page and its licences are served as they stand in the crate."""
    command = [binary, "--port", "0", "--exit-with-parent", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            ready = emulator.stdout.readline()
            url = ready.removeprefix("belvo-emulator ready on ").strip()
            files = list((sources / "ui/dist").iterdir())
            assert {"index.html", "licences.txt"} <= {file.name for file in files}
            for file in files:
                path = "" if file.name == "index.html" else f"page/{file.name}"
                with urllib.request.urlopen(f"{url}/_emulator/{path}", timeout=PATIENCE_SECONDS) as answer:
                    assert answer.read() == file.read_bytes(), f"{file.name} is another one"
        finally:
            emulator.terminate()
    assert emulator.returncode == 0, emulator.returncode


def main(packages, work):
    packages, work = Path(packages).resolve(), Path(work).resolve()
    [crate] = packages.glob("*.crate")
    shutil.rmtree(work / "sources", ignore_errors=True)
    sources = unpack(crate, work / "sources")
    manifest = tomllib.loads((sources / "Cargo.toml").read_text())
    assert "unofficial" in manifest["package"]["description"].lower()
    files = check_list(sources)
    check_binstall(packages, manifest)
    binary = build(sources, work)
    scenarios = check_scenarios(binary, sources)
    check_page(binary, sources)
    size = crate.stat().st_size // 1024
    print(f"{crate.name}: {files} files, {size} KiB, built offline; {scenarios} scenarios and the page are served")


main(*sys.argv[1:])
