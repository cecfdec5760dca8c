"""The chapters of the day, in their order. Each does what an integration, a supervisor or an agent does."""

import base64
import csv
import hashlib
import html
import http.client
import io
import json
import threading
import time
import urllib.parse
import urllib.request
import uuid

import PureCloudPlatformClientV2 as sdk
from PureCloudPlatformClientV2.rest import ApiException

import seen

ADA = "+353861112222"
NOBODY = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
BULK = 1000
BACK = "http://127.0.0.1/back"
LINDSAY = "Lindsay Keady-Miskell"


def made(kind, **values):
    one = getattr(sdk, kind)()
    for name, value in values.items():
        setattr(one, name, value)
    return one


def contact(first, last, phone=None, email=None):
    one = made("ExternalContact", first_name=first, last_name=last)
    if phone:
        one.cell_phone = made("PhoneNumber", display=phone)
    if email:
        one.work_email = email
    return one


def identifier(kind, value):
    return made("ContactIdentifier", type=kind, value=value)


def ids(values):
    return made("BulkIdsRequest", entities=[made("ExternalContactsEntity", id=one) for one in values])


def ingest(day, item):
    """Sends what was seen, by the SDK's own way to a route that it does not know."""
    return day.integration.call_api(
        "/api/scv/v1/ingest", "POST", body=item, response_type="object", auth_settings=["PureCloud OAuth"],
        header_params={"Accept": "application/json", "Content-Type": "application/json"},
    )


def took(day, name, item):
    day.step(name, lambda: ingest(day, item), lambda done: done["new"] == 1 and done["bad"] == 0)


def who_asks(day):
    day.step("tokens/me", lambda: sdk.TokensApi(day.integration).get_tokens_me(),
             lambda token: token.o_auth_client.name == "integration")
    day.step("subjects/me", lambda: sdk.AuthorizationApi(day.agent).get_authorization_subjects_me(),
             lambda subject: subject.grants[0].role.name == "agent")
    day.refused("a client is no user", 403, lambda: sdk.UsersApi(day.agent).get_users_me(), "not.authorized")
    day.step("queues", lambda: sdk.RoutingApi(day.agent).get_routing_queues(page_size=100),
             lambda page: page.total == 5)
    day.step("wrap-up codes", lambda: sdk.RoutingApi(day.agent).get_routing_wrapupcodes(),
             lambda page: page.total > 0)


def contacts(day):
    api = sdk.ExternalContactsApi(day.agent)
    ada = day.step("create", lambda: api.post_externalcontacts_contacts(contact("Ada", "Sdk", ADA)),
                   lambda one: one.type == "Curated" and one.cell_phone.e164 == ADA)
    day.ada = ada.id
    day.step("read", lambda: api.get_externalcontacts_contact(ada.id, expand=["identifiers", "externalOrganization"]),
             lambda one: one.identifiers[0].value == ADA)
    day.step("search by query", lambda: api.get_externalcontacts_contacts(q="sdk", page_size=25, expand=["division"]),
             lambda page: page.total == 1 and page.entities[0].id == ada.id)
    wish = made("ContactSearchRequest", page_size=5, operation=made(
        "ContactSearchOperation", simple_search=made("ContactSimpleSearch", query="ada sdk")))
    day.step("search by body", lambda: api.post_externalcontacts_contacts_search(wish),
             lambda page: page.entities[0].id == ada.id)
    day.step("look up by identifier",
             lambda: api.post_externalcontacts_identifierlookup_contacts(identifier("Phone", ADA)),
             lambda one: one.id == ada.id)
    day.step("look up by number", lambda: api.get_externalcontacts_reversewhitepageslookup(ADA),
             lambda found: found.contacts[0].id == ada.id)
    ada.title = "Dr"
    day.step("replace", lambda: api.put_externalcontacts_contact(ada.id, ada), lambda one: one.title == "Dr")
    change = made("ContactsPatchChange", field="$.title", value="Prof", action="Update")
    day.step("patch", lambda: api.patch_externalcontacts_contact(
        ada.id, made("ExternalContactsPatchRequest", changes=[change])), lambda one: one.title == "Prof")


