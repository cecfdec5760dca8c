"""Sends the server what its own document allows, and what it does not: `fuzz.py PROGRAM SCHEMATHESIS [MORE...]`.

Nothing may end in a 5xx, and no answer may have a status, a type or a shape that the document lacks. Schemathesis
makes the requests; the seed is fixed, so that a failure comes again. Prints one closing line; ends with 1 when
anything was wrong.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from serving import Serving

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "unsupported_method"]
# Requests in parallel would need Python's parser in two threads at once, which some versions of it do not bear.
WORKERS = 1
# Methods that no path has. One of the contract that is not served answers 501, which is not looked for here.
SETTINGS = """
[phases.coverage]
unexpected-methods = ["TRACE"]
"""
# Requests of an operation beside those that cover its parameters one by one.
EXAMPLES = 12
# A slow machine may take this long; a usual one takes two minutes.
SECONDS_MAX = 1500
SEED = 7
# It ends the token that the others need.
LEFT_OUT = ["/api/v2/tokens/me"]


def token(serving):
    client, secret = serving.client("fuzzer", "admin")
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    with urllib.request.urlopen(f"{serving.host}/oauth/token", urllib.parse.urlencode(form).encode()) as answer:
        return json.load(answer)["access_token"]


def run(serving, program, more):
    words = [str(program), "run", f"{serving.host}/api/v2/docs/swagger", "--header",
             f"Authorization: Bearer {token(serving)}", "--checks", ",".join(CHECKS),
             "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--seed", str(SEED),
             "--generation-database", "none", "--suppress-health-check", "all", "--continue-on-failure",
             "--workers", str(WORKERS), "--no-color", "--warnings", "off"]
    for path in LEFT_OUT:
        words += ["--exclude-path", path]
    (serving.path / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    hooks = dict(os.environ, SCHEMATHESIS_HOOKS="lines", PYTHONPATH=str(pathlib.Path(__file__).parent))
    done = subprocess.run([*words, *more], cwd=serving.path, env=hooks, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=SECONDS_MAX)
    return done.returncode, done.stdout


def main():
    # It runs elsewhere, so that what it writes goes with the server's folder: a path from here would not be found.
    program, fuzzer, more = sys.argv[1], pathlib.Path(sys.argv[2]).absolute(), sys.argv[3:]
    begun = time.monotonic()
    with Serving(program, options=("--rate-limit", "10000000")) as serving:
        code, said = run(serving, fuzzer, more)
    if code != 0:
        print(said)
    operations = re.search(r"Selected: (\d+)/\d+", said)
    cases = re.search(r"([\d,]+) generated", said)
    counts = [found.group(1) if found else "?" for found in (operations, cases)]
    seconds = time.monotonic() - begun
    is_good = code == 0 and serving.code == 0 and "?" not in counts
    how = "none ended otherwise than the document says" if is_good else "WRONG"
    print(f"what the document allows: {counts[0]} operations, {counts[1]} requests, {how}, {seconds:.0f} s")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
