"""Carries out the Dockerfile without an engine: copies what it copies, and runs what it runs.

Usage: build.py WORK; WORK/root is the root of the image then.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from dockerfile import ROOT, stages

# Packages of the builder's own system are not installed.
SYSTEM = "apk "


def copy(sources, place):
    """Copies as COPY does: the contents of one directory, or files into a directory."""
    place.parent.mkdir(parents=True, exist_ok=True)
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, place, dirs_exist_ok=True)
        elif len(sources) > 1 or place.is_dir():
            place.mkdir(exist_ok=True)
            shutil.copy2(source, place)
        else:
            shutil.copy2(source, place)


def allowed():
    """The paths that .dockerignore lets in, for COPY from the sources."""
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    return [line[1:] for line in lines[1:]]


def from_sources(path, permitted):
    """The files of a path in the sources. One that .dockerignore keeps out is missing for Docker."""
    found = sorted(ROOT.glob(path))
    assert found, f"COPY {path}: it does not exist"
    for file in found:
        name = str(file.relative_to(ROOT))
        fits = [line for line in permitted if file in ROOT.glob(line) or name.startswith(f"{line}/")]
        assert fits, f"COPY {path}: .dockerignore keeps it out"
    return found


def main(work):
    build, image = stages()
    place, root = Path(work) / "build", Path(work) / "root"
    for directory in (place, root):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    assert build.one("WORKDIR") == "/build"
    permitted = allowed()
    for rest in build.all("COPY"):
        *sources, target = rest.split()
        copy([file for path in sources for file in from_sources(path, permitted)], place / target)
    # What is built is kept for the next run, beside the binary of the other tests.
    kept = {"CARGO_TARGET_DIR": str(ROOT / "target/clients/image-target"), "PACKAGING_PROFILE": "dev"}
    # The checks that a release leaves out are left out here too, also in the dependencies.
    release = {"CARGO_PROFILE_DEV_DEBUG_ASSERTIONS": "false", "CARGO_PROFILE_DEV_OVERFLOW_CHECKS": "false"}
    environment = {**os.environ, **build.environment(), **kept, **release}
    for command in build.all("RUN"):
        if not command.startswith(SYSTEM):
            subprocess.run(["sh", "-ec", command], cwd=place, env=environment, check=True)
    for rest in image.all("COPY"):
        *sources, target = shlex.split(rest)
        if sources[0] == "--from=build":
            files = [place / Path(path).relative_to("/build") for path in sources[1:]]
        else:
            files = [file for path in sources for file in from_sources(path, permitted)]
        if target.endswith("/"):
            (root / target.strip("/")).mkdir(parents=True, exist_ok=True)
        copy(files, root / target.strip("/"))
    present = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    print("in the image:", *present)
    assert present == [
        "belvo-emulator",
        "licences/LICENSE",
        "licences/LICENSE-APACHE",
        "licences/LICENSE-MIT",
        "licences/THIRD-PARTY-LICENCES",
    ]


main(*sys.argv[1:])
