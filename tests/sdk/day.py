"""A day at the API with the official Python SDK as it comes from the registry: `day.py PROGRAM`.

Starts the program on a fresh store, drives every chapter, and prints one closing line. Ends with 1 when any step
did not come out as it should.
"""

import json
import os
import sys
import tempfile
import threading
import time
import traceback
import types

# The SDK reads its settings from the home; one without any starts no threads that watch them.
HOME = tempfile.TemporaryDirectory(prefix="scv-sdk-home-")
os.environ["HOME"] = HOME.name
os.makedirs(f"{HOME.name}/.genesyscloudpython")
with open(f"{HOME.name}/.genesyscloudpython/config", "w", encoding="utf-8") as settings:
    settings.write("[general]\nlive_reload_config = false\n")

import PureCloudPlatformClientV2 as sdk  # noqa: E402
import urllib3  # noqa: E402
from PureCloudPlatformClientV2.rest import ApiException  # noqa: E402

from chapters import CHAPTERS  # noqa: E402
from serving import Serving  # noqa: E402

# What the SDK makes of a word that it does not know.
UNKNOWN_WORD = "outdated_sdk_version"
# Requests a minute and token, unless the server is told otherwise.
RATE = 300


class Wrong(Exception):
    """What came out is not what should."""


class Day:
    """Who acts, and how it went."""

    def __init__(self, serving):
        self.serving = serving
        self.sdk = sdk
        self.steps = 0
        self.skipped = []
        self.wrong = []
        self.integration = self.client("integration", "admin")
        self.agent = self.client("agent", "agent")

    def client(self, name, role):
        """An API client of the SDK, signed in as a new client of the server."""
        return self.fresh().get_client_credentials_token(*self.serving.client(name, role))

    def fresh(self):
        return sdk.api_client.ApiClient(host=self.serving.host)

    def step(self, name, act, check=None):
        """Does one thing; `check` looks at what came of it."""
        self.steps += 1
        try:
            result = act()
            self.known_words(result)
            if check is not None and not check(result):
                raise Wrong(str(result)[:1500])
            return result
        except ApiException as error:
            self.fail(name, f"{error.status} {error.body}")
        except Exception:
            self.fail(name, traceback.format_exc(limit=3))
        raise Stop()

    def refused(self, name, status, act, code=None, client=None):
        """Does what the server must refuse, and reads the answer into the SDK's own type."""
        self.steps += 1
        try:
            result = act()
        except ApiException as error:
            return self.refusal(name, status, code, error, client or self.integration)
        except Exception:
            self.fail(name, traceback.format_exc(limit=3))
            return None
        self.fail(name, f"it was done, and {status} was due: {str(result)[:300]}")
        return None

    def refusal(self, name, status, code, error, client):
        headers = types.SimpleNamespace(data=error.body, getheader=lambda name: error.headers.get(name))
        body = client.deserialize(headers, "ErrorBody")
        said = (error.status, body.status, body.context_id)
        due = (status, status, error.headers.get("ININ-Correlation-Id"))
        if said != due or not body.message or not body.code or code not in (None, body.code):
            self.fail(name, f"{said} and {body.code}, and {due} and {code} was due: {body.message}")
        return body

    def known_words(self, result):
        if UNKNOWN_WORD in json.dumps(self.integration.sanitize_for_serialization(result), default=str):
            raise Wrong(f"a word that the SDK does not know: {str(result)[:1500]}")

    def skip(self, name, why):
        self.skipped.append(f"{name} ({why})")

    def fail(self, name, why):
        self.wrong.append(name)
        print(f"WRONG {name}: {why}", flush=True)


class Stop(Exception):
    """The chapter cannot go on."""


class Hasty(threading.Thread):
    """A client that asks more often than it may, beside the others: it is told so, waits as it was told, and is
    answered again by the SDK alone."""

    def __init__(self, day):
        super().__init__()
        self.day = day
        self.api = day.client("hasty", "agent")

    def run(self):
        try:
            self.hurry()
        except Exception:
            self.day.fail("429", traceback.format_exc(limit=3))

    def hurry(self):
        day, queues = self.day, sdk.RoutingApi(self.api)
        # The SDK waits by itself; to see the refusal it is told not to, once.
        pool = self.api.get_http_client().rest_client.pool_manager
        kept, pool.connection_pool_kw["retries"] = pool.connection_pool_kw["retries"], urllib3.util.Retry(0)
        pool.clear()
        refused = None
        for _ in range(RATE + 1):
            try:
                queues.get_routing_queues(page_size=1)
            except ApiException as error:
                refused = error
                break
        day.steps += 1
        if refused is None:
            return day.fail("429", f"{RATE + 1} requests in a minute were answered")
        day.refusal("429", 429, "too.many.requests", refused, self.api)
        wait, begun = int(refused.headers.get("Retry-After")), time.monotonic()
        pool.connection_pool_kw["retries"] = kept
        pool.clear()
        day.steps += 1
        queues.get_routing_queues(page_size=1)
        waited = time.monotonic() - begun
        if not wait - 1 <= waited <= wait + 5:
            day.fail("429", f"{wait} s were to be waited, and {waited:.1f} s were")


def live(program):
    with Serving(program) as serving:
        day = Day(serving)
        hasty = Hasty(day)
        hasty.start()
        for chapter in CHAPTERS:
            try:
                chapter(day)
            except Stop:
                pass
            except Exception:
                day.fail(chapter.__name__, traceback.format_exc())
        hasty.join()
        if day.wrong:
            print(serving.said())
    if serving.code != 0:
        day.fail("the end of the server", f"exit code {serving.code}")
    return day


def main():
    begun = time.monotonic()
    day = live(sys.argv[1])
    seconds = time.monotonic() - begun
    skipped = f", skipped: {', '.join(day.skipped)}" if day.skipped else ""
    how = f"{len(day.wrong)} WRONG" if day.wrong else "all as they should be"
    print(f"a day with the SDK: {day.steps} steps, {how}, {seconds:.0f} s{skipped}")
    sys.exit(1 if day.wrong else 0)


if __name__ == "__main__":
    main()
