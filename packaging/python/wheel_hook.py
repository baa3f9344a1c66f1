"""Puts the binary into the wheel, and names the platform that it runs on."""

import os
import re
import subprocess
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The libraries of the system that every Linux with glibc has (PEP 599 and later).
SYSTEM_LIBRARIES = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0", "librt.so.1"}


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        binary = os.environ["BELVO_EMULATOR_BIN"]
        name = "belvo-emulator.exe" if os.name == "nt" else "belvo-emulator"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform(binary)}"
        build_data["shared_scripts"][binary] = name


def platform(binary):
    """Returns the platform tag of a binary. Linux's is as old as its symbols allow."""
    own = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if not own.startswith("linux_"):
        return own
    machine = own[len("linux_") :]
    loaded = read_elf("--dynamic", binary)
    libraries = set(re.findall(r"\(NEEDED\).*\[(.+)\]", loaded))
    if not libraries:
        # A static binary runs with any libc.
        return f"manylinux_2_17_{machine}.musllinux_1_1_{machine}"
    foreign = {name for name in libraries - SYSTEM_LIBRARIES if not name.startswith("ld-linux")}
    if foreign:
        raise SystemExit(f"{binary} needs {', '.join(sorted(foreign))}, which not every Linux has")
    needed = re.findall(r"GLIBC_2\.([0-9]+)", read_elf("--version-info", binary))
    return f"manylinux_2_{max(17, *map(int, needed))}_{machine}"


def read_elf(part, binary):
    command = ["readelf", "--wide", part, binary]
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
