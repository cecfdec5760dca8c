//! The colours and weights that the terminal writes with now, and the shortest order to change them.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

const ON: [(Modifier, u8); 8] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];
const OFF: [(Modifier, u8); 7] = [
    (Modifier::BOLD.union(Modifier::DIM), 22),
    (Modifier::ITALIC, 23),
    (Modifier::UNDERLINED, 24),
    (Modifier::SLOW_BLINK, 25),
    (Modifier::REVERSED, 27),
    (Modifier::HIDDEN, 28),
    (Modifier::CROSSED_OUT, 29),
];
/// What can be seen on a blank.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Default for Pen {
    fn default() -> Self {
        Self {
            fg: Color::Reset,
            bg: Color::Reset,
            modifier: Modifier::empty(),
        }
    }
}

impl Pen {
    /// Changes to the look of a cell, as far as that can be seen.
    pub fn change_to(&mut self, cell: &Cell, bytes: &mut Vec<u8>) {
        let mut wanted = Self {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier - Modifier::RAPID_BLINK,
        };
        if cell.symbol() == " " && !(self.modifier | wanted.modifier).intersects(SEEN_ON_BLANK) {
            wanted = Self {
                bg: wanted.bg,
                ..*self
            };
        }
        if wanted == *self {
            return;
        }
        if wanted == Self::default() {
            self.lift(bytes);
            return;
        }
        let mut orders = Vec::new();
        self.change_weight(wanted.modifier, &mut orders);
        if wanted.fg != self.fg {
            orders.push(colour_order(wanted.fg, Ground::Fore));
        }
        if wanted.bg != self.bg {
            orders.push(colour_order(wanted.bg, Ground::Back));
        }
        bytes.extend_from_slice(b"\x1b[");
        bytes.extend_from_slice(orders.join(";").as_bytes());
        bytes.push(b'm');
        *self = wanted;
    }

    /// Back to the terminal's own look.
    pub fn lift(&mut self, bytes: &mut Vec<u8>) {
        if *self != Self::default() {
            bytes.extend_from_slice(b"\x1b[m");
            *self = Self::default();
        }
    }

    fn change_weight(&self, wanted: Modifier, orders: &mut Vec<String>) {
        let mut kept = self.modifier;
        for (modifiers, order) in OFF {
            if (self.modifier - wanted).intersects(modifiers) {
                // One order ends both bold and dim; the one that stays is set again below.
                kept -= modifiers;
                orders.push(order.to_string());
            }
        }
        for (modifier, order) in ON {
            if (wanted - kept).contains(modifier) {
                orders.push(order.to_string());
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Ground {
    Fore,
    Back,
}

fn colour_order(colour: Color, ground: Ground) -> String {
    let base = match ground {
        Ground::Fore => 30,
        Ground::Back => 40,
    };
    let dark = |step: u8| (base + step).to_string();
    let bright = |step: u8| (base + 60 + step).to_string();
    match colour {
        Color::Reset => dark(9),
        Color::Black => dark(0),
        Color::Red => dark(1),
        Color::Green => dark(2),
        Color::Yellow => dark(3),
        Color::Blue => dark(4),
        Color::Magenta => dark(5),
        Color::Cyan => dark(6),
        Color::Gray => dark(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}
