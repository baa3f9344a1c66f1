"""Compares the binary with Belvo's description, which tap-belvo brings, and with changed copies of it.

The first argument is the Python of tap-belvo. `BELVO_EMULATOR_BIN` is the binary."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

FIND = "import importlib.util as u; print(u.find_spec('tap_belvo').submodule_search_locations[0])"


def main(python):
    package = subprocess.run([python, "-c", FIND], stdout=subprocess.PIPE, text=True, check=True)
    spec = json.loads(Path(package.stdout.strip(), "openapi.json").read_text())
    code, lines = drift(spec)
    assert code == 0, "\n".join(lines)
    # The list of known differences has no row too many.
    assert not [line for line in lines if "found nothing" in line], lines
    print("\n".join(lines))
    for plant, expected in PLANTED.items():
        changed = copy.deepcopy(spec)
        plant(changed)
        code, lines = drift(changed)
        found = lines[: lines.index("")] if code else []
        assert code == 1 and len(found) == 1 and found[0].startswith(expected), (expected, lines)
    print(f"{len(PLANTED)} planted changes were each the only line")


def drift(spec):
    """The exit code and the lines of a comparison."""
    with TemporaryDirectory() as directory:
        path = Path(directory, "openapi.json")
        path.write_text(json.dumps(spec))
        command = [os.environ["BELVO_EMULATOR_BIN"], "drift", path]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    assert finished.returncode in (0, 1)
    return finished.returncode, finished.stdout.splitlines()


def schema(spec, name):
    return spec["components"]["schemas"][name]


def answers(spec, path, method):
    return spec["paths"][path][method]["responses"]


def rename_key(spec):
    fields = schema(spec, "EmploymentRecordDetail")["properties"]
    fields["weeks"] = fields.pop("weeks_employed")


def grow_enum_of_answers(spec):
    schema(spec, "EnumLinkStatus")["enum"].append("paused")


def grow_enum_of_requests(spec):
    schema(spec, "EnumLinkAccessModeRequest")["enum"].append("weekly")


def require_key(spec):
    schema(spec, "LinksRequestEmploymentMexico")["required"].append("external_id")


def change_type(spec):
    schema(spec, "EmploymentRecordDetail")["properties"]["weeks_employed"]["type"] = "string"


def change_type_of_request(spec):
    schema(spec, "save_data")["type"] = "string"


def forbid_null(spec):
    del schema(spec, "EmploymentRecordDetail")["properties"]["end_date"]["nullable"]


def take_null(spec):
    schema(spec, "attach_pdf")["nullable"] = True
    schema(spec, "link_request")["nullable"] = True


def add_key(spec):
    schema(spec, "EmploymentRecordDetail")["properties"]["shift"] = {"type": "string"}


def remove_key(spec):
    del schema(spec, "EmploymentRecordDetail")["properties"]["state"]


def remove_status(spec):
    del answers(spec, "/api/links/", "post")["428"]


def add_status(spec):
    answers(spec, "/api/links/", "post")["402"] = {"description": "Pay first."}


def require_parameter(spec):
    tenant = {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}
    spec["paths"]["/api/links/"]["get"]["parameters"].append(tenant)


PLANTED = {
    rename_key: "Spell.weeks_employed: Belvo calls it weeks;",
    grow_enum_of_answers: "Link.status: Belvo sends paused too, the emulator does not;",
    grow_enum_of_requests: "access_mode: Belvo takes weekly, the emulator does not;",
    require_key: "external_id: Belvo requires it, the emulator does not;",
    change_type: "Spell.weeks_employed: Belvo sends string, the emulator integer;",
    change_type_of_request: "save_data: Belvo takes string, the emulator boolean|null;",
    forbid_null: "Spell.end_date: the emulator sends null too, Belvo does not;",
    take_null: "link: Belvo takes null, the emulator does not;",
    add_key: "Spell.shift: only Belvo sends it (string);",
    remove_key: "Spell.state: only the emulator sends it (string|null);",
    remove_status: "status 428: only the emulator has it;",
    add_status: "status 402: only Belvo answers with it;",
    require_parameter: "tenant: Belvo requires it (string), the emulator does not know it;",
}

main(*sys.argv[1:])
