"""The place of the emulator's binary."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

from belvo_emulator._errors import StartError

VARIABLE = "BELVO_EMULATOR_BIN"
NAME = "belvo-emulator.exe" if os.name == "nt" else "belvo-emulator"


def find_binary() -> str:
    """Returns the binary that the variable names, else that of the package, else that of PATH."""
    given = os.environ.get(VARIABLE)
    if given:
        if not Path(given).is_file():
            raise StartError(f"{VARIABLE} is {given!r}, and there is no such file")
        return given
    for directory in _directories():
        if (directory / NAME).is_file():
            return str(directory / NAME)
    found = shutil.which(NAME)
    if found is None:
        places = ", ".join(str(directory) for directory in _directories())
        raise StartError(
            f"{NAME} is neither in {places} nor on the PATH: install the package belvo-emulator "
            f"again, or name the binary in {VARIABLE}"
        )
    return found


def _directories() -> list[Path]:
    """Returns the directories into which pip puts scripts: of the environment, of the user, of --target."""
    user_scheme = f"{os.name}_user"
    directories = [Path(sysconfig.get_path("scripts"))]
    if user_scheme in sysconfig.get_scheme_names():
        directories.append(Path(sysconfig.get_path("scripts", user_scheme)))
    directories.append(Path(__file__).resolve().parent.parent / "bin")
    return directories
