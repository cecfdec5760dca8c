"""A server of `scv` on a store of its own, with a part of the test organization in it."""

import json
import os
import pathlib
import subprocess
import tempfile

# The clock of the server: the conversations of the test organization are of the weeks before.
NOW = "2026-11-23T12:00:00Z"
ORG = pathlib.Path(__file__).parent.parent / "data" / "org"


class Serving:
    """Runs the program `scv`; ends the server and removes the store at the end of a `with`."""

    def __init__(self, program, conversations=60, visits=60, options=()):
        self.program = str(pathlib.Path(program).resolve())
        self.folder = tempfile.TemporaryDirectory(prefix="scv-sdk-")
        self.path = pathlib.Path(self.folder.name)
        self.environment = dict(os.environ, SCV_STORE=str(self.path / "scv.db"), SCV_NOW=NOW, HOME=str(self.path))
        self._fill(conversations, visits)
        self.log = open(self.path / "log", "w+", encoding="utf-8")
        self.child = subprocess.Popen(
            [self.program, "serve", "--listen", "127.0.0.1:0", *options],
            env=self.environment, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        first = self.child.stdout.readline().strip()
        self.host = first.removeprefix("listening on ")
        if self.host == first:
            raise RuntimeError(f"the server did not start: {first} {self.said()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.code = self.child.wait(timeout=60)
        self.log.close()
        self.folder.cleanup()

    def run(self, *words):
        """What a command of the program printed."""
        done = subprocess.run([self.program, *words], env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"scv {' '.join(words)}: {done.stderr}")
        return done.stdout

    def client(self, name, role, *options):
        """Id and secret of a new client."""
        made = json.loads(self.run("client", "add", name, "--role", role, *options, "--json"))
        return made["clientId"], made["clientSecret"]

    def user(self, name, role):
        """The password of a new user."""
        return json.loads(self.run("user", "add", name, "--role", role, "--json"))["password"]

    def said(self):
        """What the server wrote to its log."""
        self.log.flush()
        return (self.path / "log").read_text(encoding="utf-8")

    def _fill(self, conversations, visits):
        parts = []
        for name, count in (("conversations", conversations), ("sessions", visits)):
            lines = (ORG / f"{name}.ndjson").read_text(encoding="utf-8").splitlines()
            part = self.path / f"{name}.ndjson"
            part.write_text("\n".join(lines[-count:]) + "\n", encoding="utf-8")
            parts.append(str(part))
        self.run("ingest", *parts, "--names", str(ORG / "names.json"), "--role", "admin")
