//! Lists of Curated contacts: the search by query and by body, and the scan.

use serde_json::{Map, Value};

use super::super::call::{Answer, Call};
use super::super::page::{self, Page, WINDOW_MAX};
use super::super::problem::Problem;
use super::shown::{Expand, show_all};
use crate::backend::Backend;
use crate::domain::Field;
use crate::domain::contact::{Contact, ContactId, ContactType};

/// Most ids of a search.
const IDS_MAX: usize = 100;
/// Fields that a list can be sorted by.
const SORTABLE: [(&str, Field); 4] = [
    ("firstName", Field::FirstName),
    ("middleName", Field::MiddleName),
    ("lastName", Field::LastName),
    ("title", Field::Title),
];

/// What is looked for.
struct Wish {
    text: String,
    ids: Option<Vec<ContactId>>,
    divisions: Vec<String>,
    sort: Vec<(Field, Order)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Ascending,
    Descending,
}

/// `GET contacts`.
pub async fn list(call: Call) -> Result<Answer, Problem> {
    let expand = Expand::of(&call, &Expand::CONTACT)?;
    let page = Page::of(&call)?;
    let wish = Wish {
        text: call.query.text("q").unwrap_or_default().to_owned(),
        ids: None,
        divisions: owned(&call.query.list("divisionIds")),
        sort: sort(&call.query.list("sortOrder"))?,
    };
    answer(&call, page, expand, &wish).await
}

/// `POST contacts/search`: the same as a body.
pub async fn search(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    let page = Page::of_body(&body)?;
    let names = texts(&body, "expand")?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if let Some(name) = names.iter().find(|name| !Expand::CONTACT.contains(name)) {
        let name: String = name.chars().take(60).collect();
        return Err(Problem::bad_value(
            "expand",
            format!("{name:?} is not known"),
        ));
    }
    let simple = body
        .get("operation")
        .and_then(|operation| operation.get("simpleSearch"));
    let empty = Map::new();
    let simple = simple.and_then(Value::as_object).unwrap_or(&empty);
    let ids = texts(simple, "ids")?;
    if IDS_MAX < ids.len() {
        return Err(Problem::bad_value(
            "operation.simpleSearch.ids",
            "it has at most 100 ids",
        ));
    }
    let parsed: Result<Vec<ContactId>, _> = ids.iter().map(|id| id.parse()).collect();
    let order = texts(simple, "sortOrder")?;
    let text = simple.get("query").and_then(Value::as_str);
    let wish = Wish {
        text: text.unwrap_or_default().trim().to_owned(),
        ids: (!ids.is_empty()).then_some(parsed?),
        divisions: texts(&body, "divisionIds")?,
        sort: sort(&order.iter().map(String::as_str).collect::<Vec<_>>())?,
    };
    answer(&call, page, Expand::named(&names), &wish).await
}

/// `GET scan/contacts`.
pub async fn scan(call: Call) -> Result<Answer, Problem> {
    let limit = page::part_size(&call)?;
    let after = page::place(&call, "contacts", "cursor")?;
    let scanned = call.site.catalog.scan_contacts(after, limit).await?;
    let shown = show_all(call.site.store(), &scanned.found, Expand::default()).await?;
    Ok(Answer::json(page::scanned(
        &call,
        "contacts",
        shown,
        scanned.after,
    )))
}

async fn answer(call: &Call, page: Page, expand: Expand, wish: &Wish) -> Result<Answer, Problem> {
    let is_narrowed = wish.ids.is_some() || wish.divisions.iter().any(|id| id != "*");
    let (contacts, total) = match is_narrowed || !wish.sort.is_empty() {
        // What is narrowed or sorted is so within the window that can be paged through.
        true => {
            let (contacts, _) = matching(call, wish, WINDOW_MAX, 0).await?;
            let mut kept: Vec<Contact> =
                contacts.into_iter().filter(|one| wish.keeps(one)).collect();
            wish.sort(&mut kept);
            let total = kept.len();
            (page.cut(kept), total)
        }
        false => matching(call, wish, page.size, page.offset()).await?,
    };
    let shown = show_all(call.site.store(), &contacts, expand).await?;
    let mut listing = page.listing(call, shown, total);
    listing["partialResults"] = false.into();
    Ok(Answer::json(listing))
}

/// Contacts that match, best first; without a text all of them, oldest first.
async fn matching(
    call: &Call,
    wish: &Wish,
    limit: usize,
    offset: usize,
) -> Result<(Vec<Contact>, usize), Problem> {
    let store = call.site.store();
    if let Some(ids) = &wish.ids
        && wish.text.is_empty()
    {
        let found = store.contacts(ids.clone()).await?;
        let is_listed = |one: &Contact| one.is_curated() && !one.is_ancestor();
        let found: Vec<Contact> = found.into_iter().filter(is_listed).collect();
        let total = found.len();
        return Ok((found, total));
    }
    if wish.text.is_empty() {
        let scanned = call.site.catalog.scan_contacts(0, offset + limit).await?;
        let counts = store.counts().await?;
        let curated = counts
            .contacts
            .iter()
            .find(|(kind, _)| *kind == ContactType::Curated);
        let total = curated.map_or(0, |(_, count)| {
            usize::try_from(*count).unwrap_or(usize::MAX)
        });
        return Ok((scanned.found.into_iter().skip(offset).collect(), total));
    }
    let found = call
        .backend()
        .search(wish.text.clone(), limit, offset)
        .await?;
    let ids: Vec<ContactId> = found.hits.iter().map(|hit| hit.contact).collect();
    // One that was deleted meanwhile is left out.
    Ok((store.contacts(ids).await?, found.total))
}

impl Wish {
    fn keeps(&self, contact: &Contact) -> bool {
        let is_named = self
            .ids
            .as_ref()
            .is_none_or(|ids| ids.contains(&contact.id));
        let is_inside = |id: &String| id == "*" || *id == contact.division;
        is_named && (self.divisions.is_empty() || self.divisions.iter().any(is_inside))
    }

    fn sort(&self, contacts: &mut [Contact]) {
        let key = |contact: &Contact, field: Field| {
            let value = contact.fields.get(field);
            value.map(|value| value.shown(field).to_lowercase())
        };
        contacts.sort_by(|one, other| {
            let orders = self.sort.iter().map(|(field, order)| {
                let found = key(one, *field).cmp(&key(other, *field));
                match order {
                    Order::Ascending => found,
                    Order::Descending => found.reverse(),
                }
            });
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
    }
}

/// `lastName:asc` and so on.
fn sort(texts: &[&str]) -> Result<Vec<(Field, Order)>, Problem> {
    let read = texts.iter().map(|text| {
        let (name, order) = text.split_once(':').unwrap_or((text, "asc"));
        let field = SORTABLE.iter().find(|(known, _)| *known == name.trim());
        let order = match order.trim().to_ascii_lowercase().as_str() {
            "asc" => Some(Order::Ascending),
            "desc" => Some(Order::Descending),
            _ => None,
        };
        let found = field.map(|(_, field)| *field).zip(order);
        found.ok_or_else(|| {
            let why = "it is firstName, middleName, lastName or title, with :asc or :desc";
            Problem::bad_value("sortOrder", why)
        })
    });
    read.collect()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A list of texts of a body.
pub fn texts(body: &Map<String, Value>, name: &str) -> Result<Vec<String>, Problem> {
    let bad = || Problem::bad_value(name, "it is a list of texts");
    match body.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => {
            let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().ok_or_else(bad)
        }
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => Err(bad()),
    }
}