def claims(day):
    api = sdk.ExternalContactsApi(day.agent)

    def claim(operation, of, one):
        request = made("IdentifierClaimRequest", operation=operation, identifier=one)
        return api.patch_externalcontacts_contact_identifiers(of, request)

    mail = identifier("Email", "ada@sdk.example")
    day.step("claim", lambda: claim("Claim", day.ada, mail), lambda one: one.date_created is not None)
    day.step("identifiers", lambda: api.get_externalcontacts_contact_identifiers(day.ada),
             lambda held: {one.type for one in held.entities} == {"Email", "Phone"})
    other = day.step("another", lambda: api.post_externalcontacts_contacts(contact("Bea", "Sdk")))
    day.bea = other.id
    day.refused("held by Ada", 409, lambda: claim("Claim", other.id, mail), "conflict", day.agent)
    day.step("release", lambda: claim("Release", day.ada, mail))
    day.step("claim what is free", lambda: claim("Claim", other.id, mail))


def notes(day):
    api = sdk.ExternalContactsApi(day.agent)
    note = day.step("note", lambda: api.post_externalcontacts_contact_notes(day.ada, made("Note", note_text="called")))
    day.step("notes", lambda: api.get_externalcontacts_contact_notes(day.ada), lambda page: page.total == 1)
    note.note_text = "called twice"
    day.step("replace a note", lambda: api.put_externalcontacts_contact_note(day.ada, note.id, note),
             lambda one: one.note_text == "called twice")
    change = made("ContactsPatchChange", field="$.noteText", value="called again", action="Update")
    day.step("patch a note", lambda: api.patch_externalcontacts_contact_note(
        day.ada, note.id, made("ExternalContactsPatchRequest", changes=[change])))
    day.step("read a note", lambda: api.get_externalcontacts_contact_note(day.ada, note.id),
             lambda one: one.note_text == "called again")
    day.step("delete a note", lambda: api.delete_externalcontacts_contact_note(day.ada, note.id))
    day.refused("a note that is gone", 404, lambda: api.get_externalcontacts_contact_note(day.ada, note.id))
    api = sdk.ExternalContactsApi(day.integration)
    several = made("BulkNotesRequest", entities=[
        made("Note", entity_id=day.ada, entity_type="contact", note_text=text) for text in ("one", "two")])
    done = day.step("several notes", lambda: api.post_externalcontacts_bulk_notes_add(several),
                    lambda done: done.error_count == 0 and [one.entity.note_text for one in done.results] == ["one", "two"])
    kept = [one.id for one in done.results]
    day.step("fetch notes", lambda: api.post_externalcontacts_bulk_notes(ids(kept + [NOBODY])),
             lambda done: (done.error_count, done.error_indexes) == (1, [2]))
    changed = made("BulkNotesRequest", entities=[made("Note", id=kept[0], note_text="three")])
    day.step("change notes", lambda: api.post_externalcontacts_bulk_notes_update(changed),
             lambda done: done.results[0].entity.note_text == "three")
    day.step("remove notes", lambda: api.post_externalcontacts_bulk_notes_remove(ids(kept)),
             lambda done: done.error_count == 0)


def sources(day):
    api = sdk.ExternalContactsApi(day.integration)
    made_ = day.step("a source", lambda: api.post_externalcontacts_externalsources(
        made("ExternalSource", name="Sdk Loyalty", active=True)), lambda one: one.active)
    made_.active = False
    day.step("change the source", lambda: api.put_externalcontacts_externalsource(made_.id, made_),
             lambda one: one.active is False)
    day.step("delete the source", lambda: api.delete_externalcontacts_externalsource(made_.id))
    day.refused("the source is gone", 404, lambda: api.get_externalcontacts_externalsource(made_.id))


