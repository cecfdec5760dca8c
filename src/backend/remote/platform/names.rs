//! Names of queues, wrap-up codes, users, segments, outcomes and external sources, read once and kept for a
//! while. Who may not see a kind of name sees the ids.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::super::Trouble;
use super::super::super::view::NameList;
use super::super::http::Failure;
use super::PlatformBackend;
use super::ask::{entities, if_allowed};
use crate::domain::Permission;
use crate::domain::contact::OrganizationId;

/// How long names are kept before they are read again.
const KEPT: Duration = Duration::from_secs(600);
/// Names of a page.
const PAGE: usize = 100;
/// Users that are asked for at once.
const USERS_MAX: usize = 50;

const QUEUES: &str = "/api/v2/routing/queues";
const CODES: &str = "/api/v2/routing/wrapupcodes";
const SEGMENTS: &str = "/api/v2/journey/segments";
const OUTCOMES: &str = "/api/v2/journey/outcomes";
const SOURCES: &str = "/api/v2/externalcontacts/externalsources";
const ORGANIZATIONS: &str = "/api/v2/externalcontacts/organizations";

/// Names by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    queues: BTreeMap<String, String>,
    codes: BTreeMap<String, String>,
    pub(super) segments: BTreeMap<String, String>,
    /// The colours of segments.
    pub(super) colors: BTreeMap<String, String>,
    pub(super) outcomes: BTreeMap<String, String>,
    /// External sources: id and name.
    sources: Vec<(String, String)>,
}

/// What was read of names, and when.
#[derive(Default)]
pub(super) struct NameCache {
    names: tokio::sync::Mutex<Option<(Instant, Arc<Names>)>>,
    users: Mutex<BTreeMap<String, String>>,
}

impl Names {
    pub(super) fn queue(&self, id: &str) -> String {
        named(&self.queues, id)
    }

    pub(super) fn code(&self, id: &str) -> String {
        named(&self.codes, id)
    }

    /// For pickers, by name.
    pub(super) fn list(&self) -> NameList {
        let sorted = |names: &BTreeMap<String, String>| {
            let mut pairs: Vec<_> = names.clone().into_iter().collect();
            pairs.sort_by_key(|pair| pair.1.to_lowercase());
            pairs
        };
        NameList {
            codes: sorted(&self.codes),
            queues: sorted(&self.queues),
            users: Vec::new(),
        }
    }

    /// Writes names into references to external sources that have only an id: readers know sources by name.
    pub(super) fn name_sources(&self, contact: &mut Value) {
        for list in ["externalIds", "identifiers"] {
            let held = contact.get_mut(list).and_then(Value::as_array_mut);
            for source in held
                .into_iter()
                .flatten()
                .filter_map(|one| one.get_mut("externalSource"))
            {
                let is_named = source.get("name").is_some_and(Value::is_string);
                let id = source
                    .get("id")
                    .and_then(Value::as_str)
                    .filter(|_| !is_named);
                if let Some(id) = id.map(str::to_owned) {
                    let known = self.sources.iter().find(|(known, _)| *known == id);
                    let name = known.map_or(id, |(_, name)| name.clone());
                    source["name"] = name.into();
                }
            }
        }
    }

    /// Writes the server's ids into references to external sources; the name of one that it does not have.
    pub(super) fn number_sources(&self, value: &mut Value) -> Result<(), String> {
        let list = value.as_array_mut().into_iter().flatten();
        for source in list.filter_map(|one| one.get_mut("externalSource")) {
            let name = source
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let mut known = self.sources.iter();
            match known.find(|(id, known)| known == name || id == name) {
                Some((id, _)) => *source = json!({ "id": id }),
                None => return Err(name.to_owned()),
            }
        }
        Ok(())
    }
}

