"""Reads the Dockerfile of this repository."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Stage:
    """A stage of the Dockerfile: its instructions in order, as pairs of a word and the rest."""

    def __init__(self, lines):
        self.instructions = [tuple(line.split(" ", 1)) for line in lines]

    def all(self, word):
        return [rest for name, rest in self.instructions if name == word]

    def one(self, word):
        [rest] = self.all(word)
        return rest

    def environment(self):
        return dict(rest.split("=", 1) for rest in self.all("ENV"))

    def command(self, word):
        """The command of an ENTRYPOINT or a HEALTHCHECK, which is a list."""
        return json.loads(self.one(word)[self.one(word).index("[") :])


def stages():
    """The two stages: the one that builds, and the image."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    parts = re.split(r"(?m)^(?=FROM )", "\n".join(lines))
    build, image = (Stage(part.splitlines()) for part in parts if part)
    return build, image
