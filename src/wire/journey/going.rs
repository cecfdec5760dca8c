//! How a conversation went, for scripts.

use serde::Serialize;

use crate::domain::Moment;
use crate::domain::course::{Course, Handover, Stint};

/// A course. Times are whole seconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CourseJson {
    talk_seconds: i64,
    hold_seconds: i64,
    legs: Vec<StintJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    agentless: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_back_at: Option<String>,
    consultations: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StintJson {
    part: &'static str,
    purpose: String,
    name: String,
    queue: Option<String>,
    channel: &'static str,
    media: String,
    start: String,
    end: Option<String>,
    duration_seconds: i64,
    talk_seconds: i64,
    hold_seconds: i64,
    wrap_up_seconds: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    handed: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    conference: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    consulted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other: Vec<String>,
}

impl CourseJson {
    /// `now` ends what is still going on.
    pub fn of(course: &Course, now: Moment) -> Self {
        let (talked, held) = course.talked_and_held_ms();
        Self {
            talk_seconds: talked / 1000,
            hold_seconds: held / 1000,
            legs: course
                .stints
                .iter()
                .map(|one| StintJson::of(one, now))
                .collect(),
            campaign: course.campaign.clone(),
            agentless: course.agentless,
            delivery: course.delivery.clone(),
            call_back_at: course.callback_at.map(|at| at.to_string()),
            consultations: course.consultations,
            other: course.other.clone(),
        }
    }
}

impl StintJson {
    fn of(one: &Stint, now: Moment) -> Self {
        let bot = one.bot.as_ref();
        Self {
            part: one.kind(),
            purpose: one.purpose.clone(),
            name: one.who().to_owned(),
            queue: one.queue.clone(),
            channel: one.channel.name(),
            media: one.media.clone(),
            start: one.start.to_string(),
            end: one.end.map(|end| end.to_string()),
            duration_seconds: one.lasted_ms(now) / 1000,
            talk_seconds: one.talked_ms / 1000,
            hold_seconds: one.held_ms / 1000,
            wrap_up_seconds: one.wrapped_ms / 1000,
            handed: one.handed.map(Handover::word),
            conference: one.conference,
            consulted: one.consulted,
            flow_type: bot.and_then(|bot| bot.kind.clone()),
            outcome: bot.and_then(|bot| bot.outcome.clone()),
            other: one.other.iter().map(|(word, _)| word.clone()).collect(),
        }
    }
}