fn named(names: &BTreeMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

impl PlatformBackend {
    /// The names, as they were within the last minutes. Where they cannot be read anew the older ones stay.
    pub(super) async fn all_names(&self) -> Result<Arc<Names>, Trouble> {
        let mut kept = self.names.names.lock().await;
        let known = kept.as_ref().map(|(_, names)| Arc::clone(names));
        let fresh = kept.as_ref().is_some_and(|(at, _)| at.elapsed() < KEPT);
        if let Some(names) = known.clone().filter(|_| fresh) {
            return Ok(names);
        }
        match (self.read_names().await, known) {
            (Ok(names), _) => {
                let names = Arc::new(names);
                *kept = Some((Instant::now(), Arc::clone(&names)));
                Ok(names)
            }
            (Err(_), Some(known)) => Ok(known),
            (Err(failure), None) => Err(failure.into()),
        }
    }

    async fn read_names(&self) -> Result<Names, Failure> {
        let (queues, codes, segments, outcomes, sources) = tokio::try_join!(
            self.names_of(QUEUES, Permission::QueueView),
            self.names_of(CODES, Permission::WrapupCodeView),
            self.names_of(SEGMENTS, Permission::JourneySegmentView),
            self.names_of(OUTCOMES, Permission::JourneyOutcomeView),
            self.sources(),
        )?;
        let pairs = |named: Vec<Named>| named.into_iter().map(|one| (one.id, one.name));
        // Agents see only those that are meant for them (`design/rules.md` §8).
        let shown: Vec<Named> = segments
            .into_iter()
            .filter(|one| one.is_for_agents)
            .collect();
        let color = |one: &Named| Some((one.id.clone(), one.color.clone()?));
        let colors = shown.iter().filter_map(color).collect();
        Ok(Names {
            queues: pairs(queues).collect(),
            codes: pairs(codes).collect(),
            segments: pairs(shown).collect(),
            colors,
            outcomes: pairs(outcomes).collect(),
            sources: pairs(sources).collect(),
        })
    }

    async fn names_of(&self, path: &str, needs: Permission) -> Result<Vec<Named>, Failure> {
        if !self.role.may(needs) {
            return Ok(Vec::new());
        }
        let all = self.listed(path, Vec::new(), PAGE).await?;
        Ok(all.iter().filter_map(Named::of).collect())
    }

    async fn sources(&self) -> Result<Vec<Named>, Failure> {
        let query = vec![("limit", "200".to_owned())];
        let page = if_allowed(self.get(SOURCES, query).await)?;
        let all = page.map(|mut page| entities(&mut page)).unwrap_or_default();
        Ok(all.iter().filter_map(Named::of).collect())
    }

    /// The names of these users; those that nobody may see are left out.
    pub(super) async fn users(
        &self,
        ids: BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, Trouble> {
        let known = || {
            let users = self.names.users.lock();
            users.unwrap_or_else(PoisonError::into_inner)
        };
        let mut missing: Vec<String> = ids.iter().cloned().collect();
        missing.retain(|id| !known().contains_key(id));
        for part in missing.chunks(USERS_MAX) {
            let query = vec![
                ("id", part.join(",")),
                ("state", "any".to_owned()),
                ("pageSize", USERS_MAX.to_string()),
            ];
            let page = if_allowed(self.get("/api/v2/users", query).await)?;
            let found = page.map(|mut page| entities(&mut page)).unwrap_or_default();
            let found = found.iter().filter_map(Named::of);
            known().extend(found.map(|one| (one.id, one.name)));
        }
        let users = known();
        let named = ids.into_iter().filter_map(|id| {
            let name = users.get(&id)?.clone();
            Some((id, name))
        });
        Ok(named.collect())
    }

    /// The organization with exactly this name.
    pub(super) async fn find_organization(
        &self,
        name: &str,
    ) -> Result<Option<OrganizationId>, Trouble> {
        let query = vec![("q", name.to_owned()), ("pageSize", PAGE.to_string())];
        let mut page = self.get(ORGANIZATIONS, query).await?;
        let found = entities(&mut page);
        let mut found = found.iter().filter_map(Named::of);
        let same = found.find(|one| one.name.eq_ignore_ascii_case(name.trim()));
        Ok(same.and_then(|one| one.id.parse().ok()))
    }
}

/// Something with an id and a name.
struct Named {
    id: String,
    name: String,
    is_for_agents: bool,
    /// Segments have one.
    color: Option<String>,
}

impl Named {
    fn of(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let name = text("displayName").or_else(|| text("name"))?;
        let shown = value.get("shouldDisplayToAgent").and_then(Value::as_bool);
        Some(Self {
            id: text("id")?,
            name: name.trim().to_owned(),
            is_for_agents: shown.unwrap_or(true),
            color: text("color"),
        })
    }
}
