//! Requests about what is kept of a person: whom they are about, an export, an update of values, a deletion of
//! everything.

mod subject;
mod term;

pub use subject::subjects;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::contact::{Resolved, find};
use super::page::{Page, SIZE_MAX, WINDOW_MAX};
use super::problem::{self, Problem};
use crate::backend::{Backend, Trouble};
use crate::domain::command::{Command, Edit, Remark};
use crate::domain::contact::{ContactId, NotAnId};
use crate::domain::{Permission, Refusal};
use crate::store::request::{PersonRequest, RequestKind, RequestStatus};

/// Why the journal says that the person was erased. One word, since it must be part of nobody's name.
const REASON: &str = "GDPR";
/// Requests of a page when nobody says how many.
const PAGE: usize = 25;

/// `POST gdpr/requests`: done at once, over everybody who was merged with the subject.
pub async fn ask(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    let kind = kind(&body)?;
    let is_confirmed = call.query.flag("deleteConfirmed")?;
    if kind == RequestKind::Delete {
        problem::need(call.may(Permission::PersonErase), Permission::PersonErase)?;
        if !is_confirmed {
            let why = "nothing is deleted before it is true";
            return Err(Problem::bad_value("deleteConfirmed", why));
        }
    }
    let contact = subject::named(&call, &body).await?;
    let edits = match kind {
        RequestKind::Update => edits(&call, &body, contact).await?,
        RequestKind::Export | RequestKind::Delete => Vec::new(),
    };
    let mut request = PersonRequest {
        id: Uuid::new_v4(),
        kind,
        status: RequestStatus::Begun,
        by: call.session.account.id,
        at: call.site.now(),
        contact,
    };
    call.site.catalog.put_request(request.clone()).await?;
    let done = match kind {
        // It is put together when somebody fetches it, so that nothing of it is kept here.
        RequestKind::Export => Ok(()),
        RequestKind::Update => edit(&call, contact, edits).await,
        RequestKind::Delete => erase(&call, contact).await,
    };
    request.status = match done {
        Ok(()) => RequestStatus::Completed,
        Err(_) => RequestStatus::Failed,
    };
    call.site.catalog.put_request(request.clone()).await?;
    done?;
    Ok(Answer::json(shown(&call, &request).await))
}

/// What the terms of an update come to.
async fn edits(
    call: &Call,
    body: &Map<String, Value>,
    contact: ContactId,
) -> Result<Vec<Edit>, Problem> {
    problem::need(call.may(Permission::ContactEdit), Permission::ContactEdit)?;
    let terms = term::read(body)?;
    let now = find(call.site.store(), contact, Resolved::Canonical).await?;
    let region = call.backend().options().region.as_deref();
    term::edits(&now.fields, &terms, region)
}

/// An update is an edit like that of anybody else: it stands in the history, and can be undone.
async fn edit(call: &Call, contact: ContactId, edits: Vec<Edit>) -> Result<(), Problem> {
    call.backend().run(Command::Edit { contact, edits }).await?;
    Ok(())
}

async fn erase(call: &Call, contact: ContactId) -> Result<(), Problem> {
    let reason = REASON.to_owned();
    let outcome = call
        .backend()
        .run(Command::Erase { contact, reason })
        .await?;
    let held = outcome.remarks.iter();
    let held = held.filter(|remark| matches!(remark, Remark::NotScrubbed { .. }));
    held.for_each(|remark| tracing::warn!(%contact, "an erasure is not whole yet: {remark}"));
    Ok(())
}

fn kind(body: &Map<String, Value>) -> Result<RequestKind, Problem> {
    match body.get("requestType").and_then(Value::as_str) {
        Some("GDPR_EXPORT") => Ok(RequestKind::Export),
        Some("GDPR_UPDATE") => Ok(RequestKind::Update),
        Some("GDPR_DELETE") => Ok(RequestKind::Delete),
        Some(_) | None => Err(Problem::bad_value(
            "requestType",
            "it is GDPR_EXPORT, GDPR_UPDATE or GDPR_DELETE",
        )),
    }
}

