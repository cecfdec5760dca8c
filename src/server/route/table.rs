//! The table of routes. The rights, types and statuses of those under `/api/v2` are the contract's, and a test
//! holds each row against it.

use super::super::{contact, health, oauth};
use super::Gives::{Empty, Json, Object, Own, Page};
use super::Method::{Delete, Get, Patch, Post, Put};
use super::Needs::{Any, Nothing as Nobody};
use super::Takes::{Form, Json as Body, Nothing};
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
const CHANGES: &str = "ExternalContactsPatchRequest";

/// Rights as the contract lists them.
const VIEW: Needs = Any(&["relate:contact:view", "externalContacts:contact:view"]);
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

/// Every route that is served.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    // Doors that anybody may knock at.
    row(Get,    "/health/live",           Nobody, Nothing, Own("the status"), anybody!(health::live)),
    row(Get,    "/health/ready",          Nobody, Nothing, Own("the status"), anybody!(health::ready)),
    row(Get,    "/api/v2/docs/swagger",   Nobody, Nothing, Own("an OpenAPI document"), anybody!(health::document)),
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
];
