//! `AnalyticsSession` and `AnalyticsConversationSegment`: the legs of a conversation. Owns which member of a
//! session is an address of the person outside.

use serde_json::Value;

use crate::domain::Channel;
use crate::domain::conversation::{Bot, Direction, Leg, Part, Segment};

use super::super::address::{clean, is_email_or_number, person_name};
use super::super::channel::{channel_of, is_bot_flow, plain, words_of};
use super::super::member::{Members, Object, Written, text_of, texts_of};
use super::Around;

/// The member that names the type of a web visitor's id, and what it is when it is missing.
const CUSTOMER_KIND: &str = "cookie";
/// Members that hold an address of the person outside, in the order in which they are believed.
const INBOUND: [&str; 4] = ["ani", "addressFrom", "addressOther", "remote"];
const OUTBOUND: [&str; 4] = ["dnis", "addressTo", "addressOther", "remote"];
const CALLBACK: &str = "callbackNumbers";

/// What a leg needs to know of its participant.
pub struct Owner<'a> {
    pub part: Part,
    pub name: Option<&'a str>,
    /// E-mail and phone that the visitor typed into a form, from the participant's attributes. They are left
    /// out where the channel has authenticated the visitor, so that nothing typed passes for proven.
    pub typed: Vec<String>,
}

/// Reads a session.
pub fn from_json(mut members: Members, owner: &Owner, around: &Around) -> Leg {
    let id = members.text("sessionId").unwrap_or_default();
    let media = members.text("mediaType");
    let media = members.or_absent("mediaType", media, String::new());
    let message = members.text("messageType");
    let provider = members.peek_text("provider");
    let channel = channel_of(&media, message.as_deref(), provider.as_deref())
        .or(around.message)
        .unwrap_or(Channel::Other);
    let direction = members.direction("direction");
    let direction = members.or_absent("direction", direction, around.direction);
    let customer = customer(&mut members);
    let authenticated = members.flag("authenticated").unwrap_or_default();
    let bot = bot(&mut members, owner);
    let addresses = match owner.part {
        Part::Outside => {
            let typed = if authenticated {
                &[]
            } else {
                owner.typed.as_slice()
            };
            addresses(&members, channel, direction, typed, customer.as_ref())
        }
        // The members of other legs repeat the addresses of the person outside, or are our own.
        Part::Agent | Part::Queue | Part::Bot | Part::Campaign | Part::Other => Vec::new(),
    };
    let mut at = around.start;
    let segments = members.elements("segments");
    let segments = segments.into_iter().map(|value| {
        let segment = segment(Members::of(value), at);
        at = segment.end.unwrap_or(segment.start);
        segment
    });
    Leg {
        id,
        channel,
        media,
        message,
        direction,
        addresses,
        customer,
        authenticated,
        bot,
        segments: segments.collect(),
        rest: members.rest(),
    }
}

/// Writes a session.
pub fn to_json(leg: &Leg, part: Part) -> Value {
    let mut written = Written::default();
    written.text("sessionId", &leg.id);
    written.text("mediaType", &leg.media);
    written.maybe("messageType", leg.message.clone());
    if leg.media.is_empty() && leg.message.is_none() && leg.rest.is_empty() {
        let (media, message) = words_of(leg.channel);
        written.text("mediaType", media);
        written.maybe("messageType", message);
    }
    written.text("direction", leg.direction.name());
    if let Some((id, kind)) = &leg.customer {
        written.text("journeyCustomerId", id);
        written.text("journeyCustomerIdType", kind);
    }
    written.maybe("authenticated", leg.authenticated.then_some(true));
    written.maybe("flow", leg.bot.as_ref().map(flow_json));
    if part == Part::Outside && !carries_address(|name| leg.rest.get(name)) {
        write_addresses(&mut written, leg);
    }
    written.list("segments", leg.segments.iter().map(segment_json).collect());
    written.over(&leg.rest)
}

