//! The table of routes. The rights, types and statuses of those under `/api/v2` are the contract's, and a test
//! holds each row against it.

use super::super::{
    analytics, association, contact, conversation, desk, docs, export, gdpr, health, journey, me,
    metrics, note, notice, oauth, organization, own, review, routing, source, user,
};
use super::Gives::{Accepted, Csv, Empty, Json, List, Object, Own, Page, Plain, Word};
use super::Method::{Delete, Get, Head, Patch, Post, Put};
use super::Needs::{All, Any, Nothing as Nobody, Token};
use super::Takes::{Form, Json as Body, Lines, List as Bodies, Nothing, Texts};
use super::{Act, Gives, Method, Needs, Route, Takes};

/// Somebody with a token.
macro_rules! known {
    ($act:path) => {
        Act::Known(|call| Box::pin($act(call)))
    };
}

/// Anybody.
macro_rules! anybody {
    ($act:path) => {
        Act::Anybody(|knock| Box::pin($act(knock)))
    };
}

const fn row(
    method: Method,
    path: &'static str,
    needs: Needs,
    takes: Takes,
    gives: Gives,
    act: Act,
) -> Route {
    Route {
        method,
        path,
        needs,
        takes,
        gives,
        act,
    }
}

const CONTACT: &str = "ExternalContact";
const ORGANIZATION: &str = "ExternalOrganization";
const CHANGES: &str = "ExternalContactsPatchRequest";
const ATTRIBUTES: &str = "ParticipantAttributes";

/// Rights as the contract lists them.
const VIEW: Needs = Any(&["relate:contact:view", "externalContacts:contact:view"]);
const REVIEW: Needs = All(&["externalContacts:conversation:viewAll", "scv:history:view"]);
const MESSAGES: Needs = Any(&[
    "conversation:message:view",
    "conversation:webmessaging:view",
]);
const VIEW_ONLY: Needs = Any(&["externalContacts:contact:view"]);
const LOOK_UP: Needs = Any(&["externalContacts:contact:view", "relate:contact:view"]);
const ADD: Needs = Any(&["relate:contact:add", "externalContacts:contact:add"]);
const ADD_ONLY: Needs = Any(&["externalContacts:contact:add"]);
const EDIT: Needs = Any(&["relate:contact:edit", "externalContacts:contact:edit"]);
const EDIT_ONLY: Needs = Any(&["externalContacts:contact:edit"]);
const DELETE: Needs = Any(&["relate:contact:delete", "externalContacts:contact:delete"]);
const DELETE_ONLY: Needs = Any(&["externalContacts:contact:delete"]);
const MERGE: Needs = Any(&["externalContacts:identity:merge"]);
const PROMOTE: Needs = Any(&["externalContacts:identity:promote"]);
const ASSOCIATE: Needs = Any(&[
    "relate:conversation:associate",
    "externalContacts:conversation:associate",
]);
const ORGANIZATION_VIEW: Needs = Any(&[
    "relate:externalOrganization:view",
    "externalContacts:externalOrganization:view",
]);
const ORGANIZATION_ADD: Needs = Any(&[
    "relate:externalOrganization:add",
    "externalContacts:externalOrganization:add",
]);
const ORGANIZATION_EDIT: Needs = Any(&[
    "relate:externalOrganization:edit",
    "externalContacts:externalOrganization:edit",
]);
const ORGANIZATION_VIEW_ONLY: Needs = Any(&["externalContacts:externalOrganization:view"]);
const ORGANIZATION_ADD_ONLY: Needs = Any(&["externalContacts:externalOrganization:add"]);
const ORGANIZATION_DELETE_ONLY: Needs = Any(&["externalContacts:externalOrganization:delete"]);
const ORGANIZATION_EDIT_ONLY: Needs = Any(&["externalContacts:externalOrganization:edit"]);
const ORGANIZATION_DELETE: Needs = Any(&[
    "relate:externalOrganization:delete",
    "externalContacts:externalOrganization:delete",
]);
const ENRICH: Needs = Any(&["externalContacts:contact:enrich"]);
const SOURCE_VIEW: Needs = Any(&[
    "externalContacts:externalSource:view",
    "externalContacts:contact:view",
    "externalContacts:externalOrganization:view",
]);
const SOURCE_ADD: Needs = Any(&["externalContacts:externalSource:add"]);
const CONTACTS_EXPORT: Needs = All(&[
    "externalContacts:export:add",
    "externalContacts:contact:view",
]);
const CONTACTS_EXPORT_VIEW: Needs = All(&[
    "externalContacts:export:view",
    "externalContacts:contact:view",
]);
const NOTES_EXPORT: Needs = All(&[
    "externalContacts:export:add",
    "externalContacts:contact:view",
    "externalContacts:externalOrganization:view",
]);
const NOTES_EXPORT_VIEW: Needs = All(&[
    "externalContacts:export:view",
    "externalContacts:contact:view",
    "externalContacts:externalOrganization:view",
]);
const ORGANIZATIONS_EXPORT: Needs = All(&[
    "externalContacts:export:add",
    "externalContacts:externalOrganization:view",
]);
const ORGANIZATIONS_EXPORT_VIEW: Needs = All(&[
    "externalContacts:export:view",
    "externalContacts:externalOrganization:view",
]);
const SOURCE_EDIT: Needs = Any(&["externalContacts:externalSource:edit"]);
const SOURCE_DELETE: Needs = Any(&["externalContacts:externalSource:delete"]);
const NOTES_VIEW: Needs = All(&[
    "externalContacts:contact:view",
    "externalContacts:externalOrganization:view",
]);
const NOTES_ADD: Needs = All(&[
    "externalContacts:contact:add",
    "externalContacts:externalOrganization:add",
]);
const NOTES_EDIT: Needs = All(&[
    "externalContacts:contact:edit",
    "externalContacts:externalOrganization:edit",
]);
const NOTES_DELETE: Needs = All(&[
    "externalContacts:contact:delete",
    "externalContacts:externalOrganization:delete",
]);
const SEGMENT_NAMES: Needs = Any(&["journey:segment:view"]);
const OUTCOME_NAMES: Needs = Any(&["journey:outcome:view"]);
const SESSIONS: Needs = Any(&["externalContacts:session:view"]);
const SEGMENTS: Needs = Any(&["externalContacts:segmentAssignment:view"]);
const SESSION: Needs = Any(&["journey:session:view", "externalContacts:session:view"]);
const EVENTS: Needs = Any(&["journey:event:view"]);
const SCORES: Needs = Any(&["journey:outcomescores:view"]);
const QUEUES: Needs = Any(&["routing:queue:view"]);
const CODES: Needs = Any(&["routing:wrapupCode:view"]);
const COMMUNICATION: Needs = Any(&["conversation:communication:view"]);
const PARTICIPANT: Needs = Any(&[
    "conversation:participant:wrapup",
    "conversation:call:record",
    "conversation:communication:disconnect",
]);
const PARTICIPANT_EMAIL: Needs = Any(&[
    "conversation:participant:wrapup",
    "conversation:call:record",
    "conversation:communication:disconnect",
    "conversation:email:park",
]);
const TAKE: Needs = Any(&[
    "conversation:call:pull",
    "conversation:call:assign",
    "conversation:callback:pull",
    "conversation:callback:assign",
    "conversation:webchat:pull",
    "conversation:webchat:assign",
    "conversation:email:pull",
    "conversation:email:assign",
    "conversation:message:pull",
    "conversation:message:assign",
]);
const WRAP_UP: Needs = Any(&["conversation:participant:wrapup"]);
const DETAILS: Needs = Any(&[
    "analytics:conversationDetail:view",
    "analytics:agentConversationDetail:view",
]);
const GDPR_ADD: Needs = Any(&["gdpr:request:add"]);
const GDPR_VIEW: Needs = Any(&["gdpr:request:view"]);
const GDPR_SUBJECTS: Needs = Any(&["gdpr:subject:view"]);
const INGEST: Needs = Any(&["scv:ingest"]);

