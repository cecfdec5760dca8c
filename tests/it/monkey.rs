//! Random keys, clicks and sizes: the desk never panics, whatever is pressed and whoever is shown.

use scv_desk::tui::input::{Button, Input, Key, Mouse, MouseKind, Press};

use super::people::world;
use super::stage::Stage;

const ROUNDS: u64 = 12;
const STEPS: usize = 150;

/// A small generator of its own, so that a seed means the same for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn press(&mut self) -> Press {
        let keys = [
            Key::Enter,
            Key::Esc,
            Key::Tab,
            Key::Backspace,
            Key::Home,
            Key::End,
            Key::PageUp,
            Key::PageDown,
            Key::Up,
            Key::Down,
            Key::Left,
            Key::Right,
        ];
        match self.roll(4) {
            0 => Press::plain(keys[self.roll(12) as usize]),
            1 => Press::char(char::from(b'0' + self.roll(10) as u8)),
            _ => match char::from(b' ' + self.roll(95) as u8) {
                // Quitting ends the walk.
                'q' => Press::char('j'),
                letter => Press::char(letter),
            },
        }
    }

    fn mouse(&mut self) -> Mouse {
        let kind = match self.roll(3) {
            0 => MouseKind::Down(Button::Left),
            1 => MouseKind::WheelUp,
            _ => MouseKind::WheelDown,
        };
        Mouse {
            kind,
            column: self.roll(160) as u16,
            row: self.roll(50) as u16,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }
}

#[tokio::test]
async fn random_keys_clicks_and_sizes() {
    for seed in 1..=ROUNDS {
        let mut dice = Dice(seed);
        let mut stage = Stage::new(140, 42, "admin", world()).await;
        for step in 0..STEPS {
            match dice.roll(12) {
                0 => {
                    stage
                        .resize(1 + dice.roll(160) as u16, 1 + dice.roll(50) as u16)
                        .await
                }
                1 => stage.desk.input(Input::Mouse(dice.mouse())).unwrap(),
                2 => stage
                    .desk
                    .input(Input::Paste("\u{202e}Ada\r\n\u{1b}[2J山田".to_owned()))
                    .unwrap(),
                _ => stage.desk.input(Input::Key(dice.press())).unwrap(),
            }
            if step % 3 == 0 {
                stage.desk.settle().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn every_small_size_draws() {
    let mut stage = Stage::new(140, 42, "admin", world()).await;
    for keys in ["2", "tab", "tab enter", "?", "esc r", "esc !"] {
        stage.press(keys).await;
        for width in (1..50).step_by(3) {
            for height in (1..20).step_by(2) {
                stage.resize(width, height).await;
            }
        }
    }
}
