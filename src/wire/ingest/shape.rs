//! The outer shape of JSON, byte by byte: brackets, strings, and where they cannot belong together.

/// Deepest nesting of an element. The JSON parser's own limit is a little higher.
pub const DEPTH_MAX: u32 = 100;
/// Members of an answer that hold its items.
const LISTS: [&[u8]; 3] = [b"conversations", b"entities", b"sessions"];
/// Longer names are none of `LISTS`.
const NAME_BYTES_MAX: usize = 16;

/// What a byte did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Inside,
    /// The bracket that opened first was closed.
    Closed,
    /// The byte cannot stand here, whatever follows.
    Broken,
}

/// The state of an element that is being read.
#[derive(Debug, Default)]
pub struct Shape {
    depth: u32,
    /// One bit a level, up to 128: 1 for an object, 0 for an array.
    objects: u128,
    is_string: bool,
    is_escaped: bool,
    /// The last byte that was no blank and no part of a string.
    last: u8,
    /// The last string of the outermost object, cut.
    name: Vec<u8>,
}

impl Shape {
    /// Takes the next byte in.
    pub fn feed(&mut self, byte: u8) -> Step {
        if self.is_string {
            return self.feed_string(byte);
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => return Step::Inside,
            b'"' => {
                self.is_string = true;
                self.name.clear();
            }
            b'{' | b'[' if self.depth > 0 && !self.may_open() => return Step::Broken,
            b'{' | b'[' => {
                self.set_object(self.depth, byte == b'{');
                self.depth = self.depth.saturating_add(1);
            }
            b'}' | b']' => {
                let is_match = self
                    .is_object()
                    .is_none_or(|object| object == (byte == b'}'));
                if self.depth == 0 || !is_match {
                    return Step::Broken;
                }
                self.depth -= 1;
            }
            _ => {}
        }
        self.last = byte;
        let is_closed = self.depth == 0 && matches!(byte, b'}' | b']');
        if is_closed {
            Step::Closed
        } else {
            Step::Inside
        }
    }

    /// True when `byte` opens the list of items of an answer.
    pub fn opens_list_of_items(&self, byte: u8) -> bool {
        byte == b'['
            && self.depth == 1
            && self.last == b':'
            && !self.is_string
            && LISTS.contains(&self.name.as_slice())
    }

    /// The list of items was read without this shape: it stands as a value that is over.
    pub fn close_list(&mut self) {
        self.last = b']';
    }

    /// True when an object may well go on after a line break here: pretty-printed JSON breaks there.
    pub fn may_go_on_next_line(&self) -> bool {
        !self.is_string && matches!(self.last, b'{' | b'[' | b',' | b':')
    }

    /// True inside a string.
    pub fn is_string(&self) -> bool {
        self.is_string
    }

    fn feed_string(&mut self, byte: u8) -> Step {
        match byte {
            // A string never holds a raw line break, so it was never closed.
            b'\n' => return Step::Broken,
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => {
                self.is_string = false;
                self.last = b'"';
                return Step::Inside;
            }
            _ => {}
        }
        if self.depth == 1 && self.name.len() < NAME_BYTES_MAX {
            self.name.push(byte);
        }
        Step::Inside
    }

    /// An object opens after a colon in an object; anything opens at the front of an array or after a comma.
    fn may_open(&self) -> bool {
        match self.is_object() {
            Some(true) => self.last == b':',
            Some(false) => matches!(self.last, b'[' | b','),
            None => true,
        }
    }

    fn set_object(&mut self, level: u32, is_object: bool) {
        if let Some(bit) = 1u128.checked_shl(level) {
            match is_object {
                true => self.objects |= bit,
                false => self.objects &= !bit,
            }
        }
    }

    /// Whether the innermost bracket is an object's; too deep levels are not known.
    fn is_object(&self) -> Option<bool> {
        let level = self.depth.checked_sub(1)?;
        let bit = 1u128.checked_shl(level)?;
        Some(self.objects & bit != 0)
    }
}

/// Deepest nesting in a text, JSON or not.
pub fn depth(bytes: &[u8]) -> u32 {
    let (mut depth, mut deepest, mut is_string, mut is_escaped) = (0_u32, 0, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            _ if is_string => {}
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
