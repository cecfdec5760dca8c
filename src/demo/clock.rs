//! The demo's clock: it starts at the real now, runs at a speed, and can be paused.

use std::sync::Mutex;
use std::time::Instant;

use crate::domain::Moment;

/// The slowest and the fastest speed.
pub const SPEED_MIN: f64 = 0.25;
pub const SPEED_MAX: f64 = 32.0;

/// A clock that can be paused and hurried. Shared by the backend, the player and the desk.
#[derive(Debug)]
pub struct ScaledClock {
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    /// Real instant and demo moment that belong together.
    real: Instant,
    demo: Moment,
    speed: f64,
    paused: bool,
}

impl State {
    fn at(&self, real: Instant) -> Moment {
        if self.paused {
            return self.demo;
        }
        let passed = real.saturating_duration_since(self.real).as_secs_f64() * 1000.0 * self.speed;
        self.demo.plus_ms(passed as i64)
    }
}

impl ScaledClock {
    /// A clock that says `start` now and runs at `speed`.
    pub fn new(start: Moment, speed: f64) -> Self {
        let speed = speed.clamp(SPEED_MIN, SPEED_MAX);
        let state = State {
            real: Instant::now(),
            demo: start,
            speed,
            paused: false,
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// The demo's now.
    pub fn now(&self) -> Moment {
        self.with(|state, real| state.at(real))
    }

    pub fn speed(&self) -> f64 {
        self.with(|state, _| state.speed)
    }

    pub fn is_paused(&self) -> bool {
        self.with(|state, _| state.paused)
    }

    /// Stops or goes on.
    pub fn toggle_pause(&self) {
        self.with(|state, real| {
            state.demo = state.at(real);
            state.real = real;
            state.paused = !state.paused;
        });
    }

    /// Says `moment` now; speed and pause stay.
    pub fn set(&self, moment: Moment) {
        self.with(|state, real| {
            state.demo = moment;
            state.real = real;
        });
    }

    /// Runs at `speed` from now on.
    pub fn set_speed(&self, speed: f64) {
        self.with(|state, real| {
            state.demo = state.at(real);
            state.real = real;
            state.speed = speed.clamp(SPEED_MIN, SPEED_MAX);
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut State, Instant) -> T) -> T {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        act(&mut state, Instant::now())
    }
}
