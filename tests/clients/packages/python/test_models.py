"""The types of the answers are those of the description, and the manual names what there is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import belvo_emulator
from belvo_emulator import Account, Emulator

REPOSITORY = Path(os.environ["REPOSITORY"])
PACKAGE = REPOSITORY / "packaging/python"


def test_the_types_are_those_of_the_description():
    with Emulator() as emulator:
        document = emulator.account().call("GET", "/_emulator/openapi.json")
    models = [sys.executable, PACKAGE / "models"]
    done = subprocess.run(models, input=json.dumps(document), capture_output=True, text=True, check=True)
    hint = "write it anew as the head of packaging/python/models says, and read what changed"
    assert (PACKAGE / "src/belvo_emulator/models.py").read_text() == done.stdout, hint


def test_the_manual_lists_each_method_of_an_account():
    page = (REPOSITORY / "docs/python.md").read_text()
    _, table = page.split("| method of `Account` |")
    cells = re.findall(r"(?m)^\| (`\w+`(?:, `\w+`)*) \|", table.split("\n\n")[0])
    listed = [name for cell in cells for name in re.findall(r"\w+", cell)]
    methods = [name for name, value in vars(Account).items() if callable(value) and name[0] != "_"]
    assert sorted(listed) == sorted(methods)


def test_the_module_has_the_version_of_the_binary():
    with Emulator() as emulator:
        binary = emulator._command()[0]
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    installed = f"belvo-emulator {belvo_emulator.__version__}\n"
    assert version == installed
