//! Which presses run which action: the defaults of the table, changed by the configuration.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::action::Action;
use super::input::{Chord, Key, Press};

/// The chords of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    chord: Chord,
    action: Action,
    /// Which of the action's chords it is, from 0: how `jump` knows its number.
    nth: usize,
}

/// What the presses so far mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    Run {
        action: Action,
        nth: usize,
    },
    /// The start of chords: what is still to press, and what it would run.
    Pending(Vec<(Chord, Action)>),
    Unknown,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::with(&BTreeMap::new()).0
    }
}

impl Keymap {
    /// The defaults with the keys of the configuration in their place: action name to chords, none unbinds.
    /// What cannot be done is told in sentences and left as it was.
    pub fn with(overrides: &BTreeMap<String, Vec<String>>) -> (Self, Vec<String>) {
        let mut notices = Vec::new();
        let mut bindings: Vec<Binding> = Vec::new();
        let mut replaced = Vec::new();
        for (name, keys) in overrides {
            let Some(action) = Action::of_name(name) else {
                notices.push(format!(
                    "Keys name the action {name:?}, which is not known; ? lists the names"
                ));
                continue;
            };
            replaced.push(action);
            add_configured(&mut bindings, action, keys, &mut notices);
        }
        for action in Action::ALL
            .into_iter()
            .filter(|action| !replaced.contains(action))
        {
            add_defaults(&mut bindings, action, &mut notices);
        }
        (Self { bindings }, notices)
    }

    /// True for a function key that reads everything anew: it is never text, so that dialogs leave it alone.
    pub fn refreshes(&self, press: Press) -> bool {
        let is_function = matches!(press.key, Key::F(_));
        let refresh = |meaning| {
            matches!(
                meaning,
                Meaning::Run {
                    action: Action::Refresh,
                    ..
                }
            )
        };
        is_function && refresh(self.meaning(&[press]))
    }

    /// What the presses mean, the last one included.
    pub fn meaning(&self, presses: &[Press]) -> Meaning {
        let starts = |binding: &&Binding| binding.chord.presses().starts_with(presses);
        let mut longer = Vec::new();
        for binding in self.bindings.iter().filter(starts) {
            match binding.chord.presses().get(presses.len()..) {
                None | Some([]) => {
                    return Meaning::Run {
                        action: binding.action,
                        nth: binding.nth,
                    };
                }
                Some(rest) => longer.extend(Chord::of(rest).map(|rest| (rest, binding.action))),
            }
        }
        if longer.is_empty() {
            Meaning::Unknown
        } else {
            Meaning::Pending(longer)
        }
    }

    /// The chord that is shown for an action; nothing when it has none.
    pub fn label(&self, action: Action) -> Option<String> {
        self.chords(action).next().map(Chord::label)
    }

    pub fn chords(&self, action: Action) -> impl Iterator<Item = &Chord> {
        self.bindings
            .iter()
            .filter(move |binding| binding.action == action)
            .map(|binding| &binding.chord)
    }
}

fn add_configured(
    bindings: &mut Vec<Binding>,
    action: Action,
    keys: &[String],
    notices: &mut Vec<String>,
) {
    for (nth, key) in keys.iter().enumerate() {
        let chord: Chord = match key.parse() {
            Ok(chord) => chord,
            Err(error) => {
                notices.push(format!("Keys of {}: {error}", action.spec().name));
                continue;
            }
        };
        match clash(bindings, &chord) {
            Some(other) => notices.push(clash_words(other, &chord, action)),
            None => bindings.push(Binding { chord, action, nth }),
        }
    }
}

fn add_defaults(bindings: &mut Vec<Binding>, action: Action, notices: &mut Vec<String>) {
    let spec = action.spec();
    let mut lost = None;
    let mut begun = None;
    let before = bindings.len();
    for (nth, key) in spec.keys.iter().enumerate() {
        // The table's own keys are tested to parse.
        let Ok(chord) = key.parse::<Chord>() else {
            continue;
        };
        match clash(bindings, &chord) {
            Some(other) => {
                if chord.presses().len() < other.chord.presses().len() {
                    begun = Some((chord.clone(), other.chord.clone(), other.action));
                }
                lost = Some((other.action, chord));
            }
            None => bindings.push(Binding { chord, action, nth }),
        }
    }
    if let Some((taker, chord)) = lost.filter(|_| bindings.len() == before) {
        notices.push(format!(
            "Key {chord} is now {}, so {} has no key",
            taker.spec().name,
            spec.name
        ));
    } else if let Some((chord, longer, taker)) = begun {
        let kept: Vec<String> = bindings[before..]
            .iter()
            .map(|binding| format!("{:?}", binding.chord.to_string()))
            .collect();
        notices.push(format!(
            "Key {chord} begins {longer} of {}, so it is no longer {}; write {} = [{}] where that is meant",
            taker.spec().name,
            spec.name,
            spec.name,
            kept.join(", ")
        ));
    }
}

/// Why a configured chord is not taken: another action has it, or one of the two hides the other.
fn clash_words(other: &Binding, chord: &Chord, action: Action) -> String {
    let (theirs, ours) = (other.action.spec().name, action.spec().name);
    let lengths = (other.chord.presses().len(), chord.presses().len());
    match lengths.0.cmp(&lengths.1) {
        Ordering::Equal => {
            format!("Key {chord} is given to both {theirs} and {ours}; {theirs} keeps it")
        }
        Ordering::Less => format!(
            "Key {chord} of {ours} begins with {} of {theirs}, which hides it; {ours} does without",
            other.chord
        ),
        Ordering::Greater => format!(
            "Key {chord} of {ours} would hide {} of {theirs}; {ours} does without",
            other.chord
        ),
    }
}

/// The binding that a chord cannot live beside: one of them would start the other.
fn clash<'a>(bindings: &'a [Binding], chord: &Chord) -> Option<&'a Binding> {
    let presses = chord.presses();
    bindings.iter().find(|binding| {
        let other = binding.chord.presses();
        other.starts_with(presses) || presses.starts_with(other)
    })
}