/// True when a session carries anything that may be an address.
pub fn has_address(session: &Value) -> bool {
    carries_address(|name| session.get(name))
}

fn carries_address<'a>(member: impl Fn(&str) -> Option<&'a Value>) -> bool {
    let names = INBOUND.iter().chain(&OUTBOUND).chain([&CALLBACK]);
    names
        .filter_map(|name| member(name))
        .any(|value| !texts_of(value).is_empty())
}

/// The name that the person left for a callback or in a chat form.
pub fn name_left(session: &Value) -> Option<String> {
    let text = |name: &str| session.get(name).and_then(text_of);
    let chat = text("mediaType").is_some_and(|media| plain(&media).ends_with("chat"));
    let left = text("callbackUserName").or_else(|| text("remote").filter(|_| chat))?;
    person_name(&left).map(str::to_owned)
}

/// E-mail and phone among the attributes of a participant: chat forms put what was typed there.
pub fn typed_attributes(attributes: Option<&Value>) -> Vec<String> {
    let is_typed = |name: &str| {
        let last = name.rsplit('.').next().unwrap_or(name);
        let words = [
            "email",
            "emailaddress",
            "customeremail",
            "phone",
            "phonenumber",
            "cellphone",
        ];
        words.contains(&plain(last).as_str())
    };
    let attributes = attributes.and_then(Value::as_object);
    attributes
        .into_iter()
        .flatten()
        .filter(|(name, _)| is_typed(name))
        .filter_map(|(_, value)| text_of(value))
        .map(|text| text.trim().to_owned())
        .filter(|text| is_email_or_number(text))
        .collect()
}

/// The web visitor's id with its type.
fn customer(members: &mut Members) -> Option<(String, String)> {
    let id = members.text("journeyCustomerId")?;
    let kind = members.text("journeyCustomerIdType");
    let kind = members.or_absent("journeyCustomerIdType", kind, CUSTOMER_KIND.to_owned());
    Some((id, kind))
}

/// The bot of a bot's leg; its `flow` says more and stays in `rest`.
fn bot(members: &mut Members, owner: &Owner) -> Option<Bot> {
    let flow = members.peek("flow").cloned().unwrap_or_default();
    if owner.part != Part::Bot && !is_bot_flow(&flow) {
        return None;
    }
    let text = |name: &str| flow.get(name).and_then(text_of);
    let named = text("flowName").or_else(|| owner.name.map(str::to_owned));
    let name = named.or_else(|| text("flowId"))?;
    let outcomes = flow.get("outcomes").and_then(Value::as_array);
    let achieved = outcomes.into_iter().flatten().rev().find_map(|outcome| {
        let text = |name: &str| outcome.get(name).and_then(text_of);
        text("flowOutcome").or_else(|| text("flowOutcomeValue"))
    });
    let outcome = achieved.or_else(|| text("exitReason"));
    if !flow.is_object() {
        members.absent("flow");
    }
    Some(Bot { name, outcome })
}

fn flow_json(bot: &Bot) -> Value {
    let mut written = Written::default();
    written.text("flowName", &bot.name);
    written.text("flowType", "BOT");
    written.maybe("exitReason", bot.outcome.clone());
    written.over(&Object::new())
}

