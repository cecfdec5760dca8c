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
    Merge,
    Unlink,
    Undo,
    Why,
    Edit,
    Note,
    WrapUp,
    Share,
    NotSame,
    Delete,
    Recent,
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
    Jump,
    Refresh,
    Notices,
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

impl Action {
    /// Every action, in the order of help.
    pub const ALL: [Self; 32] = [
        Self::Search,
        Self::Promote,
        Self::Create,
        Self::Link,
        Self::Merge,
        Self::Unlink,
        Self::NotSame,
        Self::Share,
        Self::Undo,
        Self::Why,
        Self::Edit,
        Self::Note,
        Self::Delete,
        Self::WrapUp,
        Self::Recent,
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
        Self::Jump,
        Self::Refresh,
        Self::Notices,
        Self::Help,
        Self::Suspend,
        Self::Quit,
        Self::Leave,
    ];

    #[rustfmt::skip]
    pub const fn spec(self) -> Spec {
        use Group::*;
        use Permission::*;
        let (name, keys, group, needs, title, word): (_, &[&str], _, &[Permission], _, _) = match self {
            Self::Search       => ("search",        &["/"],              Desk,     &[ContactView],            "Search contacts",                     "search"),
            Self::Promote      => ("promote",       &["a"],              Identity, &[IdentityPromote],        "Add to contacts",                     "add"),
            Self::Create       => ("new-contact",   &["N"],              Identity, &[ContactAdd],             "New contact",                         "new"),
            Self::Link         => ("link",          &["l"],              Identity, &[ConversationAssociate],  "Link to an existing contact",         "link"),
            Self::Merge        => ("merge",         &["m"],              Identity, &[IdentityMerge],          "Merge with another contact",          "merge"),
            Self::Unlink       => ("unlink",        &["x"],              Identity, &[ConversationAssociate],  "Unlink the conversation",             "unlink"),
            Self::NotSame      => ("not-same",      &["="],              Identity, &[ConversationAssociate],  "Mark two contacts as not the same",   "not the same"),
            Self::Share        => ("share",         &["s"],              Identity, &[ConversationAssociate],  "Mark or unmark a shared identifier",  "shared"),
            Self::Undo         => ("undo",          &["u"],              Identity, &[],                       "Undo the last change",                "undo"),
            Self::Why          => ("why",           &["w"],              Identity, &[],                       "Why this contact?",                   "why"),
            Self::Edit         => ("edit",          &["e"],              Contact,  &[ContactEdit],            "Edit the contact",                    "edit"),
            Self::Note         => ("note",          &["n"],              Contact,  &[ContactEdit],            "Write a note",                        "note"),
            Self::Delete       => ("delete",        &["D"],              Contact,  &[ContactDelete],          "Delete the contact",                  "delete"),
            Self::WrapUp       => ("wrap-up",       &["p"],              Contact,  &[ParticipantWrapup],      "Wrap up the conversation",            "wrap up"),
            Self::Recent       => ("recent",        &["r"],              Desk,     &[ContactView],            "Recently viewed contacts",            "recent"),
            Self::Open         => ("open",          &["enter"],          Move,     &[],                       "Open the row",                        "open"),
            Self::Back         => ("back",          &["esc"],            Move,     &[],                       "Go back",                             "back"),
            Self::Up           => ("up",            &["k", "up"],        Move,     &[],                       "Row up",                              "up"),
            Self::Down         => ("down",          &["j", "down"],      Move,     &[],                       "Row down",                            "down"),
            Self::PageUp       => ("page-up",       &["ctrl-u", "pageup"], Move,   &[],                       "Page up",                             "page up"),
            Self::PageDown     => ("page-down",     &["ctrl-d", "pagedown"], Move, &[],                       "Page down",                           "page down"),
            Self::First        => ("first",         &["g", "home"],      Move,     &[],                       "First row",                           "first"),
            Self::Last         => ("last",          &["G", "end"],       Move,     &[],                       "Last row",                            "last"),
            Self::NextPane     => ("next-pane",     &["tab", "right"],   Move,     &[],                       "Next pane",                           "pane"),
            Self::PreviousPane => ("previous-pane", &["shift-tab", "left"], Move,  &[],                       "Previous pane",                       "pane back"),
            Self::Jump         => ("jump",          &["1", "2", "3", "4", "5", "6", "7", "8", "9"], Move, &[], "Conversation with this number",       "jump"),
            Self::Refresh      => ("refresh",       &["ctrl-l"],         Desk,     &[],                       "Read and draw everything anew",       "refresh"),
            Self::Notices      => ("notices",       &["!"],              Desk,     &[],                       "What was said",                       "notices"),
            Self::Help         => ("help",          &["?", ":", "f1"],   Desk,     &[],                       "All actions and keys",                "help"),
            Self::Suspend      => ("suspend",       &["ctrl-z"],         Desk,     &[],                       "Suspend the desk",                    "suspend"),
            Self::Quit         => ("quit",          &["q"],              Desk,     &[],                       "Quit",                                "quit"),
            Self::Leave        => ("leave",         &["ctrl-c"],         Desk,     &[],                       "Quit at once",                        "quit"),
        };
        Spec { name, keys, group, needs, title, word }
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
            Group::Move | Group::Desk => matches!(self, Self::Search | Self::Recent),
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
