//! Which documents answer a search, and how well: sets of document numbers, combined the way words are.

use super::bits::Bits;
use super::term::Class;
use super::typed::{Typed, Word};

/// How many grades of answers there are.
pub(super) const GRADES: usize = 4;

/// Documents by the best way in which something was found in them. Grades, best first: a whole word of a
/// name, a whole word of another field, the start of a word of a name, the start of a word of another field.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    grades: [Bits; GRADES],
}

impl Answer {
    pub fn none(size: usize) -> Self {
        Self {
            grades: std::array::from_fn(|_| Bits::none(size)),
        }
    }

    /// A term was found in a document.
    pub fn add(&mut self, document: usize, class: Class, extent: Extent) {
        self.grade(class, extent).add(document);
    }

    /// Where documents with such a term are gathered.
    pub fn grade(&mut self, class: Class, extent: Extent) -> &mut Bits {
        let grade = match (extent, class) {
            (Extent::Whole, Class::Name) => 0,
            (Extent::Whole, Class::Organization | Class::Other) => 1,
            (Extent::Start, Class::Name) => 2,
            (Extent::Start, Class::Organization | Class::Other) => 3,
        };
        &mut self.grades[grade]
    }

    /// Makes each grade hold the better ones that imply it, so that grades can be intersected one by one.
    fn widen(&mut self) {
        let [whole_name, whole, start_name, start] = &mut self.grades;
        start_name.or(whole_name);
        whole.or(whole_name);
        start.or(whole);
        start.or(start_name);
    }

    fn each(&mut self, other: &Self, combine: impl Fn(&mut Bits, &Bits)) {
        for (mine, theirs) in self.grades.iter_mut().zip(&other.grades) {
            combine(mine, theirs);
        }
    }
}

/// How much of a term was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Start,
}

/// Documents that answer a whole search, each in its best grade only.
pub(super) struct Ranked {
    pub grades: [Bits; GRADES],
    pub total: usize,
}

/// Combines what `gather` finds for each word. Documents outside `live` are left out.
pub(super) fn rank<E>(
    typed: &Typed,
    size: usize,
    live: &Bits,
    mut gather: impl FnMut(&Word, &mut Answer) -> Result<(), E>,
) -> Result<Ranked, E> {
    let mut all: Option<Answer> = None;
    for unit in &typed.units {
        let mut any: Option<Answer> = None;
        for option in &unit.options {
            let mut every: Option<Answer> = None;
            for word in option {
                let mut found = Answer::none(size);
                gather(word, &mut found)?;
                found.widen();
                combine(&mut every, found, Bits::and);
            }
            every
                .into_iter()
                .for_each(|every| combine(&mut any, every, Bits::or));
        }
        any.into_iter()
            .for_each(|any| combine(&mut all, any, Bits::and));
    }
    let mut grades = all.unwrap_or_else(|| Answer::none(size)).grades;
    let mut taken = Bits::none(size);
    for grade in &mut grades {
        grade.and(live);
        grade.without(&taken);
        taken.or(grade);
    }
    let total = taken.count();
    Ok(Ranked { grades, total })
}

fn combine(into: &mut Option<Answer>, found: Answer, how: impl Fn(&mut Bits, &Bits)) {
    match into {
        Some(so_far) => so_far.each(&found, how),
        None => *into = Some(found),
    }
}
