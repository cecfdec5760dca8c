//! What a backend may lack. The desk greys it and says why.

/// Something that not every backend has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Why a conversation is linked to its contact, and why a contact exists.
    Why,
    /// A person as they stood at a past moment.
    Past,
    /// Marks on identifiers that several people share.
    Sharing,
    /// Marks on contacts that are different people.
    NotSame,
    /// Everything known of a person in a file.
    Export,
    /// A contact of its own for a conversation that was unlinked.
    FreshContact,
    /// A merge that is taken back.
    Unmerge,
    /// A person erased for good.
    Erase,
    /// Counts over the whole organization.
    Statistics,
    /// Who is on the website now.
    Online,
    /// Decisions and conversations of the whole organization, for supervisors.
    Review,
    /// A conversation that has ended, opened again.
    Reopen,
}

/// What is lacking, each with the reason.
pub type Lacks = &'static [(Feature, &'static str)];
