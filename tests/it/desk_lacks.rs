//! The desk on a backend that has not everything: what is lacking is greyed with the reason, and a conversation that
//! has no contact at all is shown as that.

use scv_desk::backend::view::{Feature, Lacks, ProfileState};

use super::fake::World;
use super::people::world;
use super::stage::Stage;

const LACKS: Lacks = &[
    (Feature::Why, "the server does not say why"),
    (Feature::Past, "the server keeps no past"),
    (Feature::Review, "the server has no review"),
    (Feature::Sharing, "the server has no such mark"),
    (Feature::FreshContact, "it is left without a contact"),
];

fn lacking() -> World {
    World {
        lacks: LACKS,
        ..world()
    }
}

/// The first conversation of the roster, unlinked and with nobody.
fn unlinked() -> World {
    let mut world = lacking();
    let id = world.roster.lines[0].id;
    world.roster.lines[0].contact = None;
    world.roster.lines[0].name = None;
    world.roster.lines[0].contact_kind = None;
    let profile = world.profiles.get_mut(&id).unwrap();
    profile.state = ProfileState::Unlinked;
    profile.contact = None;
    profile.linked = None;
    profile.reason = None;
    profile.claims.clear();
    profile.notes.clear();
    world
}

#[tokio::test]
async fn what_a_backend_has_not_is_greyed_with_the_reason() {
    let mut stage = Stage::new(140, 42, "admin", lacking()).await;
    stage.press("w").await;
    stage.shows("the server does not say why");
    stage.press("s").await;
    stage.shows("the server has no such mark");
    stage.press("R").await;
    stage.shows("the server has no review");
    stage.press("?").await;
    stage.shows("the server keeps no past");
    stage.press("esc x").await;
    stage.shows("the server has no such mark");
    stage.hides("gets a fresh contact");
}

#[tokio::test]
async fn a_conversation_without_a_contact_offers_to_link_and_to_make_one() {
    for (width, height) in [(140, 42), (80, 24), (40, 12)] {
        let mut stage = Stage::new(width, height, "admin", unlinked()).await;
        if width < 140 {
            stage.press("enter").await;
        }
        stage.shows("(unlinked)");
        stage.shows("no contact");
        stage.hides("gone");
        if 40 < width {
            stage.press("m").await;
            stage.shows(": no contact");
            stage.press("x").await;
            stage.shows("already unlinked");
        }
        stage.press("l").await;
        stage.shows("Link");
    }
}

#[tokio::test]
async fn the_review_names_the_right_that_an_agent_lacks() {
    let mut stage = Stage::new(140, 42, "agent", world()).await;
    stage.press("R").await;
    stage.shows("needs externalContacts:conversation:viewAll");
    stage.hides("Review · decisions");
}