/// The addresses of the person outside, best first, without repeats. Members stand in for each other: of
/// those that the channel itself fills in only the first counts, for others may be those of somebody else.
fn addresses(
    members: &Members,
    channel: Channel,
    direction: Direction,
    typed: &[String],
    customer: Option<&(String, String)>,
) -> Vec<String> {
    let is_form = matches!(
        channel,
        Channel::Chat | Channel::WebMessaging | Channel::Open
    );
    let mut found: Vec<String> = Vec::new();
    for name in names(channel, direction) {
        let texts = members.peek(name).map(texts_of).unwrap_or_default();
        let cleaned: Vec<String> = texts
            .iter()
            .filter_map(|text| clean(text, channel))
            .collect();
        // Who withholds the number is not looked up by another member.
        if channel == Channel::Call && matches!(name, "ani" | "dnis") && cleaned.len() < texts.len()
        {
            break;
        }
        for address in cleaned {
            // The id of a web visitor is no address: it is in `customer`.
            let is_visitor = customer.is_some_and(|(id, _)| *id == address);
            let is_address = is_address(&address, name, channel, !found.is_empty());
            if is_address && !is_visitor && !found.contains(&address) {
                found.push(address);
            }
        }
        if !found.is_empty() && !is_form {
            break;
        }
    }
    if matches!(channel, Channel::Chat | Channel::WebMessaging) {
        let more = typed.iter().filter(|typed| !found.contains(typed));
        let more: Vec<String> = more.cloned().collect();
        found.extend(more);
    }
    found
}

fn names(channel: Channel, direction: Direction) -> Vec<&'static str> {
    let own = match direction {
        Direction::Inbound => INBOUND,
        Direction::Outbound => OUTBOUND,
    };
    match channel == Channel::Callback {
        true => [CALLBACK].into_iter().chain(own).collect(),
        false => own.into_iter().chain([CALLBACK]).collect(),
    }
}

/// Chats carry what was typed, and `remote` is a display name as often as an address.
fn is_address(address: &str, name: &str, channel: Channel, is_known: bool) -> bool {
    let is_direct = [
        Channel::Call,
        Channel::Callback,
        Channel::Sms,
        Channel::Email,
        Channel::Whatsapp,
    ];
    if channel == Channel::Chat || (name == "remote" && is_direct.contains(&channel)) {
        return is_email_or_number(address);
    }
    // Elsewhere `remote` may be the only id there is; words with blanks between them are a name.
    match (name, is_known) {
        ("remote", true) => is_email_or_number(address),
        ("remote", false) => !address.contains(' '),
        (_, _) => true,
    }
}

/// Addresses of a leg that was not ingested, in the members that reading takes them from.
fn write_addresses(written: &mut Written, leg: &Leg) {
    if leg.channel == Channel::Callback {
        let numbers = leg.addresses.iter().cloned().map(Value::from);
        return written.list(CALLBACK, numbers.collect());
    }
    let names = names(leg.channel, leg.direction);
    let is_call = leg.channel == Channel::Call;
    let names = names.into_iter().skip(usize::from(!is_call));
    for (name, address) in names.zip(&leg.addresses) {
        let is_tel = name == "ani" || name == "dnis";
        match is_tel && address.starts_with('+') {
            true => written.text(name, &format!("tel:{address}")),
            false => written.text(name, address),
        }
    }
}

fn segment(mut members: Members, at: crate::domain::Moment) -> Segment {
    let start = members.moment("segmentStart");
    Segment {
        kind: members.text("segmentType").unwrap_or_default(),
        start: members.or_absent("segmentStart", start, at),
        end: members.moment("segmentEnd"),
        queue: members.text("queueId"),
        wrapup_code: members.text("wrapUpCode"),
        wrapup_note: members.text("wrapUpNote"),
        subject: members.text("subject"),
        disconnect: members.text("disconnectType"),
        rest: members.rest(),
    }
}

fn segment_json(segment: &Segment) -> Value {
    let mut written = Written::default();
    written.text("segmentType", &segment.kind);
    written.text("segmentStart", &segment.start.to_string());
    written.maybe("segmentEnd", segment.end.map(|end| end.to_string()));
    written.maybe("queueId", segment.queue.clone());
    written.maybe("wrapUpCode", segment.wrapup_code.clone());
    written.maybe("wrapUpNote", segment.wrapup_note.clone());
    written.maybe("subject", segment.subject.clone());
    written.maybe("disconnectType", segment.disconnect.clone());
    written.over(&segment.rest)
}
