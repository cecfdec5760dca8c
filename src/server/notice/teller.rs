//! What one channel is told: its topics, held against what changed, and what a desk is told as it comes.

use std::sync::Arc;
use std::time::Duration;

use super::super::call::Call;
use super::super::identity::Session;
use super::super::me;
use super::super::problem::Problem;
use super::super::site::Site;
use super::event;
use super::topic::Subject;
use super::touched::Touched;
use super::watched::Watched;
use super::{Stop, Subscribed};
use crate::backend::ask::{CHANGES_TOPIC, Changes};
use crate::domain::Permission;
use crate::store::account::AccountKind;

/// How long the row of changes is waited at before it is looked at again.
const WAIT: Duration = Duration::from_secs(60);

/// What one channel is told.
pub struct Teller {
    site: Arc<Site>,
    channel: String,
    /// The socket's number: a channel that was connected once more has another.
    number: u64,
    /// Who listens, as looked up last; `None` before the first time.
    session: Option<Arc<Session>>,
    /// The id of the user who listens; `None` for a client.
    own: Option<String>,
    revision: Option<u64>,
    watched: Vec<Watched>,
    /// The place in the row of changes that a desk was told of.
    place: u64,
}

/// Why there are no news.
pub enum NoNews {
    Stop(Stop),
    /// The store could not be read; the same may be asked for again.
    Problem(Problem),
}

impl From<Stop> for NoNews {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Problem> for NoNews {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Teller {
    /// What the channel with this socket is told; of the row of changes what comes behind `place`.
    pub fn new(site: Arc<Site>, channel: String, number: u64, place: u64) -> Self {
        Self {
            site,
            channel,
            number,
            session: None,
            own: None,
            revision: None,
            watched: Vec::new(),
            place,
        }
    }

    /// What came in the row of changes, as soon as something has; never where no desk listens.
    pub async fn changes(&self) -> Changes {
        let is_desk = |one: &Watched| one.subject == Subject::Desk;
        if !self.watched.iter().any(is_desk) {
            return std::future::pending().await;
        }
        loop {
            let changes = self.site.changes.after(Some(self.place), WAIT).await;
            if !changes.topics.is_empty() {
                return changes;
            }
        }
    }

    /// The event that tells a desk of changes, if it still may be told.
    pub async fn tell_changes(&mut self, changes: &Changes) -> Result<String, NoNews> {
        self.look().await?;
        self.place = changes.place;
        Ok(event::envelope(CHANGES_TOPIC, &serde_json::json!(changes)))
    }

    /// Looks whether who listens still may, and what the channel is subscribed to by now.
    pub async fn look(&mut self) -> Result<(), NoNews> {
        let (site, now) = (Arc::clone(&self.site), self.site.now());
        let subscribed = site.notices.subscribed(&self.channel, self.number, now)?;
        let token = subscribed.session.grant.hash;
        let session = site.sessions.current(&site, token).await;
        let session = session.map_err(|problem| match problem.status {
            401 => NoNews::Stop(Stop::Revoked),
            _ => NoNews::Problem(problem),
        })?;
        // Another role may see more or less of the same.
        let is_other = self.session.as_ref().is_none_or(|known| {
            known.role != session.role || known.grant.owner != session.grant.owner
        });
        self.session = Some(Arc::clone(&session));
        if is_other {
            self.watched.clear();
            self.own = own_user(&site, &session).await?;
        }
        if is_other || self.revision != Some(subscribed.revision) {
            self.learn(&session, &subscribed).await?;
            self.revision = Some(subscribed.revision);
        }
        Ok(())
    }

    /// Takes the topics that are subscribed to; those that it has stay as they were told.
    async fn learn(&mut self, session: &Arc<Session>, to: &Subscribed) -> Result<(), Problem> {
        let call = Call::unasked(&self.site, session);
        self.watched
            .retain(|one| to.topics.contains_key(&one.topic));
        for (topic, subject) in to.topics.iter() {
            if self.watched.iter().any(|one| one.topic == *topic) {
                continue;
            }
            let mut one = Watched::new(topic, subject);
            one.learn(&call).await?;
            self.watched.push(one);
        }
        Ok(())
    }

    /// The events that tell what changed.
    pub async fn news(&mut self, touched: &Touched) -> Result<Vec<String>, NoNews> {
        self.sync_topics().await?;
        if !self.watched.iter().any(|one| one.is_concerned(touched)) {
            return Ok(Vec::new());
        }
        self.look().await?;
        let Some(session) = &self.session else {
            return Ok(Vec::new());
        };
        let call = Call::unasked(&self.site, session);
        let mut events = Vec::new();
        for one in &mut self.watched {
            let may = |right: Permission| call.may(right);
            if one.is_concerned(touched) && one.subject.lacks(self.own.as_deref(), may).is_empty() {
                let news = one.news(&call, touched).await?;
                events.extend(news.iter().map(|body| event::envelope(&one.topic, body)));
            }
        }
        Ok(events)
    }

    /// Looks at the topics once more where somebody subscribed anew.
    async fn sync_topics(&mut self) -> Result<(), NoNews> {
        let now = self.site.now();
        let subscribed = self
            .site
            .notices
            .subscribed(&self.channel, self.number, now)?;
        match self.revision == Some(subscribed.revision) {
            true => Ok(()),
            false => self.look().await,
        }
    }
}

/// The id of the user whose session it is.
async fn own_user(site: &Arc<Site>, session: &Arc<Session>) -> Result<Option<String>, Problem> {
    match session.account.kind {
        AccountKind::Client => Ok(None),
        AccountKind::User => me::user_id(&Call::unasked(site, session)).await.map(Some),
    }
}
