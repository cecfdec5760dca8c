//! Theme files: what is taken, what is said of the rest, and the desk on one.

use ratatui::style::{Color, Modifier, Style};
use scv_desk::tui::theme::{Depth, FILES, NAMES, Role, Theme, findings};

fn whats(file: &str) -> Vec<String> {
    findings(file).iter().map(ToString::to_string).collect()
}

#[test]
fn every_bundled_file_names_every_role_and_its_background() {
    for (name, file) in FILES {
        let named: toml::Table = file.parse().unwrap();
        let roles = Role::ALL.map(|role| role.to_string());
        let other = ["background", "foreground"].map(str::to_owned);
        let mut wanted: Vec<String> = roles.into_iter().chain(other).collect();
        wanted.sort();
        let named: Vec<String> = named.keys().cloned().collect();
        assert_eq!(named, wanted, "{name}");
    }
}

#[test]
fn what_a_file_leaves_out_comes_from_its_base() {
    let file = "base = \"light\"\ngood = \"#0b5394\"\nlink = { fg = \"#0b5394\", bold = true }\n";
    let mine = Theme::parse("mine", file, Depth::True).unwrap();
    let light = Theme::load("light", Depth::True).unwrap();
    let blue = Style::new().fg(Color::from_u32(0x0B_5394));
    assert_eq!(mine.style(Role::Good), blue);
    assert_eq!(mine.style(Role::Link), blue.add_modifier(Modifier::BOLD));
    assert_eq!(mine.style(Role::Danger), light.style(Role::Danger));
    assert_eq!(mine.sheet(), light.sheet());
}

#[test]
fn a_broken_theme_says_what_is_wrong_and_where() {
    let file = "base = \"dark\"\ntxet = {}\nmuted = { fg = \"grey\" }\naccent = { font = \"serif\" }\n\
                link = { ansi = \"pink\", bold = 1 }\nmark = 7\n";
    let wrong = whats(file);
    assert!(
        wrong[0].starts_with("line 2: role `txet` is not known; known are text, muted, accent"),
        "{wrong:?}"
    );
    assert_eq!(
        wrong[1..],
        [
            "line 3: muted.fg is \"grey\"; a colour is written like \"#7cc4ff\"",
            "line 4: accent.font is not known; a role has fg, bg, ansi, bold, italic, underline, reverse",
            "line 5: link.ansi is \"pink\"; allowed are black, red, green, yellow, blue, magenta, cyan, gray, \
             dark-gray, bright-red, bright-green, bright-yellow, bright-blue, bright-magenta, bright-cyan, white",
            "line 5: link.bold is 1; allowed is true or false",
            "line 6: mark is not written like mark = { fg = \"#7cc4ff\" }",
        ]
    );
    let error = Theme::parse("mine", file, Depth::True).unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with("theme `mine`, line 2: role `txet` is not known"),
        "{said}"
    );
    assert!(
        said.ends_with("(and 5 more; `scv config check` lists them)"),
        "{said}"
    );
}

#[test]
fn what_is_missing_is_named() {
    let wrong = whats("background = \"#000000\"\ntext = {}\n");
    assert_eq!(
        wrong.first().map(String::as_str),
        Some(
            "foreground is missing; name it, or write base = \"dark\" to have what is left out from there"
        )
    );
    assert_eq!(wrong.len(), Role::ALL.len());
    assert!(whats("base = \"solar\"")[0].contains("base `solar` is not one of dark, light,"));
    assert!(whats("text = { fg = \"#12345")[0].starts_with("line 1: it is not TOML"));
    assert!(whats("base = \"dark\"\ngood = \"#+12345\"")[0].starts_with("line 2: good is"));
    let unknown = Theme::load("solar", Depth::True).unwrap_err().to_string();
    assert!(
        unknown.starts_with("theme `solar` is not one of dark, light,"),
        "{unknown}"
    );
}

#[test]
fn a_desk_is_on_its_own_ground_where_that_is_wanted() {
    let area = ratatui::layout::Rect::new(0, 0, 3, 1);
    let drawn = |theme: Theme| {
        let mut buf = ratatui::buffer::Buffer::empty(area);
        buf.cell_mut((1, 0)).unwrap().set_bg(Color::Rgb(1, 2, 3));
        theme.paint(&mut buf);
        [0, 1].map(|x| (buf[(x, 0)].fg, buf[(x, 0)].bg))
    };
    let light = || Theme::load("light", Depth::True).unwrap();
    let sheet = light().sheet().unwrap();
    let own = Color::Rgb(1, 2, 3);
    assert_eq!(
        drawn(light()),
        [(Color::Reset, Color::Reset), (Color::Reset, own)]
    );
    assert_eq!(
        drawn(light().painted()),
        [
            (sheet.foreground, sheet.background),
            (sheet.foreground, own)
        ]
    );
    let mono = Theme::load("light", Depth::Mono).unwrap().painted();
    assert_eq!(drawn(mono)[0], (Color::Reset, Color::Reset));
}

#[test]
fn the_theme_of_the_readme_is_taken_and_its_roles_are_all_there() {
    let readme = include_str!("../../../README.md");
    let between = |start: &str, end: &str| {
        let rest = readme.split(start).nth(1).unwrap();
        rest.split(end).next().unwrap().to_owned()
    };
    let file = between("<!-- begin theme -->\n```toml\n", "```");
    assert_eq!(whats(&file), Vec::<String>::new());
    let section = between("### Themes", "\n## ");
    for name in NAMES {
        assert!(section.contains(&format!("`{name}`")), "{name}");
    }
    for role in Role::ALL {
        assert!(section.contains(&format!("`{role}`")), "{role}");
    }
}