def journey(day):
    api, conversations = sdk.ExternalContactsApi(day.agent), sdk.ConversationsApi(day.integration)
    day.call = seen.call(ADA)
    took(day, "ingest a call", day.call)
    day.step("the call is Ada's", lambda: conversations.get_conversation(day.call["conversationId"]),
             lambda one: one.participants[0].external_contact_id == day.ada)
    day.step("her journey", lambda: api.get_externalcontacts_contact_journey_sessions(day.ada, include_merged=True),
             lambda page: [one.external_contact.id for one in page.entities] == [day.ada])
    day.step("her segments", lambda: api.get_externalcontacts_contact_journey_segments(day.ada))
    names = sdk.JourneyApi(day.agent)
    day.step("the segments", lambda: names.get_journey_segments(sort_by="displayName"), lambda page: page.total == 2)
    day.step("a segment", lambda: names.get_journey_segment("seg-failed-payment"),
             lambda one: one.display_name == "Failed payment")
    day.step("the outcomes", lambda: names.get_journey_outcomes(), lambda page: page.total == 1)
    day.step("an outcome", lambda: names.get_journey_outcome("out-purchase"), lambda one: one.display_name == "Purchase")
    cookie = str(uuid.uuid4())
    took(day, "ingest a visit", seen.visit(cookie))
    visitor = day.step("the visitor", lambda: api.post_externalcontacts_identifierlookup_contacts(
        identifier("Cookie", cookie)), lambda one: one.type == "Ephemeral")
    page = day.step("the visit", lambda: api.get_externalcontacts_contact_journey_sessions(visitor.id),
                    lambda page: page.entities[0].type == "web")
    web = sdk.JourneyApi(day.agent)
    visit = page.entities[0].id
    day.step("a session", lambda: web.get_journey_session(visit), lambda one: one.pageview_count == 1)
    day.step("its pages", lambda: web.get_journey_session_events(visit),
             lambda page: page.entities[0].web_event.page.title == "Fees")
    day.step("its scores", lambda: web.get_journey_session_outcomescores(visit))


def merges(day):
    api = sdk.ExternalContactsApi(day.integration)
    lookup = api.post_externalcontacts_identifierlookup_contacts

    def met(number):
        took(day, f"ingest a call of {number}", seen.call(number, end=20))
        return day.step("who called", lambda: lookup(identifier("Phone", number)), lambda one: one.type == "Identified")

    promoted = met("+353861113333")
    day.refused("promote the nameless", 400, lambda: api.post_externalcontacts_contact_promotion(promoted.id))
    names = [made("ContactsPatchChange", field=field, value=value, action="Update")
             for field, value in (("$.firstName", "Pia"), ("$.lastName", "Promoted"))]
    day.step("name them", lambda: api.patch_externalcontacts_contact(
        promoted.id, made("ExternalContactsPatchRequest", changes=names)))
    day.step("promote", lambda: api.post_externalcontacts_contact_promotion(promoted.id),
             lambda one: one.type == "Curated" and one.id == promoted.id)
    caller = met("+353861114444")
    both = made("MergeContactsRequest", contact_ids=[day.ada, caller.id])
    one = day.step("merge", lambda: api.post_externalcontacts_contacts_merge(both),
                   lambda one: {member.id for member in one.merge_set} == {one.id, day.ada, caller.id})
    day.step("unresolved", lambda: api.get_externalcontacts_contact_unresolved(caller.id),
             lambda raw: raw.id == caller.id and raw.merged_to.id == one.id)
    day.step("an ancestor leads on", lambda: api.get_externalcontacts_contact(caller.id), lambda now: now.id == one.id)
    other = met("+353861115555")
    pair = made("MergeRequest", source_contact_id=other.id, target_contact_id=one.id)
    day.step("merge two", lambda: api.post_externalcontacts_merge_contacts(pair), lambda now: len(now.merge_set) == 5)
    kept = made("MergeContactsRequest", contact_ids=[day.ada, day.bea])
    day.refused("both kept", 400, lambda: api.post_externalcontacts_contacts_merge(kept))


