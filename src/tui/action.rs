//! The one place where an action is described: keymap, config names, footer, help, palette and the table
//! of the README are read from here.

use crate::domain::Permission;

/// Something an agent can do with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Search,
    Promote,
    Create,
    Link,
    Accept,
    Merge,
    Unlink,
    Undo,
    Why,
    AsOf,
    Earlier,
    Later,
    Edit,
    Note,
    WrapUp,
    Take,
    Share,
    NotSame,
    Delete,
    Export,
    Erase,
    Recent,
    History,
    Statistics,
    Online,
    Filter,
    NextOfChannel,
    PreviousOfChannel,
    Transcript,
    Review,
    Open,
    Back,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    NextPane,
    PreviousPane,
    Wider,
    Narrower,
    Jump,
    Refresh,
    Notices,
    Copy,
    Mouse,
    Help,
    Suspend,
    Quit,
    Leave,
}

/// What an action is about: how help sorts it, and where it makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Who the conversation is with.
    Identity,
    /// What is known of the contact.
    Contact,
    Move,
    Desk,
}

/// The description of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The name in the configuration.
    pub name: &'static str,
    /// Chords, the one that is shown first.
    pub keys: &'static [&'static str],
    pub group: Group,
    pub needs: &'static [Permission],
    pub title: &'static str,
    /// The word in the footer.
    pub word: &'static str,
}

const NUMBERS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

const fn row(
    name: &'static str,
    keys: &'static [&'static str],
    group: Group,
    needs: &'static [Permission],
) -> Spec {
    Spec {
        name,
        keys,
        group,
        needs,
        title: "",
        word: "",
    }
}

impl Spec {
    const fn says(self, title: &'static str, word: &'static str) -> Self {
        Self {
            title,
            word,
            ..self
        }
    }
}

impl Action {
    /// Every action, in the order of help.
    pub const ALL: [Self; 51] = [
        Self::Search,
        Self::Promote,
        Self::Create,
        Self::Link,
        Self::Accept,
        Self::Merge,
        Self::Unlink,
        Self::NotSame,
        Self::Share,
        Self::Undo,
        Self::Why,
        Self::AsOf,
        Self::Earlier,
        Self::Later,
        Self::Edit,
        Self::Note,
        Self::Delete,
        Self::Export,
        Self::Erase,
        Self::WrapUp,
        Self::Take,
        Self::Recent,
        Self::History,
        Self::Statistics,
        Self::Online,
        Self::Filter,
        Self::NextOfChannel,
        Self::PreviousOfChannel,
        Self::Transcript,
        Self::Review,
        Self::Open,
        Self::Back,
        Self::Up,
        Self::Down,
        Self::PageUp,
        Self::PageDown,
        Self::First,
        Self::Last,
        Self::NextPane,
        Self::PreviousPane,
        Self::Wider,
        Self::Narrower,
        Self::Jump,
        Self::Refresh,
        Self::Notices,
        Self::Copy,
        Self::Mouse,
        Self::Help,
        Self::Suspend,
        Self::Quit,
        Self::Leave,
    ];

