//! The house rules that a compiler does not check: layers, words in names, globals, sizes, who may print and who
//! may know what. Each breach is named by file and line.

use std::fs;
use std::path::{Path, PathBuf};

/// Largest sizes; the aims are smaller and only printed.
const LINES_MAX: usize = 620;
const LINES_AIM: usize = 400;
const COLUMNS_MAX: usize = 120;
const FUNCTION_MAX: usize = 100;
const FUNCTION_AIM: usize = 40;

const BANNED: [&str; 7] = [
    "manager", "helper", "util", "misc", "data", "info", "process",
];

/// A layer and what it may import besides itself.
#[rustfmt::skip]
const LAYERS: [(&str, &[&str]); 12] = [
    ("domain",  &[]),
    ("engine",  &["domain"]),
    ("store",   &["domain"]),
    ("wire",    &["domain"]),
    ("live",    &["domain"]),
    ("backend", &["domain", "engine", "store", "wire", "live"]),
    ("tui",     &["domain", "live", "backend"]),
    ("plain",   &["domain", "engine", "store", "wire", "live", "backend"]),
    ("server",  &["domain", "engine", "store", "wire", "live", "backend"]),
    ("demo",    &["domain", "engine", "store", "wire", "live", "backend"]),
    ("config",  &["domain", "engine", "store", "wire", "live", "backend", "tui", "plain", "server"]),
    ("cli",     &["domain", "engine", "store", "wire", "live", "backend", "tui", "plain", "server", "demo", "config"]),
];

struct Source {
    /// Path below `src`, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// The top module that the file belongs to.
    fn module(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Lines of code with their number: no comments, no tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self
            .text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line));
        let lines = lines.take_while(|(_, line)| *line != "#[cfg(test)]");
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<Source> {
    let found = below("src");
    assert!(found.len() > 50, "the sources are there");
    found
}

/// The Rust files below a directory of the project.
fn below(directory: &str) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut found = Vec::new();
    let mut next = vec![top.clone()];
    while let Some(path) = next.pop() {
        if path.is_dir() {
            next.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(source(&top, &path));
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

fn source(top: &Path, path: &PathBuf) -> Source {
    let below = path.strip_prefix(top).unwrap().components();
    let name: Vec<String> = below
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    Source {
        name: name.join("/"),
        text: fs::read_to_string(path).unwrap(),
    }
}

fn none(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

/// The words of an identifier: `FileSize` and `file_size` are file, size.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_ascii_uppercase() {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().unwrap().push(letter.to_ascii_lowercase());
        }
    }
    words
}

/// The name that a line defines.
fn defined(line: &str) -> Option<&str> {
    const KINDS: [&str; 10] = [
        "fn ", "struct ", "enum ", "trait ", "mod ", "type ", "const ", "static ", "let mut ",
        "let ",
    ];
    let line = line.trim_start();
    let line = line
        .strip_prefix("pub(crate) ")
        .or(line.strip_prefix("pub(super) "))
        .unwrap_or(line);
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let line = line.strip_prefix("const fn ").unwrap_or(line);
    let rest = KINDS
        .iter()
        .find_map(|kind| line.strip_prefix(kind))
        .unwrap_or(line);
    if rest == line && !line.starts_with(char::is_alphabetic) {
        return None;
    }
    let end = rest
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(rest.len());
    (rest != line).then(|| &rest[..end])
}

#[test]
fn modules_import_from_the_layers_below_only() {
    let mut breaches = Vec::new();
    for source in sources() {
        let module = source.module();
        if ["main", "lib"].contains(&module) {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            breaches.push(format!("src/{}: {module} is in no layer", source.name));
            continue;
        };
        for (number, line) in source.code() {
            for after in line.split("crate::").skip(1) {
                let end = after.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
                let target = &after[..end.unwrap_or(after.len())];
                let is_layer = LAYERS.iter().any(|(name, _)| *name == target);
                if is_layer && target != module && !allowed.contains(&target) {
                    breaches.push(format!(
                        "src/{}:{number}: {module} imports {target}",
                        source.name
                    ));
                }
            }
        }
    }
    none(breaches);
}

#[test]
fn names_say_what_things_are() {
    let mut breaches = Vec::new();
    for source in sources() {
        let stems = source.name.trim_end_matches(".rs").split('/');
        if stems
            .flat_map(words)
            .any(|word| BANNED.contains(&word.as_str()))
        {
            breaches.push(format!("src/{}: the name of the file", source.name));
        }
        for (number, line) in source.code() {
            let Some(name) = defined(line) else { continue };
            if let Some(word) = words(name)
                .into_iter()
                .find(|word| BANNED.contains(&word.as_str()))
            {
                breaches.push(format!("src/{}:{number}: {name} says {word}", source.name));
            }
        }
    }
    none(breaches);
}

