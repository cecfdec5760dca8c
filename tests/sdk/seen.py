"""What a switch and a web site send: conversations and visits, as `POST /api/scv/v1/ingest` takes them."""

import uuid

CLAIMS = "7b406154-b70e-4cf5-93cc-4c43c6a3166d"
LINDSAY = "aaa3e7bb-b955-4a80-b3b8-284c703923f1"
MINUTE = "2026-11-23T11:{:02}:00.000Z"


def session(medium, start, end=None, **more):
    segment = {"segmentStart": MINUTE.format(start), "segmentType": "interact", "conference": False}
    if end is not None:
        segment["segmentEnd"] = MINUTE.format(end)
    return {"sessionId": str(uuid.uuid4()), "mediaType": medium, "direction": "inbound", "segments": [segment], **more}


def conversation(medium, name, start=10, end=None, **of_customer):
    """A conversation that Lindsay has; it goes on when it has no end."""
    agent = session(medium, start, end)
    agent["segments"][0]["queueId"] = CLAIMS
    seen = {
        "conversationId": str(uuid.uuid4()),
        "conversationStart": MINUTE.format(start),
        "originatingDirection": "inbound",
        "participants": [
            {"participantId": str(uuid.uuid4()), "participantName": name, "purpose": "customer",
             "sessions": [session(medium, start, end, **of_customer)]},
            {"participantId": str(uuid.uuid4()), "participantName": "Lindsay Keady-Miskell", "purpose": "agent",
             "userId": LINDSAY, "sessions": [agent]},
        ],
    }
    if end is not None:
        seen["conversationEnd"] = MINUTE.format(end)
    return seen


def call(number, **more):
    return conversation("voice", "", ani=f"tel:{number}", dnis="tel:+35312345678", **more)


def email(address, name, **more):
    return conversation("email", name, addressFrom=address, **more)


def visit(cookie):
    own = {"customerId": cookie, "customerIdType": "cookie", "createdDate": MINUTE.format(5)}
    browser = {"family": "Lynx", "version": "2.9", "lang": "en", "featuresFlash": False, "featuresJava": False,
               "featuresPdf": False, "featuresWebrtc": False}
    device = {"category": "desktop", "type": "desktop", "isMobile": False, "osFamily": "Linux", "osVersion": "6"}
    page = {"url": "https://www.acme.example/fees", "title": "Fees", "domain": "acme.example",
            "hostname": "www.acme.example", "pathname": "/fees", "breadcrumb": []}
    seen = {"id": str(uuid.uuid4()), "type": "web", **own, "durationInSeconds": 60, "pageviewCount": 1,
            "eventCount": 1, "device": device, "browser": browser, "authenticated": False,
            "segmentAssignments": [], "outcomeAchievements": []}
    event = {"id": str(uuid.uuid4()), "correlationId": str(uuid.uuid4()), **own,
             "session": {"id": seen["id"], "type": "web"}, "eventType": "com.genesys.journey.WebEvent",
             "webEvent": {"eventName": "page_viewed", "totalEventCount": 1, "totalPageviewCount": 1, "page": page,
                          "userAgentString": "Lynx", "browser": browser, "device": device, "attributes": {},
                          "traits": {}, "authenticated": False}}
    return {**seen, "events": [event]}
