//! Nothing that was acknowledged is ever lost: programs are killed, the power is cut, disks fail, bits flip.
//!
//! Each test runs a slice of its course; the long versions are ignored by default and read how much to do
//! from the environment: `SCV_KILLS`, `SCV_CUTS`, `SCV_FLIPS`, and `SCV_SEED` to run one course again.

mod course;
mod disk;
mod fault;
mod flip;
mod kill;
mod power;
mod proof;
mod trace;

/// Random numbers that a seed gives again.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (SplitMix64).
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub fn one_of<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        match all.is_empty() {
            true => None,
            false => all.get(self.below(all.len())),
        }
    }
}

/// A number from the environment.
fn asked(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} must be a number")),
    )
}

/// How much a long course does, and the seed it begins with: one of its own each time, unless told.
fn long(count: &str) -> (u64, u64) {
    let seed = asked("SCV_SEED").unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0 >> 16);
    (asked(count).unwrap_or(200), seed)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