#[test]
fn nothing_is_global() {
    let globals = [
        "static mut ",
        "thread_local!",
        "OnceLock",
        "LazyLock",
        "OnceCell",
        "lazy_static",
    ];
    let mut breaches = Vec::new();
    for source in sources() {
        for (number, line) in source.code() {
            let plain = line.trim_start().trim_start_matches("pub ");
            if plain.starts_with("static ") || globals.iter().any(|global| line.contains(global)) {
                breaches.push(format!("src/{}:{number}: {}", source.name, line.trim()));
            }
        }
    }
    none(breaches);
}

/// The crate forbids it; the disk of the tests is one that SQLite calls, and so the one exception.
#[test]
fn only_the_disk_of_the_tests_is_unsafe() {
    // Not written as one word, or this file would be a breach.
    let word = concat!("un", "safe");
    let mut found = Vec::new();
    for directory in ["src", "tests", "benches"] {
        for source in below(directory) {
            let is_said = |line: &str| {
                let uses = ["{", "fn", "extern", "impl", "trait"];
                let mut uses = uses.map(|after| format!("{word} {after}")).into_iter();
                uses.any(|text| line.contains(&text)) || line.contains(&format!("({word}_code"))
            };
            // Code after its tests counts here too.
            let lines = source.text.lines().filter(|line| is_said(line));
            if lines.filter(|line| !line.contains("#![forbid")).count() > 0 {
                found.push(format!("{directory}/{}", source.name));
            }
        }
    }
    assert_eq!(found, ["tests/it/lost/disk/vfs.rs"]);
    for (file, text) in [
        ("lib", include_str!("../../src/lib.rs")),
        ("main", include_str!("../../src/main.rs")),
    ] {
        assert!(text.contains(&format!("#![forbid({word}_code)]")), "{file}");
    }
}

#[test]
fn each_place_knows_its_own_only() {
    // What may stand where: a text in code, and the files that may have it.
    let rules: [(&str, &[&str]); 11] = [
        ("println!", &[]),
        ("eprintln!", &[]),
        ("print!(", &[]),
        (
            "io::stdout()",
            &["cli/output.rs", "tui/screen.rs", "tui/screen/modes.rs"],
        ),
        ("io::stderr()", &["cli/output.rs"]),
        ("rusqlite", &["store"]),
        ("SELECT ", &["store"]),
        ("INSERT INTO", &["store"]),
        ("ratatui", &["tui"]),
        ("indicatif", &["cli/output.rs"]),
        ("clap", &["cli"]),
    ];
    let mut breaches = Vec::new();
    for source in sources() {
        for (number, line) in source.code() {
            for (text, places) in rules {
                let is_home = places
                    .iter()
                    .any(|place| *place == source.name || *place == source.module());
                // Asking whether there is a terminal prints nothing.
                let is_question = line.contains("is_terminal()");
                if line.contains(text) && !is_home && !is_question {
                    breaches.push(format!(
                        "src/{}:{number}: {text} belongs to {places:?}",
                        source.name
                    ));
                }
            }
        }
    }
    none(breaches);
}

#[test]
#[allow(clippy::print_stdout)]
fn files_functions_and_lines_are_short() {
    let mut breaches = Vec::new();
    for source in sources() {
        let mut tell = |size: usize, aim: usize, max: usize, what: String| {
            if size > max {
                breaches.push(what);
            } else if size > aim {
                println!("warning: {what}");
            }
        };
        if !source.text.starts_with("//!") {
            tell(
                1,
                0,
                0,
                format!("src/{}:1: no //! says what it owns", source.name),
            );
        }
        let count = source.text.lines().count();
        tell(
            count,
            LINES_AIM,
            LINES_MAX,
            format!("src/{}: {count} lines", source.name),
        );
        for (number, line) in outside_tables(&source.text) {
            let columns = line.chars().count();
            let what = format!("src/{}:{number}: {columns} columns", source.name);
            tell(columns, 110, COLUMNS_MAX, what);
        }
        for (line, length) in functions(&source.text) {
            let what = format!("src/{}:{line}: a function of {length} lines", source.name);
            tell(length, FUNCTION_AIM, FUNCTION_MAX, what);
        }
    }
    none(breaches);
}

/// Lines with their number, without tables that rustfmt must not touch: those have a row a line, however long.
fn outside_tables(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut ends: Option<[String; 2]> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_end = |ends: &[String; 2]| ends.iter().any(|end| line.starts_with(end));
        if ends.as_ref().is_some_and(is_end) {
            ends = None;
        } else if line.trim_start() == "#[rustfmt::skip]" {
            let indent = &line[..line.len() - line.trim_start().len()];
            ends = Some(["}", "]"].map(|end| format!("{indent}{end}")));
        }
        ends.is_none().then_some((index + 1, line))
    })
}

/// First line and length of every function, told by the indentation of its closing brace.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| {
        let plain = line.trim_start();
        plain.starts_with("fn ")
            || plain.contains("pub fn ")
            || plain.contains("async fn ")
            || plain.starts_with("const fn ")
    });
    starts
        .filter_map(|(index, line)| {
            let indent = line.len() - line.trim_start().len();
            let close = format!("{}}}", " ".repeat(indent));
            let end = lines[index..].iter().position(|line| *line == close)?;
            Some((index + 1, end + 1))
        })
        .collect()
}
