"""Has tap-belvo, the argument, sync from an emulator, and counts the records that it writes."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

import emulator

# The keys, and a start before everything; the URL comes from the environment.
CONFIG = Path(__file__).with_name("config.json")
STREAMS = {"links", "institutions"}
LOGIN = {
    "institution": "planet_mx_employment",
    "username": "BLPM951331IONVGR54",
    "access_mode": "single",
}
LINKS = 1005

# Settings besides the config, and how many records each stream has with them. The tap asks for
# pages of 1000, and for the links that were created since its start.
SYNCS = [
    ({}, {"links": LINKS, "institutions": 3}),
    ({"TAP_BELVO_START_DATE": "2999-01-01"}, {"institutions": 3}),
]


def main(tap):
    config = json.loads(CONFIG.read_text())
    keys = (config["secret_id"], config["password"])
    with emulator.running("--credentials", ":".join(keys)) as url:
        create_links(url, keys)
        with TemporaryDirectory() as directory:
            catalog = Path(directory, "catalog.json")
            catalog.write_text(select(run(tap, url, {}, "--discover")))
            for settings, expected in SYNCS:
                counted = count_records(run(tap, url, settings, "--catalog", catalog))
                assert counted == expected, f"{settings}: {counted} records, not {expected}"
                print(f"tap-belvo {settings or CONFIG.name}: {counted}")


def create_links(url, keys):
    with requests.Session() as session:
        session.trust_env = False
        session.auth = keys
        for _ in range(LINKS):
            session.post(f"{url}/api/links/", json=LOGIN).raise_for_status()


def select(catalog):
    """Leaves out the streams of banks and taxes."""
    catalog = json.loads(catalog)
    streams = [each for each in catalog["streams"] if each["tap_stream_id"] in STREAMS]
    return json.dumps({**catalog, "streams": streams})


def run(tap, url, settings, *arguments):
    """Runs the tap without the variables of others; returns its stdout."""
    # It keeps answers in its working directory for an hour, so each run has its own.
    with TemporaryDirectory() as directory:
        return subprocess.run(
            [tap, "--config", CONFIG, "--config", "ENV", *arguments],
            cwd=directory,
            env={"TAP_BELVO_BASE_URL": url, "TAP_BELVO_LOGLEVEL": "ERROR", **settings},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout


def count_records(stdout):
    messages = [json.loads(line) for line in stdout.splitlines()]
    records = [message for message in messages if message["type"] == "RECORD"]
    ids = [(record["stream"], record["record"]["id"]) for record in records]
    assert len(set(ids)) == len(ids), "a record came twice"
    return dict(Counter(stream for stream, _ in ids))


main(*sys.argv[1:])