def association(day):
    api, conversations = sdk.ExternalContactsApi(day.agent), sdk.ConversationsApi(day.integration)
    call = day.call["conversationId"]
    session = day.call["participants"][0]["sessions"][0]["sessionId"]

    def associate(to):
        wish = made("ConversationAssociation", conversation_id=call, communication_id=session, media_type="CALL")
        if to:
            wish.external_contact_id = to
        return api.put_externalcontacts_conversation(call, wish)

    def whose():
        return conversations.get_conversation(call).participants[0].external_contact_id

    day.step("associate", lambda: associate(day.bea), lambda nothing: nothing is None)
    day.step("it is Bea's", whose, lambda one: one == day.bea)
    day.step("disassociate", lambda: associate(None))
    day.step("it is nobody's", whose, lambda one: one not in (day.ada, day.bea))
    day.step("associate again", lambda: associate(day.bea))


def analytics(day):
    api = sdk.AnalyticsApi(day.integration)
    call = day.call["conversationId"]
    query = made("ConversationQuery", interval="2026-11-01T00:00:00.000Z/2026-11-30T00:00:00.000Z", order="desc",
                 paging=made("PagingSpec", page_size=50, page_number=1))
    day.step("details", lambda: api.post_analytics_conversations_details_query(query),
             lambda found: found.total_hits > 5)
    day.step("details of one", lambda: api.get_analytics_conversation_details(call),
             lambda one: one.conversation_id == call)


def bulk(day):
    api = sdk.ExternalContactsApi(day.integration)
    many = made("BulkContactsRequest", entities=[contact(f"B{at}", "Bulk") for at in range(BULK)])
    done = day.step("add a thousand", lambda: api.post_externalcontacts_bulk_contacts_add(many),
                    lambda done: done.error_count == 0 and len(done.results) == BULK)
    first = [one.id for one in done.results[:3]]
    day.step("fetch", lambda: api.post_externalcontacts_bulk_contacts(ids(first + [NOBODY])),
             lambda done: done.error_count == 1 and done.results[3].error.code == "not.found")
    day.step("fetch as they are", lambda: api.post_externalcontacts_bulk_contacts_unresolved(ids(first)),
             lambda done: done.error_count == 0)
    one = done.results[0].entity
    one.title = "Dr"
    day.step("update", lambda: api.post_externalcontacts_bulk_contacts_update(
        made("BulkContactsRequest", entities=[one])), lambda done: done.results[0].entity.title == "Dr")
    day.step("remove", lambda: api.post_externalcontacts_bulk_contacts_remove(ids(first)),
             lambda done: done.error_count == 0)
    many.entities.append(contact("One", "Too many"))
    day.refused("more than a thousand", 400, lambda: api.post_externalcontacts_bulk_contacts_add(many))


def scan(day):
    api = sdk.ExternalContactsApi(day.integration)
    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = day.step("scan", lambda: api.get_externalcontacts_scan_contacts(limit=200, **more))
        found.extend(one.id for one in page.entities)
        cursor = page.cursors.after
        if not cursor:
            break
    day.step("all of them, each once", lambda: found, lambda found: len(set(found)) == len(found) >= BULK - 3)


def enrich(day):
    api = sdk.ExternalContactsApi(day.integration)

    def wish(action, value, **values):
        return made("ContactEnrichRequest", action=action, matching_identifiers=[identifier("Email", value)],
                    contact=made("ExternalContact", **values))

    def status():
        return day.integration.last_response.status

    new = wish("Upsert", "eva@sdk.example", first_name="Eva", last_name="Enriched", work_email="eva@sdk.example")
    day.step("a rehearsal", lambda: api.post_externalcontacts_contacts_enrich(new, dry_run=True),
             lambda one: one.first_name == "Eva" and status() == 201)
    eva = day.step("enrich: made", lambda: api.post_externalcontacts_contacts_enrich(new),
                   lambda one: one.first_name == "Eva" and status() == 201)
    more = wish("Update", "eva@sdk.example", title="Dr")
    day.step("enrich: changed", lambda: api.post_externalcontacts_contacts_enrich(more),
             lambda one: (one.id, one.title, one.first_name, status()) == (eva.id, "Dr", "Eva", 200))
    several = made("BulkContactsEnrichRequest", entities=[more, wish("Insert", "eva@sdk.example", title="Prof")])
    day.step("enrich several", lambda: api.post_externalcontacts_bulk_contacts_enrich(several),
             lambda done: (done.error_count, done.error_indexes) == (1, [1]))