/// Every route that is served.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    // Doors that anybody may knock at.
    row(Get,    "/health/live",           Nobody, Nothing, Own("the status"), anybody!(health::live)),
    row(Get,    "/health/ready",          Nobody, Nothing, Own("the status"), anybody!(health::ready)),
    row(Get,    "/api/v2/docs",           Nobody, Nothing, Page,           anybody!(docs::page)),
    row(Get,    "/metrics",               Nobody, Nothing, Plain,          anybody!(metrics::metrics)),
    row(Get,    "/api/v2/docs/swagger",   Nobody, Nothing, Own("an OpenAPI document"), anybody!(docs::swagger)),
    row(Post,   "/oauth/token",           Nobody, Form,    Own("tokens"),  anybody!(oauth::token)),
    row(Get,    "/oauth/authorize",       Nobody, Nothing, Page,           anybody!(oauth::page)),
    row(Post,   "/oauth/authorize",       Nobody, Form,    Empty(303),     anybody!(oauth::sign_in)),

    // External contacts.
    row(Get,    "/api/v2/externalcontacts/contacts",                         VIEW,        Nothing,                      Json("ContactListing"),                known!(contact::list)),
    row(Post,   "/api/v2/externalcontacts/contacts",                         ADD,         Body(CONTACT),                Json(CONTACT),                         known!(contact::create)),
    row(Post,   "/api/v2/externalcontacts/contacts/search",                  VIEW_ONLY,   Body("ContactSearchRequest"), Json("ContactListing"),                known!(contact::search)),
    row(Post,   "/api/v2/externalcontacts/contacts/merge",                   MERGE,       Body("MergeContactsRequest"), Json(CONTACT),                         known!(contact::merge)),
    row(Post,   "/api/v2/externalcontacts/merge/contacts",                   MERGE,       Body("MergeRequest"),         Json(CONTACT),                         known!(contact::merge_two)),
    row(Get,    "/api/v2/externalcontacts/contacts/{contactId}",             VIEW,        Nothing,                      Json(CONTACT),                         known!(contact::read)),
    row(Put,    "/api/v2/externalcontacts/contacts/{contactId}",             EDIT,        Body(CONTACT),                Json(CONTACT),                         known!(contact::replace)),
    row(Patch,  "/api/v2/externalcontacts/contacts/{contactId}",             EDIT_ONLY,   Body(CHANGES),                Json(CONTACT),                         known!(contact::patch)),
    row(Delete, "/api/v2/externalcontacts/contacts/{contactId}",             DELETE,      Nothing,                      Object,                                known!(contact::delete)),
    row(Get,    "/api/v2/externalcontacts/contacts/{contactId}/unresolved",  VIEW_ONLY,   Nothing,                      Json(CONTACT),                         known!(contact::unresolved)),
    row(Post,   "/api/v2/externalcontacts/contacts/{contactId}/promotion",   PROMOTE,     Nothing,                      Json(CONTACT),                         known!(contact::promote)),
    row(Get,    "/api/v2/externalcontacts/contacts/{contactId}/identifiers", VIEW_ONLY,   Nothing,                      Json("ContactIdentifierListing"),      known!(contact::identifiers)),
    row(Patch,  "/api/v2/externalcontacts/contacts/{contactId}/identifiers", EDIT_ONLY,   Body("IdentifierClaimRequest"), Json("ContactIdentifier"),           known!(contact::claim)),
    row(Post,   "/api/v2/externalcontacts/identifierlookup",                 LOOK_UP,     Body("ContactIdentifier"),    Json(CONTACT),                         known!(contact::lookup)),
    row(Post,   "/api/v2/externalcontacts/identifierlookup/contacts",        VIEW_ONLY,   Body("ContactIdentifier"),    Json(CONTACT),                         known!(contact::lookup)),
    row(Get,    "/api/v2/externalcontacts/reversewhitepageslookup",          VIEW_ONLY,   Nothing,                      Json("ReverseWhitepagesLookupResult"), known!(contact::reverse)),
    row(Get,    "/api/v2/externalcontacts/scan/contacts",                    VIEW,        Nothing,                      Json("CursorContactListing"),          known!(contact::scan)),
    row(Post,   "/api/v2/externalcontacts/bulk/contacts",                    VIEW_ONLY,   Body("BulkIdsRequest"),       Json("BulkFetchContactsResponse"),     known!(contact::bulk_fetch)),
    row(Post,   "/api/v2/externalcontacts/bulk/contacts/unresolved",         VIEW_ONLY,   Body("BulkIdsRequest"),       Json("BulkFetchContactsResponse"),     known!(contact::bulk_unresolved)),
    row(Post,   "/api/v2/externalcontacts/bulk/contacts/add",                ADD_ONLY,    Body("BulkContactsRequest"),  Json("BulkContactsResponse"),          known!(contact::bulk_add)),
    row(Post,   "/api/v2/externalcontacts/bulk/contacts/update",             EDIT_ONLY,   Body("BulkContactsRequest"),  Json("BulkContactsResponse"),          known!(contact::bulk_update)),
    row(Post,   "/api/v2/externalcontacts/bulk/contacts/remove",             DELETE_ONLY, Body("BulkIdsRequest"),       Json("BulkDeleteResponse"),            known!(contact::bulk_remove)),

    row(Post,   "/api/v2/externalcontacts/contacts/enrich",                  ENRICH,      Body("ContactEnrichRequest"), Json(CONTACT),                         known!(contact::enrich)),
    row(Post,   "/api/v2/externalcontacts/bulk/contacts/enrich",             ENRICH,      Body("BulkContactsEnrichRequest"), Json("BulkContactsEnrichResponse"), known!(contact::bulk_enrich)),

    // Notes, sources, organizations, and the association of conversations.
    row(Get,    "/api/v2/externalcontacts/contacts/{contactId}/notes",          VIEW,      Nothing,              Json("NoteListing"),               known!(note::list)),
    row(Post,   "/api/v2/externalcontacts/contacts/{contactId}/notes",          EDIT,      Body("Note"),         Json("Note"),                      known!(note::add)),
    row(Get,    "/api/v2/externalcontacts/contacts/{contactId}/notes/{noteId}", VIEW,      Nothing,              Json("Note"),                      known!(note::read)),
    row(Put,    "/api/v2/externalcontacts/contacts/{contactId}/notes/{noteId}", EDIT,      Body("Note"),         Json("Note"),                      known!(note::replace)),
    row(Patch,  "/api/v2/externalcontacts/contacts/{contactId}/notes/{noteId}", EDIT_ONLY, Body(CHANGES),        Json("Note"),                      known!(note::patch)),
    row(Delete, "/api/v2/externalcontacts/contacts/{contactId}/notes/{noteId}", EDIT,      Nothing,              Object,                            known!(note::delete)),
    row(Get,    "/api/v2/externalcontacts/scan/notes",                          VIEW,      Nothing,              Json("CursorNoteListing"),         known!(note::scan)),
    row(Post,   "/api/v2/externalcontacts/bulk/notes",                          NOTES_VIEW, Body("BulkIdsRequest"),   Json("BulkFetchNotesResponse"), known!(note::bulk_fetch)),
    row(Post,   "/api/v2/externalcontacts/bulk/notes/add",                      NOTES_ADD,  Body("BulkNotesRequest"), Json("BulkNotesResponse"),      known!(note::bulk_add)),
    row(Post,   "/api/v2/externalcontacts/bulk/notes/update",                   NOTES_EDIT, Body("BulkNotesRequest"), Json("BulkNotesResponse"),      known!(note::bulk_update)),
    row(Post,   "/api/v2/externalcontacts/bulk/notes/remove",                   NOTES_DELETE, Body("BulkIdsRequest"), Json("BulkDeleteResponse"),     known!(note::bulk_remove)),
    row(Get,    "/api/v2/externalcontacts/externalsources",                     SOURCE_VIEW, Nothing,            Json("CursorExternalSourceListing"), known!(source::list)),
    row(Post,   "/api/v2/externalcontacts/externalsources",                     SOURCE_ADD, Body("ExternalSource"), Json("ExternalSource"),         known!(source::create)),
    row(Get,    "/api/v2/externalcontacts/externalsources/{externalSourceId}",  SOURCE_VIEW, Nothing,            Json("ExternalSource"),            known!(source::read)),
    row(Put,    "/api/v2/externalcontacts/externalsources/{externalSourceId}",  SOURCE_EDIT, Body("ExternalSource"), Json("ExternalSource"),        known!(source::replace)),
    row(Delete, "/api/v2/externalcontacts/externalsources/{externalSourceId}",  SOURCE_DELETE, Nothing,          Object,                            known!(source::delete)),
    row(Get,    "/api/v2/externalcontacts/organizations",                       ORGANIZATION_VIEW, Nothing,      Json("ExternalOrganizationListing"), known!(organization::list)),
    row(Post,   "/api/v2/externalcontacts/organizations",                       ORGANIZATION_ADD, Body(ORGANIZATION), Json(ORGANIZATION),            known!(organization::create)),
    row(Put,    "/api/v2/externalcontacts/organizations/{externalOrganizationId}", ORGANIZATION_EDIT, Body(ORGANIZATION), Json(ORGANIZATION),        known!(organization::replace)),
    row(Patch,  "/api/v2/externalcontacts/organizations/{externalOrganizationId}", ORGANIZATION_EDIT_ONLY, Body(CHANGES), Json(ORGANIZATION),        known!(organization::patch)),
    row(Delete, "/api/v2/externalcontacts/organizations/{externalOrganizationId}", ORGANIZATION_DELETE, Nothing,  Object,                           known!(organization::delete)),
    row(Get,    "/api/v2/externalcontacts/organizations/{externalOrganizationId}", ORGANIZATION_VIEW, Nothing,   Json("ExternalOrganization"),      known!(organization::read)),
    row(Get,    "/api/v2/externalcontacts/organizations/{externalOrganizationId}/contacts", VIEW, Nothing,       Json("ContactListing"),            known!(organization::contacts)),
    row(Post,   "/api/v2/externalcontacts/bulk/organizations",                  ORGANIZATION_VIEW_ONLY, Body("BulkIdsRequest"),   Json("BulkFetchOrganizationsResponse"), known!(organization::bulk_fetch)),
    row(Post,   "/api/v2/externalcontacts/bulk/organizations/add",              ORGANIZATION_ADD_ONLY,  Body("BulkOrganizationsRequest"), Json("BulkOrganizationsResponse"), known!(organization::bulk_add)),
    row(Post,   "/api/v2/externalcontacts/bulk/organizations/update",           ORGANIZATION_EDIT_ONLY, Body("BulkOrganizationsRequest"), Json("BulkOrganizationsResponse"), known!(organization::bulk_update)),
    row(Post,   "/api/v2/externalcontacts/bulk/organizations/remove",           ORGANIZATION_DELETE_ONLY, Body("BulkIdsRequest"), Json("BulkDeleteResponse"),             known!(organization::bulk_remove)),
    row(Get,    "/api/v2/externalcontacts/scan/organizations",                  ORGANIZATION_VIEW, Nothing,      Json("CursorOrganizationListing"), known!(organization::scan)),
    row(Put,    "/api/v2/externalcontacts/conversations/{conversationId}",      ASSOCIATE, Body("ConversationAssociation"), Empty(202),             known!(association::associate)),

    // Exports.
    row(Post,   "/api/v2/externalcontacts/contacts/exports",                 CONTACTS_EXPORT,      Body("ContactsExport"), Json("ContactsExport"),        known!(export::of_contacts)),
    row(Get,    "/api/v2/externalcontacts/contacts/exports",                 CONTACTS_EXPORT_VIEW, Nothing,                Json("ContactsExportListing"), known!(export::all_of_contacts)),
    row(Get,    "/api/v2/externalcontacts/contacts/exports/{exportId}",      CONTACTS_EXPORT_VIEW, Nothing,                Json("ContactsExport"),        known!(export::one_of_contacts)),
    row(Post,   "/api/v2/externalcontacts/notes/exports",                    NOTES_EXPORT,         Body("NotesExport"),    Json("NotesExport"),           known!(export::of_notes)),
    row(Get,    "/api/v2/externalcontacts/notes/exports",                    NOTES_EXPORT_VIEW,    Nothing,                Json("NotesExportListing"),    known!(export::all_of_notes)),
    row(Get,    "/api/v2/externalcontacts/notes/exports/{exportId}",         NOTES_EXPORT_VIEW,    Nothing,                Json("NotesExport"),           known!(export::one_of_notes)),
    row(Post,   "/api/v2/externalcontacts/organizations/exports",            ORGANIZATIONS_EXPORT, Body("OrganizationsExport"), Json("OrganizationsExport"), known!(export::of_organizations)),
    row(Get,    "/api/v2/externalcontacts/organizations/exports",            ORGANIZATIONS_EXPORT_VIEW, Nothing,           Json("OrganizationsExportListing"), known!(export::all_of_organizations)),
    row(Get,    "/api/v2/externalcontacts/organizations/exports/{exportId}", ORGANIZATIONS_EXPORT_VIEW, Nothing,           Json("OrganizationsExport"),   known!(export::one_of_organizations)),

    // Journey.
    row(Get,    "/api/v2/externalcontacts/contacts/{contactId}/journey/sessions", SESSIONS, Nothing, Json("SessionListing"),           known!(journey::sessions)),
    row(Get,    "/api/v2/externalcontacts/contacts/{contactId}/journey/segments", SEGMENTS, Nothing, Json("SegmentAssignmentListing"), known!(journey::segments)),
    row(Get,    "/api/v2/journey/sessions/{sessionId}",                           SESSION,  Nothing, Json("Session"),                  known!(journey::session)),
    row(Get,    "/api/v2/journey/sessions/{sessionId}/events",                    EVENTS,   Nothing, Json("EventListing"),             known!(journey::events)),
    row(Get,    "/api/v2/journey/sessions/{sessionId}/outcomescores",             SCORES,   Nothing, Json("OutcomeScoresResult"),      known!(journey::scores)),
    row(Get,    "/api/v2/journey/segments",                                       SEGMENT_NAMES, Nothing, Json("SegmentListing"),      known!(journey::all_segments)),
    row(Get,    "/api/v2/journey/segments/{segmentId}",                           SEGMENT_NAMES, Nothing, Json("JourneySegment"),      known!(journey::segment)),
    row(Get,    "/api/v2/journey/outcomes",                                       OUTCOME_NAMES, Nothing, Json("OutcomeListing"),      known!(journey::outcomes)),
    row(Get,    "/api/v2/journey/outcomes/{outcomeId}",                           OUTCOME_NAMES, Nothing, Json("Outcome"),             known!(journey::outcome)),

    // Who asks.
    row(Get,    "/api/v2/users/me",                     Token, Nothing, Json("UserMe"),                     known!(me::user)),
    row(Get,    "/api/v2/tokens/me",                    Token, Nothing, Json("TokenInfo"),                  known!(me::token)),
    row(Head,   "/api/v2/tokens/me",                    Token, Nothing, Empty(200),                         known!(me::token_head)),
    row(Delete, "/api/v2/tokens/me",                    Token, Nothing, Empty(200),                         known!(me::end_token)),
    row(Get,    "/api/v2/authorization/subjects/me",    Token, Nothing, Json("AuthzSubject"),               known!(me::subject)),
    row(Get,    "/api/v2/authorization/divisions",      Token, Nothing, Json("AuthzDivisionEntityListing"), known!(me::divisions)),
    row(Get,    "/api/v2/authorization/divisions/home", Token, Nothing, Json("AuthzDivision"),              known!(me::home_division)),

    // The organization.
    row(Get,    "/api/v2/users",          Token, Nothing, Json("UserEntityListing"), known!(user::list)),
    row(Get,    "/api/v2/users/{userId}", Token, Nothing, Json("User"),              known!(user::read)),

    // Routing.
    row(Get,    "/api/v2/routing/queues",                       QUEUES, Nothing, Json("QueueEntityListing"),      known!(routing::queues)),
    row(Get,    "/api/v2/routing/queues/{queueId}",             QUEUES, Nothing, Json("Queue"),                   known!(routing::queue)),
    row(Get,    "/api/v2/routing/queues/{queueId}/wrapupcodes", QUEUES, Nothing, Json("WrapupCodeEntityListing"), known!(routing::codes_of_queue)),
    row(Get,    "/api/v2/routing/wrapupcodes",                  CODES,  Nothing, Json("WrapupCodeEntityListing"), known!(routing::codes)),
    row(Get,    "/api/v2/routing/wrapupcodes/{codeId}",         CODES,  Nothing, Json("WrapupCode"),              known!(routing::code)),

    // Conversations.
    row(Get,    "/api/v2/conversations",                                                            Token,         Nothing, Json("ConversationEntityListing"), known!(conversation::mine)),
    row(Get,    "/api/v2/conversations/{conversationId}",                                           COMMUNICATION, Nothing, Json("Conversation"),              known!(conversation::read)),
    row(Patch,  "/api/v2/conversations/{conversationId}/participants/{participantId}",              PARTICIPANT,   Body("MediaParticipantRequest"), Empty(202), known!(conversation::change_participant)),
    row(Get,    "/api/v2/conversations/{conversationId}/participants/{participantId}/wrapup",       Token,         Nothing, Json("AssignedWrapupCode"),        known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/{conversationId}/participants/{participantId}/wrapupcodes",  Token,         Nothing, List("WrapupCode"),                known!(conversation::wrapup_codes)),
    row(Post,   "/api/v2/conversations/{conversationId}/assign",                                    TAKE,          Body("ConversationUser"), Word,      known!(conversation::assign)),
    row(Get,    "/api/v2/conversations/calls", Token, Nothing, Json("CallConversationEntityListing"), known!(conversation::calls)),
    row(Get,    "/api/v2/conversations/calls/{conversationId}", Token, Nothing, Json("CallConversation"), known!(conversation::call)),
    row(Patch,  "/api/v2/conversations/calls/{conversationId}/participants/{participantId}", PARTICIPANT, Body("MediaParticipantRequest"), Empty(202), known!(conversation::change_participant)),
    row(Get,    "/api/v2/conversations/callbacks", Token, Nothing, Json("CallbackConversationEntityListing"), known!(conversation::callbacks)),
    row(Get,    "/api/v2/conversations/callbacks/{conversationId}", Token, Nothing, Json("CallbackConversation"), known!(conversation::callback)),
    row(Patch,  "/api/v2/conversations/callbacks/{conversationId}/participants/{participantId}", PARTICIPANT, Body("MediaParticipantRequest"), Empty(202), known!(conversation::change_participant)),
    row(Get,    "/api/v2/conversations/emails", Token, Nothing, Json("EmailConversationEntityListing"), known!(conversation::emails)),
    row(Get,    "/api/v2/conversations/emails/{conversationId}", Token, Nothing, Json("EmailConversation"), known!(conversation::email)),
    row(Patch,  "/api/v2/conversations/emails/{conversationId}/participants/{participantId}", PARTICIPANT_EMAIL, Body("MediaParticipantRequest"), Empty(202), known!(conversation::change_participant)),
    row(Get,    "/api/v2/conversations/messages", Token, Nothing, Json("MessageConversationEntityListing"), known!(conversation::messages)),
    row(Get,    "/api/v2/conversations/messages/{conversationId}", Token, Nothing, Json("MessageConversation"), known!(conversation::message)),
    row(Post,   "/api/v2/conversations/messages/{conversationId}/messages/bulk", MESSAGES, Texts, Json("TextMessageListing"), known!(conversation::messages_bulk)),
    row(Get,    "/api/v2/conversations/messages/{conversationId}/messages/{messageId}", MESSAGES, Nothing, Json("MessageData"), known!(conversation::message_of)),
    row(Patch,  "/api/v2/conversations/messages/{conversationId}/participants/{participantId}", PARTICIPANT, Body("MediaParticipantRequest"), Empty(202), known!(conversation::change_participant)),
    row(Post,   "/api/v2/conversations/calls/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup",     WRAP_UP, Body("WrapupInput"), Empty(202), known!(conversation::wrap_up_communication)),
    row(Post,   "/api/v2/conversations/callbacks/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup", WRAP_UP, Body("WrapupInput"), Empty(202), known!(conversation::wrap_up_communication)),
    row(Post,   "/api/v2/conversations/emails/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup",    WRAP_UP, Body("WrapupInput"), Empty(202), known!(conversation::wrap_up_communication)),
    row(Post,   "/api/v2/conversations/messages/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup",  WRAP_UP, Body("WrapupInput"), Empty(202), known!(conversation::wrap_up_communication)),
    row(Get,    "/api/v2/conversations/calls/{conversationId}/participants/{participantId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/calls/{conversationId}/participants/{participantId}/wrapupcodes", Token, Nothing, List("WrapupCode"), known!(conversation::wrapup_codes)),
    row(Get,    "/api/v2/conversations/calls/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/callbacks/{conversationId}/participants/{participantId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/callbacks/{conversationId}/participants/{participantId}/wrapupcodes", Token, Nothing, List("WrapupCode"), known!(conversation::wrapup_codes)),
    row(Get,    "/api/v2/conversations/callbacks/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/emails/{conversationId}/participants/{participantId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/emails/{conversationId}/participants/{participantId}/wrapupcodes", Token, Nothing, List("WrapupCode"), known!(conversation::wrapup_codes)),
    row(Get,    "/api/v2/conversations/emails/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/messages/{conversationId}/participants/{participantId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Get,    "/api/v2/conversations/messages/{conversationId}/participants/{participantId}/wrapupcodes", Token, Nothing, List("WrapupCode"), known!(conversation::wrapup_codes)),
    row(Get,    "/api/v2/conversations/messages/{conversationId}/participants/{participantId}/communications/{communicationId}/wrapup", Token, Nothing, Json("AssignedWrapupCode"), known!(conversation::wrapup)),
    row(Patch,  "/api/v2/conversations/{conversationId}/participants/{participantId}/attributes",           Token, Body(ATTRIBUTES), Empty(202),           known!(conversation::attributes)),
    row(Patch,  "/api/v2/conversations/calls/{conversationId}/participants/{participantId}/attributes",     Token, Body(ATTRIBUTES), Accepted(ATTRIBUTES), known!(conversation::of_call)),
    row(Patch,  "/api/v2/conversations/callbacks/{conversationId}/participants/{participantId}/attributes", Token, Body(ATTRIBUTES), Accepted(ATTRIBUTES), known!(conversation::of_callback)),
    row(Patch,  "/api/v2/conversations/emails/{conversationId}/participants/{participantId}/attributes",    Token, Body(ATTRIBUTES), Accepted(ATTRIBUTES), known!(conversation::of_email)),
    row(Patch,  "/api/v2/conversations/messages/{conversationId}/participants/{participantId}/attributes",  Token, Body(ATTRIBUTES), Accepted(ATTRIBUTES), known!(conversation::of_message)),

    // Notifications: what each topic needs is asked when it is subscribed to.
    row(Get,    "/api/v2/notifications/availabletopics",                    Token,  Nothing,                Json("AvailableTopicEntityListing"), known!(notice::available)),
    row(Get,    "/api/v2/notifications/channels",                           Token,  Nothing,                Json("ChannelEntityListing"),        known!(notice::channels)),
    row(Post,   "/api/v2/notifications/channels",                           Token,  Nothing,                Json("Channel"),                     known!(notice::create)),
    row(Head,   "/api/v2/notifications/channels/{channelId}",               Token,  Nothing,                Empty(200),                          known!(notice::lives)),
    row(Get,    "/api/v2/notifications/channels/{channelId}/subscriptions", Token,  Nothing,                Json("ChannelTopicEntityListing"),   known!(notice::list)),
    row(Post,   "/api/v2/notifications/channels/{channelId}/subscriptions", Token,  Bodies("ChannelTopic"), Json("ChannelTopicEntityListing"),   known!(notice::add)),
    row(Put,    "/api/v2/notifications/channels/{channelId}/subscriptions", Token,  Bodies("ChannelTopic"), Json("ChannelTopicEntityListing"),   known!(notice::replace)),
    row(Delete, "/api/v2/notifications/channels/{channelId}/subscriptions", Token,  Nothing,                Empty(204),                          known!(notice::remove)),
    row(Get,    "/channels/{channelId}",                                    Nobody, Nothing,                Empty(101),                          Act::Socket),

    // Analytics.
    row(Post,   "/api/v2/analytics/conversations/details/query",            DETAILS, Body("ConversationQuery"), Json("AnalyticsConversationQueryResponse"),                     known!(analytics::query)),
    row(Get,    "/api/v2/analytics/conversations/details",                  DETAILS, Nothing, Json("AnalyticsConversationWithoutAttributesMultiGetResponse"), known!(analytics::several)),
    row(Get,    "/api/v2/analytics/conversations/{conversationId}/details", DETAILS, Nothing, Json("AnalyticsConversationWithoutAttributes"),                 known!(analytics::one)),

    // What is kept of a person.
    row(Get,    "/api/v2/gdpr/subjects",             GDPR_SUBJECTS, Nothing,             Json("GDPRSubjectEntityListing"), known!(gdpr::subjects)),
    row(Get,    "/api/v2/gdpr/requests",             GDPR_VIEW,     Nothing,             Json("GDPRRequestEntityListing"), known!(gdpr::list)),
    row(Post,   "/api/v2/gdpr/requests",             GDPR_ADD,      Body("GDPRRequest"), Json("GDPRRequest"),              known!(gdpr::ask)),
    row(Get,    "/api/v2/gdpr/requests/{requestId}", GDPR_VIEW,     Nothing,             Json("GDPRRequest"),              known!(gdpr::read)),

    // Ours alone.
    row(Post,   "/api/scv/v1/ingest",                                            INGEST,    Lines,          Own("what came in: counts, and the bad lines"), known!(own::ingest)),
    row(Get,    "/api/scv/v1/history",                                           VIEW_ONLY, Nothing,        Own("decisions, newest first"),                  known!(own::history)),
    row(Get,    "/api/scv/v1/review/decisions",                                  REVIEW,    Nothing,        Own("decisions by filter, and how many"),        known!(review::decisions)),
    row(Get,    "/api/scv/v1/review/conversations",                              All(&["externalContacts:conversation:viewAll"]), Nothing, Own("conversations by filter, and how many"), known!(review::conversations)),
    row(Get,    "/api/scv/v1/review/sample",                                     REVIEW,    Nothing,        Own("automatic links at random"),                known!(review::sample)),
    row(Get,    "/api/scv/v1/review/precision",                                  REVIEW,    Nothing,        Own("what was marked and corrected"),            known!(review::precision)),
    row(Post,   "/api/scv/v1/review/marks",                                      All(&["externalContacts:conversation:viewAll", "scv:review:mark"]), Body("ReviewMark"), Own("what came of it"),   known!(review::mark)),
    row(Post,   "/api/scv/v1/undo",                                              VIEW_ONLY, Body("Undo"),   Own("what came of it"),                          known!(own::undo)),
    row(Post,   "/api/scv/v1/conversations/{conversationId}/reopen",             TAKE,      Nothing,        Own("what came of it"),                          known!(own::reopen)),
    row(Get,    "/api/scv/v1/conversations/{conversationId}/why",                VIEW_ONLY, Nothing,        Own("why it is linked to its contact"),          known!(own::why)),
    row(Get,    "/api/scv/v1/conversations/{conversationId}/why-not/{contactId}", VIEW_ONLY, Nothing,       Own("why it is not linked to that contact"),     known!(own::why_not)),
    row(Get,    "/api/scv/v1/contacts/{contactId}/why",                          VIEW_ONLY, Nothing,        Own("why it exists and holds what it holds"),    known!(own::why_contact)),
    row(Get,    "/api/scv/v1/contacts/{contactId}/as-of",                        VIEW_ONLY, Nothing,        Own("the contact as it stood then"),             known!(own::as_of)),
    row(Get,    "/api/scv/v1/entries/{entry}/unmerge",                           VIEW_ONLY, Nothing,        Own("what came since, and where it would go"),   known!(own::preview)),
    row(Post,   "/api/scv/v1/entries/{entry}/unmerge",                           MERGE,     Body("Unmerge"), Own("what came of it"),                         known!(own::unmerge)),
    row(Get,    "/api/scv/v1/shared",                                            VIEW_ONLY, Nothing,        Own("identifiers that several people use"),      known!(own::shared)),
    row(Post,   "/api/scv/v1/shared",                                            Any(&["externalContacts:conversation:associate"]), Body("SharedMark"), Own("what came of it"), known!(own::share)),
    row(Post,   "/api/scv/v1/not-same",                                          Any(&["externalContacts:conversation:associate"]), Body("NotSame"), Own("what came of it"), known!(own::not_same)),
    row(Get,    "/api/scv/v1/gdpr/requests/{requestId}/result",                  GDPR_ADD,  Nothing,        Own("everything that is kept of the person"),    known!(gdpr::result)),
    row(Get,    "/api/scv/v1/contacts/{contactId}/export",                       Any(&["gdpr:request:add"]), Nothing,  Own("everything that is known of the person"), known!(desk::export)),
    row(Get,    "/api/scv/v1/desk",                                              Token,     Nothing,        Own("who asks, and what is understood"),         known!(desk::greeting)),
    row(Post,   "/api/scv/v1/desk/asks",                                         Token,     Body("DeskAsks"), Own("an answer to each question"),             known!(desk::asks)),
    row(Post,   "/api/scv/v1/desk/commands",                                     Token,     Body("DeskCommand"), Own("what came of the change"),             known!(desk::command)),
    row(Get,    "/api/scv/v1/desk/changes",                                      Token,     Nothing,        Own("what changed, once something has"),         known!(desk::changes)),
    row(Get,    "/api/scv/v1/exports/{exportId}/file",                           Any(&["externalContacts:export:view"]), Nothing, Csv,                        known!(export::file)),
    row(Get,    "/api/scv/v1/audit/head",                                        Any(&["scv:history:view"]), Nothing, Own("the end of the journal's chain"),  known!(own::head)),
];
