//! The themes that the settings name: those of the program, and files of one's own beside the configuration.

use std::fs;
use std::path::{Path, PathBuf};

use super::session::variable;
use crate::config::Settings;
use crate::store::words_of;
use crate::tui::theme::{
    Depth, FILE_BYTES_MAX, Follows, Ground, Theme, ThemeError, Wrong, findings, is_name,
};

/// The name that follows the terminal's background.
const AUTO: &str = "auto";
/// What a console of the kernel calls itself: it knows no question, and is dark.
const CONSOLE: &str = "linux";

/// How a desk looks, and what is to be said about it.
pub struct Looks {
    pub theme: Theme,
    pub follows: Option<Follows>,
    pub notices: Vec<String>,
}

/// A theme that cannot be had.
pub struct BadTheme {
    /// Its file, where it has one.
    pub path: Option<PathBuf>,
    pub wrong: Vec<Wrong>,
    pub says: String,
}

/// The looks of a desk on the program's terminal. What is wrong with a theme becomes a notice, and a theme of the
/// program takes its place.
pub fn of(settings: &Settings, themes: Option<&Path>) -> Looks {
    let depth = settings.depth.unwrap_or_else(|| Depth::detect(variable));
    let mut notices = Vec::new();
    let mut load = |name: &str, instead: &str| {
        let loaded = load(name, depth, themes).or_else(|bad| {
            notices.push(bad.says);
            Theme::load(instead, depth)
        });
        let theme = loaded.unwrap_or_else(|_| Theme::mono());
        match settings.theme_background {
            true => theme.painted(),
            false => theme,
        }
    };
    let told = Ground::of_environment(variable("COLORFGBG").as_deref());
    let ground = told.unwrap_or(Ground::Dark);
    if settings.theme != AUTO {
        let instead = match ground {
            Ground::Dark => "dark",
            Ground::Light => "light",
        };
        return Looks {
            theme: load(&settings.theme, instead),
            follows: None,
            notices,
        };
    }
    let follows = Follows::new(
        load(&settings.theme_dark, "dark"),
        load(&settings.theme_light, "light"),
    );
    let is_asked = depth != Depth::Mono && variable("TERM").as_deref() != Some(CONSOLE);
    Looks {
        theme: follows.on(ground).clone(),
        follows: is_asked.then_some(follows),
        notices,
    }
}

/// Every theme of the settings that cannot be had.
pub fn wrong(settings: &Settings, themes: Option<&Path>) -> Vec<BadTheme> {
    let mut names = vec![&settings.theme, &settings.theme_dark, &settings.theme_light];
    names.retain(|name| *name != AUTO);
    names.dedup();
    let tried = names.into_iter();
    tried
        .filter_map(|name| load(name, Depth::True, themes).err())
        .collect()
}

/// A theme by its name: a file of one's own, else one of the program.
fn load(name: &str, depth: Depth, themes: Option<&Path>) -> Result<Theme, BadTheme> {
    let own = themes.map(|dir| dir.join(name).with_extension("toml"));
    let own = own.filter(|path| is_name(name) && path.is_file());
    let Some(path) = own else {
        return Theme::load(name, depth).map_err(|error| missing(&error, themes));
    };
    let text = match read(&path) {
        Ok(text) => text,
        Err(why) => {
            let says = format!("theme `{name}`: {} cannot be read ({why})", path.display());
            return Err(BadTheme {
                path: Some(path),
                wrong: Vec::new(),
                says,
            });
        }
    };
    Theme::parse(name, &text, depth).map_err(|error| BadTheme {
        path: Some(path),
        wrong: findings(&text),
        says: error.to_string(),
    })
}

fn missing(error: &ThemeError, themes: Option<&Path>) -> BadTheme {
    let place = themes.map_or_else(String::new, |dir| format!(" in {}", dir.display()));
    BadTheme {
        path: None,
        wrong: Vec::new(),
        says: format!("{error}{place}"),
    }
}

fn read(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| words_of(&error))?.len();
    if FILE_BYTES_MAX < size {
        return Err("it is larger than 64 KB".to_owned());
    }
    fs::read_to_string(path).map_err(|error| words_of(&error))
}