/// `GET gdpr/requests`: the newest first.
pub async fn list(call: Call) -> Result<Answer, Problem> {
    let (size, number) = (
        call.query.number("pageSize", PAGE, 1, SIZE_MAX)?,
        call.query.number("pageNumber", 1, 1, WINDOW_MAX)?,
    );
    let page = Page { size, number };
    let found = call.site.catalog.requests(size, page.offset()).await?;
    let mut entities = Vec::new();
    for request in &found.found {
        entities.push(shown(&call, request).await);
    }
    Ok(Answer::json(page.listing(&call, entities, found.total)))
}

/// `GET gdpr/requests/{requestId}`.
pub async fn read(call: Call) -> Result<Answer, Problem> {
    let request = found(&call).await?;
    Ok(Answer::json(shown(&call, &request).await))
}

/// `GET /api/scv/v1/gdpr/requests/{requestId}/result`: what is kept of the person now, for who asked for it.
pub async fn result(call: Call) -> Result<Answer, Problem> {
    let request = found(&call).await?;
    if request.by != call.session.account.id {
        return Err(Problem::of_another());
    }
    match request.kind {
        RequestKind::Export => {
            let document = call.backend().exported(request.contact).await?;
            call.backend().record_export(request.contact).await?;
            Ok(Answer::json(document))
        }
        RequestKind::Update => Err(Problem::not_found("a result of an update")),
        RequestKind::Delete => Err(Problem::not_found("a result of a deletion")),
    }
}

async fn found(call: &Call) -> Result<PersonRequest, Problem> {
    let text = call.text(0);
    let id = Uuid::parse_str(text).map_err(|_| NotAnId(text.chars().take(60).collect()))?;
    let found = call.site.catalog.request(id).await?;
    found.ok_or_else(|| Problem::not_found("the request"))
}

/// A `GDPRRequest`. Of the subject it has the id alone: that outlives the person.
async fn shown(call: &Call, request: &PersonRequest) -> Value {
    let (id, kind) = (request.id, request.kind);
    let mut shown = json!({
        "id": id.to_string(),
        "createdBy": {"id": request.by.to_string()},
        "requestType": match kind {
            RequestKind::Export => "GDPR_EXPORT",
            RequestKind::Update => "GDPR_UPDATE",
            RequestKind::Delete => "GDPR_DELETE",
        },
        "createdDate": request.at.to_string(),
        "status": status(call, request).await,
        "subject": {"externalContactId": request.contact.to_string()},
        "selfUri": format!("/api/v2/gdpr/requests/{id}"),
    });
    if kind == RequestKind::Export {
        let url = format!("/api/scv/v1/gdpr/requests/{id}/result");
        shown["resultsUrls"] = json!([url]);
        shown["resultsUrl"] = url.into();
    }
    shown
}

async fn status(call: &Call, request: &PersonRequest) -> &'static str {
    match (request.status, request.kind) {
        (RequestStatus::Completed, _) => "COMPLETED",
        (RequestStatus::Failed, _) => "ERROR",
        (RequestStatus::Begun, RequestKind::Export) => "INITIATED",
        // It is done at once, unless the server ended just then; the history of the contact says whether it was.
        (RequestStatus::Begun, RequestKind::Update) => "UPDATING",
        // The journal knows whether the person went, should the server have ended before it wrote that down here.
        (RequestStatus::Begun, RequestKind::Delete) => match is_erased(call, request).await {
            true => "COMPLETED",
            false => "DELETING",
        },
    }
}

async fn is_erased(call: &Call, request: &PersonRequest) -> bool {
    let gone = Refusal::NoContact(request.contact).into();
    match call.backend().name_gone(gone).await {
        Trouble::Refused(refusal) => matches!(*refusal, Refusal::Erased { .. }),
        Trouble::Broken(_) | Trouble::NotFound(_) | Trouble::Offline(_) => false,
        Trouble::Limited(_) | Trouble::Unknown { .. } => false,
    }
}