def organizations(day):
    api = sdk.ExternalContactsApi(day.integration)
    acme = day.step("an organization", lambda: api.post_externalcontacts_organizations(
        made("ExternalOrganization", name="Sdk Works", industry="Mending")), lambda one: one.industry == "Mending")
    acme.industry = "Baking"
    day.step("change it", lambda: api.put_externalcontacts_organization(acme.id, acme),
             lambda one: one.industry == "Baking")
    day.step("find it", lambda: api.get_externalcontacts_organizations(q="sdk works"), lambda page: page.total == 1)
    member = contact("Max", "Member")
    member.external_organization = made("ExternalOrganization", id=acme.id, name="Sdk Works")
    max_ = day.step("a member", lambda: api.post_externalcontacts_contacts(member))
    day.step("its members", lambda: api.get_externalcontacts_organization_contacts(acme.id),
             lambda page: [one.id for one in page.entities] == [max_.id])
    day.refused("somebody belongs to it", 409, lambda: api.delete_externalcontacts_organization(acme.id))
    day.step("nobody does", lambda: api.delete_externalcontacts_contact(max_.id))
    day.step("delete it", lambda: api.delete_externalcontacts_organization(acme.id))
    day.refused("it is gone", 404, lambda: api.get_externalcontacts_organization(acme.id))
    several = made("BulkOrganizationsRequest", entities=[
        made("ExternalOrganization", name=name) for name in ("Sdk One", "Sdk Two")])
    done = day.step("several organizations", lambda: api.post_externalcontacts_bulk_organizations_add(several),
                    lambda done: done.error_count == 0)
    kept = [one.id for one in done.results]
    day.step("fetch organizations", lambda: api.post_externalcontacts_bulk_organizations(ids(kept + [NOBODY])),
             lambda done: (done.error_count, done.error_indexes) == (1, [2]))
    renamed = done.results[0].entity
    renamed.name = "Sdk Three"
    day.step("change organizations", lambda: api.post_externalcontacts_bulk_organizations_update(
        made("BulkOrganizationsRequest", entities=[renamed])), lambda done: done.results[0].entity.name == "Sdk Three")
    day.step("remove organizations", lambda: api.post_externalcontacts_bulk_organizations_remove(ids(kept)),
             lambda done: done.error_count == 0)


def a_person(day):
    """Somebody signs in, sees the own conversations, and wraps one up."""
    day.serving.user(LINDSAY, "agent")
    client, _ = day.serving.client("desk", "agent", "--redirect", BACK)
    password = json.loads(day.serving.run("user", "rotate", LINDSAY, "--json"))["password"]
    api = day.fresh()
    verifier = api.generate_pkce_code_verifier(64)
    asked = {"response_type": "code", "client_id": client, "redirect_uri": BACK, "state": "a&b",
             "code_challenge": api.compute_pkce_code_challenge(verifier), "code_challenge_method": "S256"}
    host = day.serving.host.removeprefix("http://")
    code = day.step("sign in", lambda: signed_in(host, asked, password), lambda code: code is not None)
    day.step("a token for the code", lambda: api.get_pkce_token(client, verifier, code, BACK)[1],
             lambda tokens: tokens["expires_in"] > 0)
    day.step("users/me", lambda: sdk.UsersApi(api).get_users_me(expand=["authorization"]),
             lambda me: me.name == LINDSAY and me.id == seen.LINDSAY)
    conversations = sdk.ConversationsApi(api)
    call = day.call["conversationId"]
    day.step("the own conversations", lambda: conversations.get_conversations(),
             lambda page: call in [one.id for one in page.entities])
    day.step("as a call", lambda: conversations.get_conversations_call(call), lambda one: one.id == call)
    agent = day.call["participants"][1]["participantId"]
    names = sdk.RoutingApi(api).get_routing_wrapupcodes().entities
    wrapup = made("MediaParticipantRequest", wrapup=made("Wrapup", code=names[0].id, notes="all well"))
    day.step("wrap up", lambda: conversations.patch_conversation_participant(call, agent, wrapup))
    day.step("the wrap-up", lambda: conversations.get_conversation_participant_wrapup(call, agent),
             lambda one: (one.code, one.notes) == (names[0].id, "all well"))
    customer = day.call["participants"][0]["participantId"]
    for give, values in ((conversations.patch_conversation_participant_attributes, {"order": "77"}),
                         (conversations.patch_conversations_call_participant_attributes, {"floor": "2"})):
        wish = made("ParticipantAttributes", attributes=values)
        day.step("attributes", lambda: give(call, customer, wish))
    day.step("both are there", lambda: conversations.get_conversation(call),
             lambda one: one.participants[0].attributes == {"order": "77", "floor": "2"})