    /// The row of the action. Each one says the name, the keys, the group, the rights, and then its words.
    pub const fn spec(self) -> Spec {
        use Group::{Contact, Desk, Identity, Move};
        use Permission as P;
        match self {
            Self::Search => {
                row("search", &["/"], Desk, &[P::ContactView]).says("Search contacts", "search")
            }
            Self::Promote => row("promote", &["a"], Identity, &[P::IdentityPromote])
                .says("Add to contacts", "add"),
            Self::Create => {
                row("new-contact", &["N"], Identity, &[P::ContactAdd]).says("New contact", "new")
            }
            Self::Link => row("link", &["l"], Identity, &[P::ConversationAssociate])
                .says("Link to an existing contact", "link"),
            Self::Accept => row("accept", &["y"], Identity, &[P::ConversationAssociate])
                .says("Link to the one who is suggested", "yes, link"),
            Self::Merge => row("merge", &["m"], Identity, &[P::IdentityMerge])
                .says("Merge with another contact", "merge"),
            Self::Unlink => row("unlink", &["x"], Identity, &[P::ConversationAssociate])
                .says("Unlink the conversation", "unlink"),
            Self::NotSame => row("not-same", &["="], Identity, &[P::ConversationAssociate])
                .says("Mark two contacts as not the same", "not the same"),
            Self::Share => row("share", &["s"], Identity, &[P::ConversationAssociate])
                .says("Mark or unmark a shared identifier", "shared"),
            Self::Undo => row("undo", &["u"], Identity, &[]).says("Undo the last change", "undo"),
            Self::Why => row("why", &["w"], Identity, &[]).says("Why this contact?", "why"),
            Self::AsOf => row("as-of", &["t"], Contact, &[P::ContactView])
                .says("Show what stood at a past moment", "as of"),
            Self::Earlier => row("earlier", &["["], Contact, &[P::ContactView])
                .says("Back to the change before", "earlier"),
            Self::Later => row("later", &["]"], Contact, &[P::ContactView])
                .says("On to the change after, and to now", "later"),
            Self::Edit => {
                row("edit", &["e"], Contact, &[P::ContactEdit]).says("Edit the contact", "edit")
            }
            Self::Note => {
                row("note", &["n"], Contact, &[P::ContactEdit]).says("Write a note", "note")
            }
            Self::Delete => row("delete", &["D"], Contact, &[P::ContactDelete])
                .says("Delete the contact", "delete"),
            Self::Export => row("export", &["O"], Contact, &[P::GdprRequestAdd])
                .says("Export everything known of the person", "export"),
            Self::Erase => row(
                "erase",
                &["E"],
                Contact,
                &[P::PersonErase, P::GdprRequestAdd],
            )
            .says("Erase the person for good", "erase"),
            Self::WrapUp => row("wrap-up", &["p"], Contact, &[P::ParticipantWrapup])
                .says("Wrap up the conversation", "wrap up"),
            Self::Take => row("take", &["A"], Contact, &[P::CommunicationView])
                .says("Take the conversation, or reopen it", "take"),
            Self::Recent => row("recent", &["r"], Desk, &[P::ContactView])
                .says("Recently viewed contacts", "recent"),
            Self::History => row("history", &["h"], Desk, &[P::ContactView])
                .says("Who did what, and undo any of it", "history"),
            Self::Statistics => row(
                "statistics",
                &["S"],
                Desk,
                &[P::ConversationViewAll, P::HistoryView],
            )
            .says("What happened in the organization", "statistics"),
            Self::Online => row(
                "online",
                &["o"],
                Desk,
                &[P::ContactView, P::JourneyVisitView],
            )
            .says("Who is on the website now", "online"),
            Self::Filter => row("filter", &["f"], Move, &[P::ContactSessionView])
                .says("Show only a part of the journey", "filter"),
            Self::NextOfChannel => row("next-of-channel", &["}"], Move, &[P::ContactSessionView])
                .says("Next interaction over the same channel", "channel on"),
            Self::PreviousOfChannel => row(
                "previous-of-channel",
                &["{"],
                Move,
                &[P::ContactSessionView],
            )
            .says("The one before over the same channel", "channel back"),
            Self::Transcript => row(
                "transcript",
                &["T"],
                Move,
                &[P::ContactSessionView, P::MessageView],
            )
            .says("Read what was said in messages", "transcript"),
            Self::Review => row(
                "review",
                &["R"],
                Desk,
                &[P::ConversationViewAll, P::HistoryView],
            )
            .says("Review what everybody did", "review"),
            Self::Open => row("open", &["enter"], Move, &[]).says("Open the row", "open"),
            Self::Back => row("back", &["esc"], Move, &[]).says("Go back", "back"),
            Self::Up => row("up", &["k", "up"], Move, &[]).says("Row up", "up"),
            Self::Down => row("down", &["j", "down"], Move, &[]).says("Row down", "down"),
            Self::PageUp => {
                row("page-up", &["ctrl-u", "pageup"], Move, &[]).says("Page up", "page up")
            }
            Self::PageDown => {
                row("page-down", &["ctrl-d", "pagedown"], Move, &[]).says("Page down", "page down")
            }
            Self::First => row("first", &["g", "home"], Move, &[]).says("First row", "first"),
            Self::Last => row("last", &["G", "end"], Move, &[]).says("Last row", "last"),
            Self::NextPane => {
                row("next-pane", &["tab", "right"], Move, &[]).says("Next pane", "pane")
            }
            Self::PreviousPane => row("previous-pane", &["shift-tab", "left"], Move, &[])
                .says("Previous pane", "pane back"),
            Self::Wider => row("wider", &[">"], Move, &[]).says("Make the pane wider", "wider"),
            Self::Narrower => {
                row("narrower", &["<"], Move, &[]).says("Make the pane narrower", "narrower")
            }
            Self::Jump => {
                row("jump", &NUMBERS, Move, &[]).says("Conversation with this number", "jump")
            }
            Self::Refresh => row("refresh", &["f5", "ctrl-l"], Desk, &[])
                .says("Read and draw everything anew", "refresh"),
            Self::Notices => row("notices", &["!"], Desk, &[]).says("What was said", "notices"),
            Self::Copy => row("copy", &["c"], Desk, &[])
                .says("Copy the number, address or id of the row", "copy"),
            Self::Mouse => row("mouse", &["f9"], Desk, &[])
                .says("Leave the mouse to the terminal, or take it back", "mouse"),
            Self::Help => {
                row("help", &["?", ":", "f1"], Desk, &[]).says("All actions and keys", "help")
            }
            Self::Suspend => {
                row("suspend", &["ctrl-z"], Desk, &[]).says("Suspend the desk", "suspend")
            }
            Self::Quit => row("quit", &["q"], Desk, &[]).says("Quit", "quit"),
            Self::Leave => row("leave", &["ctrl-c"], Desk, &[]).says("Quit at once", "quit"),
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|action| action.spec().name == name)
    }

    /// True for the actions that the embedded mode leaves out: it shows the journey only.
    pub const fn is_of_profile(self) -> bool {
        match self.spec().group {
            Group::Identity | Group::Contact => true,
            Group::Move | Group::Desk => {
                matches!(
                    self,
                    Self::Search | Self::Recent | Self::History | Self::Online
                )
            }
        }
    }
}

impl Group {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Identity => "Who is this",
            Self::Contact => "Contact and conversation",
            Self::Move => "Moving",
            Self::Desk => "Desk",
        }
    }
}
