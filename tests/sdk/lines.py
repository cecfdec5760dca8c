"""Teaches Schemathesis to send JSON objects, one a line: as the text that it made."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_, value):
    return str(value).encode(errors="replace")