def signed_in(host, asked, password):
    """What a browser does with the page: the code that it is sent back with."""
    connection = http.client.HTTPConnection(host)
    connection.request("GET", f"/oauth/authorize?{urllib.parse.urlencode(asked)}")
    page = connection.getresponse().read().decode()
    if html.escape("a&b") not in page or 'for="password"' not in page:
        return None
    form = urllib.parse.urlencode({**asked, "name": LINDSAY, "password": password})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/oauth/authorize", form, headers)
    answer = connection.getresponse()
    back = urllib.parse.urlsplit(answer.headers.get("Location") or "")
    answer.read()
    values = urllib.parse.parse_qs(back.query)
    return values["code"][0] if values.get("state") == ["a&b"] else None


def notifications(day):
    """What changes is told over a socket. Skipped only where the server says that it does not serve it."""
    api = sdk.NotificationsApi(day.integration)
    topic = f"v2.externalcontacts.contacts.{day.bea}"
    try:
        channel = api.post_notifications_channels()
    except ApiException as error:
        if error.status == 501:
            return day.skip("notifications", "the server does not serve them")
        raise
    import websocket

    socket = websocket.create_connection(channel.connect_uri, timeout=30)
    try:
        day.step("subscribe", lambda: api.put_notifications_channel_subscriptions(
            channel.id, [made("ChannelTopic", id=topic)]), lambda page: page.entities[0].id == topic)
        day.step("subscriptions", lambda: api.get_notifications_channel_subscriptions(channel.id),
                 lambda page: len(page.entities) == 1)
        change = made("ContactsPatchChange", field="$.title", value="Told", action="Update")
        request = made("ExternalContactsPatchRequest", changes=[change])
        contacts = sdk.ExternalContactsApi(day.integration)
        threading.Thread(target=lambda: contacts.patch_externalcontacts_contact(day.bea, request)).start()
        day.step("it is told", lambda: heard(socket, topic), lambda body: body["title"] == "Told")
    finally:
        socket.close()


def heard(socket, topic):
    """The body of the next message of a topic; others, such as heartbeats, are passed over."""
    for _ in range(100):
        message = json.loads(socket.recv())
        if message.get("topicName") == topic:
            return message["eventBody"]
    raise RuntimeError(f"100 messages, and none of {topic}")


def exports(day):
    """Somebody asks for every kept contact, waits until the file is written, and fetches it."""
    api = sdk.ExternalContactsApi(day.integration)
    kept = made("ContactsExportFilter", eq=made("ContactsExportFieldFilter", field="ContactClassification", value="Curated"))
    asked = made("ContactsExport", query_conditions=made("ContactsExportQueryConditions", filters=kept))
    export = day.step("export the contacts", lambda: api.post_externalcontacts_contacts_exports(asked))
    for _ in range(600):
        if export.status != "RUNNING":
            break
        time.sleep(0.1)
        export = api.get_externalcontacts_contacts_export(export.id)
    day.step("it is written", lambda: export,
             lambda one: one.status == "SUCCEEDED" and BULK - 3 <= one.result_row_count)
    day.step("the exports", lambda: api.get_externalcontacts_contacts_exports(),
             lambda page: page.entities[0].id == export.id)
    wish = urllib.request.Request(export.download_url,
                                  headers={"Authorization": f"Bearer {day.integration.access_token}"})
    rows = day.step("the file", lambda: list(csv.DictReader(io.StringIO(
        urllib.request.urlopen(wish).read().decode()))), lambda rows: len(rows) == export.result_row_count)
    day.step("Bea is in it", lambda: [row for row in rows if row["id"] == day.bea], lambda found: len(found) == 1)
    for kind in ("notes", "organizations"):
        more = made("".join((kind.capitalize(), "Export")))
        day.step(kind, lambda: getattr(api, f"post_externalcontacts_{kind}_exports")(more), lambda one: one.id is not None)


