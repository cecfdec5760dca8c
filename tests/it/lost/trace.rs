//! What was written to a disk, in order, and what may be left of it when the power goes.
//!
//! A sync makes durable what was written to its file before it. All else is kept, lost or torn at random, in
//! sectors of 512 bytes; SQLite counts on no more than that (its "powersafe overwrite": the bytes beside a
//! write stay). A name of a file is durable once its directory was synced.

use std::collections::BTreeMap;

use super::Dice;
use super::course::Ack;

const SECTOR: usize = 512;

/// A file, whatever its name.
pub type FileId = usize;

#[derive(Clone, Debug)]
pub enum Event {
    /// A file that was there before anything was recorded.
    Found(FileId, Vec<u8>),
    Named(String, FileId),
    Unnamed(String),
    /// The directory was synced.
    NamesSynced,
    Write(FileId, usize, Vec<u8>),
    Truncate(FileId, usize),
    Sync(FileId),
    /// The system dropped what it could not write: no later sync of the file makes it durable.
    SyncFailed(FileId),
    Told(Ack),
}

/// How unsynced writes fare.
#[derive(Clone, Copy, Debug)]
enum Luck {
    AllLost,
    AllKept,
    /// In order, up to a point.
    FirstKept(usize),
    /// Each sector by itself.
    Torn,
}

impl Luck {
    fn roll(dice: &mut Dice, pending: usize) -> Self {
        match dice.below(6) {
            0 => Self::AllLost,
            1 => Self::AllKept,
            2 => Self::FirstKept(dice.below(pending + 1)),
            _ => Self::Torn,
        }
    }
}

#[derive(Clone, Default)]
struct File {
    durable: Vec<u8>,
    /// What came since, and whether a sync can still save it.
    pending: Vec<(Op, bool)>,
}

#[derive(Clone)]
enum Op {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// A disk as far as it was written.
#[derive(Clone, Default)]
pub struct Image {
    files: BTreeMap<FileId, File>,
    names: BTreeMap<String, FileId>,
    /// Changes of names that no sync of the directory has saved.
    renamed: Vec<(String, Option<FileId>)>,
    pub acks: Vec<Ack>,
}

impl Image {
    pub fn follow(&mut self, event: &Event) {
        match event {
            Event::Found(id, bytes) => self.file(*id).durable.clone_from(bytes),
            Event::Named(name, id) => self.renamed.push((name.clone(), Some(*id))),
            Event::Unnamed(name) => self.renamed.push((name.clone(), None)),
            Event::NamesSynced => {
                for (name, id) in std::mem::take(&mut self.renamed) {
                    rename(&mut self.names, name, id);
                }
            }
            Event::Write(id, at, bytes) => {
                let op = Op::Write(*at, bytes.clone());
                self.file(*id).pending.push((op, true));
            }
            Event::Truncate(id, size) => self.file(*id).pending.push((Op::Truncate(*size), true)),
            Event::Sync(id) => self.file(*id).sync(),
            Event::SyncFailed(id) => {
                let pending = self.file(*id).pending.iter_mut();
                pending.for_each(|(_, can_be_saved)| *can_be_saved = false);
            }
            Event::Told(ack) => self.acks.push(ack.clone()),
        }
    }

    /// The files by name as they might be found after a power cut here.
    pub fn cut(&self, dice: &mut Dice) -> BTreeMap<String, Vec<u8>> {
        let mut names = self.names.clone();
        for (name, id) in &self.renamed {
            if dice.coin() {
                rename(&mut names, name.clone(), *id);
            }
        }
        let left = |(name, id): (String, FileId)| {
            let file = self.files.get(&id).cloned().unwrap_or_default();
            (name, file.left(dice))
        };
        names.into_iter().map(left).collect()
    }

    fn file(&mut self, id: FileId) -> &mut File {
        self.files.entry(id).or_default()
    }
}

impl File {
    fn sync(&mut self) {
        for (op, can_be_saved) in std::mem::take(&mut self.pending) {
            if !can_be_saved {
                self.pending.push((op, false));
                continue;
            }
            op.apply(&mut self.durable);
            // What was dropped before it may show only where nothing durable was written over it.
            for (dropped, _) in &mut self.pending {
                dropped.give_way(&op);
            }
        }
    }

    fn left(self, dice: &mut Dice) -> Vec<u8> {
        let luck = Luck::roll(dice, self.pending.len());
        let mut bytes = self.durable;
        for (index, (op, _)) in self.pending.into_iter().enumerate() {
            match luck {
                Luck::AllLost => {}
                Luck::AllKept => op.apply(&mut bytes),
                Luck::FirstKept(most) if index < most => op.apply(&mut bytes),
                Luck::FirstKept(_) => {}
                Luck::Torn => op.tear(&mut bytes, dice),
            }
        }
        bytes
    }
}

impl Op {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => put(file, *at, bytes),
            Self::Truncate(size) => file.resize(*size, 0),
        }
    }

    /// Applies some of its sectors.
    fn tear(&self, file: &mut Vec<u8>, dice: &mut Dice) {
        match self {
            Self::Truncate(_) => {
                if dice.coin() {
                    self.apply(file);
                }
            }
            Self::Write(at, bytes) => {
                let (mut from, end) = (*at, at + bytes.len());
                while from < end {
                    let to = ((from / SECTOR + 1) * SECTOR).min(end);
                    if dice.coin() {
                        put(file, from, &bytes[from - at..to - at]);
                    }
                    from = to;
                }
            }
        }
    }

    /// Leaves out what a durable step decided after it.
    fn give_way(&mut self, durable: &Self) {
        let Self::Write(from, bytes) = self else {
            return;
        };
        match durable {
            Self::Truncate(size) => bytes.truncate(size.saturating_sub(*from)),
            Self::Write(at, over) => {
                let (begin, end) = ((*at).max(*from), (at + over.len()).min(*from + bytes.len()));
                if begin < end {
                    bytes[begin - *from..end - *from].copy_from_slice(&over[begin - at..end - at]);
                }
            }
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

fn rename(names: &mut BTreeMap<String, FileId>, name: String, id: Option<FileId>) {
    match id {
        Some(id) => {
            names.insert(name, id);
        }
        None => {
            names.remove(&name);
        }
    }
}

#[test]
fn what_was_synced_survives_and_the_rest_may() {
    let mut image = Image::default();
    let written = |byte: u8| Event::Write(1, 0, vec![byte; 2 * SECTOR]);
    for event in [
        Event::Named("a".to_owned(), 1),
        Event::NamesSynced,
        written(1),
        Event::Sync(1),
        written(2),
    ] {
        image.follow(&event);
    }
    let mut found = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let left = image.cut(&mut Dice::new(seed)).remove("a").unwrap();
        found.insert((left[0], left[SECTOR]));
    }
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        [(1, 1), (1, 2), (2, 1), (2, 2)]
    );
    // After a sync that failed, the next one says nothing of what was dropped.
    image.follow(&Event::SyncFailed(1));
    image.follow(&Event::Sync(1));
    let left = |seed| image.cut(&mut Dice::new(seed)).remove("a").unwrap()[0];
    assert!((0..200).map(left).any(|byte| byte == 1));
}
