//! The header: who is at the desk, where, how much there is, and whether it is a demo.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::backend::view::Standing;
use crate::domain::conversation::Status;
use crate::tui::model::Model;
use crate::tui::pane::Line;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::waiting;

/// Draws the richest header that there is room for. The badge is never left out. `story` is what a presenter
/// shows without a bar to say it in.
pub fn view(model: &Model, area: Rect, story: Option<&str>, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let session = &model.session;
    let row = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let [place, going_on] = places(model);
    let who = format!("{} · {}", session.agent, session.role.name);
    // Where the presenter's bar has no room, its title stands here in place of the agent.
    if let Some(story) = story {
        let taken = text::width(&text::clean_line(&line(model, "", "").text())) + 4;
        let room = usize::from(row.width).saturating_sub(taken);
        let story = text::fit(&text::clean_line(story), room);
        line(model, &story, "").view_whole_right(row, buf, &session.theme);
        return;
    }
    let agent = session.agent.as_str();
    let mut choices = vec![(who.as_str(), place.as_str()), (&who, &going_on)];
    // A warning stays as long as there is room for it, whoever is at the desk.
    let warned = warnings(model);
    let short = warned.iter().map(|one| one.short).collect::<Vec<_>>();
    let short = format!("⚠ {}", short.join(", "));
    match warned.is_empty() {
        true => choices.extend([(&*who, ""), (agent, "")]),
        false => choices.extend([
            (agent, &*going_on),
            ("", &going_on),
            (agent, &short),
            ("", &short),
        ]),
    }
    choices.push(("", ""));
    let lines: Vec<Line> = choices
        .into_iter()
        .map(|(who, place)| line(model, who, place))
        .collect();
    let fits =
        |line: &&Line| text::width(&text::clean_line(&line.text())) + 2 <= usize::from(row.width);
    let chosen = lines.iter().find(fits).or(lines.last());
    if let Some(line) = chosen {
        line.view_whole_right(row, buf, &session.theme);
    }
}

fn line(model: &Model, who: &str, place: &str) -> Line {
    let session = &model.session;
    let mut line = Line::default().and_strong("scv", Role::Accent);
    if !who.is_empty() {
        line = line.and("  ", Role::Text).and(who, Role::Text);
    }
    if !place.is_empty() {
        line = line.right(format!("{place}  "), Role::Muted);
    }
    if let Some(badge) = &session.badge {
        line = line
            .right_reversed(format!(" {badge} "), Role::Warning)
            .right("  ", Role::Muted);
    }
    match model.shown.past {
        // What is shown is of then, whatever the clock says.
        Some(past) => {
            let then = time::short_stamp(past.at, session.now(), &session.tz);
            line.right_reversed(format!(" as of {then} "), Role::Warning)
        }
        None => line.right(time::clock(session.now(), &session.tz), Role::Text),
    }
}

/// Where the desk is and what goes on there, and the same for too little room. What goes on is counted as the
/// roster lists it: what others have and this role does not see is none of it.
fn places(model: &Model) -> [String; 2] {
    let Some(header) = model.shown.header.value() else {
        return [String::new(), String::new()];
    };
    let lines = &model.shown.roster().lines;
    let count = |status: Status| {
        let counted = lines.iter().filter(|line| line.status == status).count();
        time::count(counted as u64)
    };
    let mut going_on = format!("{} active", count(Status::Active));
    if lines.iter().any(|line| line.status == Status::Waiting) {
        going_on.push_str(&format!(" · {} waiting", count(Status::Waiting)));
    }
    let contacts = time::count(header.contacts);
    let whole = format!("{} · {contacts} contacts · {going_on}", header.place);
    let said = warnings(model);
    if !said.is_empty() {
        let said: Vec<String> = said.into_iter().map(|one| one.said).collect();
        let said = said.join(" · ");
        return [format!("⚠ {said} · {whole}"), format!("⚠ {said}")];
    }
    match model.shown.header.trouble() {
        Some(_) => [whole, going_on].map(|said| format!("⚠ not up to date · {said}")),
        None => [whole, going_on],
    }
}

/// Something that is not as it should be, and the same for too little room.
struct Warning {
    said: String,
    short: &'static str,
}

/// What is not as it should be with the way to a server, what matters most first.
fn warnings(model: &Model) -> Vec<Warning> {
    let tz = &model.session.tz;
    let warning = |said: String, short| Some(Warning { said, short });
    let unknown = match model.shown.unknown.len() {
        0 => None,
        1 => warning("1 change is not known yet".to_owned(), "1 not known"),
        count => warning(
            format!("{count} changes are not known yet"),
            "some not known",
        ),
    };
    let standing = match model.shown.standing {
        Standing::Fine => None,
        Standing::Offline(since) => {
            let then = time::clock(since, tz);
            warning(format!("offline, showing data of {then}"), "offline")
        }
        Standing::Waiting(until) => {
            let then = time::clock_seconds(until, tz);
            warning(format!("the server asks to wait until {then}"), "must wait")
        }
        Standing::Polling => warning("not live, asking for changes".to_owned(), "not live"),
    };
    let saving = model.shown.saving_for_ms(model.session.now());
    let saving = saving.and_then(|ms| waiting("saving", ms));
    let saving = saving.and_then(|said| warning(said, "saving"));
    unknown.into_iter().chain(standing).chain(saving).collect()
}