def gdpr(day):
    api = sdk.GeneralDataProtectionRegulationApi(day.integration)
    found = day.step("whom it is about", lambda: api.get_gdpr_subjects("EMAIL", "eva@sdk.example"),
                     lambda page: page.entities[0].external_contact_id is not None)
    eva = found.entities[0].external_contact_id

    def ask(kind, **more):
        request = made("GDPRRequest", request_type=kind, subject=made("GDPRSubject", external_contact_id=eva))
        return api.post_gdpr_requests(request, **more)

    export = day.step("export", lambda: ask("GDPR_EXPORT"), lambda one: one.status == "COMPLETED")
    person = day.step("the export", lambda: day.integration.call_api(
        export.results_url, "GET", response_type="object", auth_settings=["PureCloud OAuth"],
        header_params={"Accept": "application/json"}))
    day.step("it is about her", lambda: json.dumps(person), lambda text: "eva@sdk.example" in text)
    term = made("ReplacementTerm", type="NAME", existing_value="Enriched", updated_value="Improved")
    update = made("GDPRRequest", request_type="GDPR_UPDATE", subject=made("GDPRSubject", external_contact_id=eva),
                  replacement_terms=[term])
    day.step("update", lambda: api.post_gdpr_requests(update), lambda one: one.status == "COMPLETED")
    day.step("she has the new name", lambda: sdk.ExternalContactsApi(day.integration).get_externalcontacts_contact(eva),
             lambda one: one.last_name == "Improved")
    day.refused("not confirmed", 400, lambda: ask("GDPR_DELETE"))
    gone = day.step("delete", lambda: ask("GDPR_DELETE", delete_confirmed=True), lambda one: one.status == "COMPLETED")
    day.step("the request", lambda: api.get_gdpr_request(gone.id), lambda one: one.request_type == "GDPR_DELETE")
    day.step("the requests", lambda: api.get_gdpr_requests(), lambda page: page.total == 3)
    contacts_api = sdk.ExternalContactsApi(day.integration)
    day.refused("she is gone", 404, lambda: contacts_api.get_externalcontacts_contact(eva))


def refusals(day):
    api, agent = sdk.ExternalContactsApi(day.integration), sdk.ExternalContactsApi(day.agent)
    stranger = day.fresh()
    stranger.access_token = "nonsense"
    day.refused("a bad token", 401, lambda: sdk.TokensApi(stranger).get_tokens_me(), "bad.credentials")
    day.refused("no id", 400, lambda: api.get_externalcontacts_contact("nonsense"))
    day.refused("nobody", 404, lambda: api.get_externalcontacts_contact(NOBODY), "not.found")
    day.refused("not allowed", 403, lambda: agent.delete_externalcontacts_contact(day.bea))
    changes = [made("ContactsPatchChange", field=field, value=value, action="Update")
               for field, value in (("$.address", {"city": "Cork"}), ("$.address.city", "Galway"))]
    request = made("ExternalContactsPatchRequest", changes=changes)
    day.refused("parent and child", 409, lambda: api.patch_externalcontacts_contact(day.bea, request), "conflict")
    day.refused("refused by the rules", 422, lambda: api.post_externalcontacts_contacts(made("ExternalContact")),
                "unprocessable.entity")
    day.refused("not served", 501, lambda: api.get_externalcontacts_contacts_schemas(), "not.implemented")
    day.step("delete", lambda: api.delete_externalcontacts_contact(day.bea))
    day.refused("deleted", 404, lambda: api.get_externalcontacts_contact(day.bea))


CHAPTERS = [
    who_asks, contacts, claims, notes, sources, journey, merges, association, analytics, bulk, scan, enrich, organizations,
    a_person, notifications, exports, gdpr, refusals,
]
