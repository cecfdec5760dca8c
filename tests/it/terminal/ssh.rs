//! Demos over SSH: a real `ssh` against `scv demo --ssh`, and the configuration for a machine's own sshd. What needs
//! OpenSSH's server is run where that is named: `cargo test --test it -- --ignored ssh::`.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use rustix::process::{Pid, Signal, kill_process};
use scv_desk::demo::sshd::{Service, found};

use super::place::{NOW, Place};
use super::window::{PATIENCE, Size, Window};

/// Visitors of the great day, and the memory that each may have for itself.
const CROWD: usize = 50;
const WAVE: usize = 5;
const MEMORY_KIB_MAX: u64 = 30 * 1024;

/// A demo that is open to visitors.
struct Open {
    child: Child,
    said: BufReader<ChildStdout>,
    port: u16,
    user: String,
    /// Where its files are while it is open.
    rooms: PathBuf,
    key: PathBuf,
}

impl Open {
    fn new(place: &Place, more: &[&str]) -> Self {
        let key = place.path().join("visitor");
        if !key.exists() {
            let keygen = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(&key)
                .status();
            assert!(keygen.unwrap().success());
        }
        let port = free_port();
        let mut child = serve(place, port, more).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let told = format!("ssh -p {port} ");
        while !line.trim_start().starts_with(&told) {
            line.clear();
            let count = said.read_line(&mut line).unwrap();
            assert_ne!(count, 0, "it ended: {}", rest(child.stderr.take()));
        }
        let address = line.trim_start().strip_prefix(&told).unwrap().trim();
        let (user, host) = address.split_once('@').unwrap();
        assert_eq!(host, "127.0.0.1");
        Self {
            child,
            said,
            port,
            user: user.to_owned(),
            rooms: place.path().join("tmp"),
            key,
        }
    }

    /// What a visitor calls it with.
    fn ssh(&self) -> Vec<String> {
        let mut words = vec!["ssh".to_owned(), "-F".to_owned(), "none".to_owned()];
        words.extend(["-p".to_owned(), self.port.to_string(), "-i".to_owned()]);
        words.push(self.key.display().to_string());
        for option in [
            "IdentitiesOnly=yes",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "ConnectTimeout=50",
        ] {
            words.extend(["-o".to_owned(), option.to_owned()]);
        }
        words.push(format!("{}@127.0.0.1", self.user));
        words
    }

    fn visit(&self, place: &Place) -> Window {
        let words = self.ssh();
        let mut command = CommandBuilder::new(&words[0]);
        command.args(&words[1..]);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap());
        Window::start(command, place, Size(100, 30), NOW)
    }

    /// Calls it without a terminal, with more options before and a command behind.
    fn call(&self, options: &[&str], command: &[&str]) -> (bool, String) {
        let words = self.ssh();
        let mut ssh = Command::new(&words[0]);
        ssh.args(options).args(&words[1..]).args(command);
        let output = ssh.stdin(Stdio::null()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// The desks that visitors have now.
    fn desks(&self) -> Vec<u32> {
        let rooms = self.rooms.display().to_string();
        let is_desk = |pid: &u32| {
            let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).replace('\0', " ");
            // Not a shell that is about to become one.
            !words.contains(" -c ") && words.contains("--kiosk") && words.contains(&rooms)
        };
        numbers("/proc").filter(is_desk).collect()
    }

    fn close(mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success());
        assert!(said.contains("every visit has ended"), "{said}");
    }

    /// Checks that neither files nor programs nor the port are left of it.
    fn has_left_nothing(rooms: &Path, port: u16) {
        let files: Vec<_> = std::fs::read_dir(rooms).unwrap().collect();
        assert!(files.is_empty(), "{files:?}");
        let rooms = rooms.display().to_string();
        let is_of_it = |pid: &u32| {
            let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&words).contains(&rooms)
        };
        becomes("programs are left", || {
            numbers("/proc").all(|pid| !is_of_it(&pid))
        });
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // After a failure: nothing of it may stay.
        if let Ok(None) = self.child.try_wait() {
            let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
            let _ = kill_process(pid, Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

fn serve(place: &Place, port: u16, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scv"));
    command.args(["demo", "--ssh", &format!("127.0.0.1:{port}")]);
    command.args(more);
    std::fs::create_dir_all(place.path().join("tmp")).unwrap();
    command.env_clear().env("HOME", place.path());
    command.env("TMPDIR", place.path().join("tmp"));
    command.env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    command
}

fn rest(source: Option<impl Read>) -> String {
    let mut text = String::new();
    source.unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A port that nobody listens at now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The entries of a directory whose names are numbers.
fn numbers(dir: &str) -> impl Iterator<Item = u32> {
    let names = std::fs::read_dir(dir).unwrap();
    names.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Waits until something outside of every window is so.
#[track_caller]
fn becomes(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The memory that a program has for itself, in KiB: what it shares with others of its kind does not count.
fn own_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let of = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    };
    of("RssAnon") + of("RssShmem")
}

#[test]
fn the_configuration_allows_one_thing() {
    let service = Service {
        listen: "0.0.0.0:2222".parse().unwrap(),
        user: "mara".to_owned(),
        host_key: "/home/mara/key".into(),
        command: ["/opt/it's/scv", "demo", "--kiosk"]
            .map(str::to_owned)
            .into(),
        most: 20,
    };
    let text = service.configuration(Path::new("/usr/bin/echo"));
    for line in [
        "ListenAddress 0.0.0.0:2222",
        "AllowUsers mara",
        "AuthenticationMethods publickey",
        "PasswordAuthentication no",
        "AuthorizedKeysCommand /usr/bin/echo restrict,pty %t %k",
        "AuthorizedKeysCommandUser mara",
        "DisableForwarding yes",
        "PermitTunnel no",
        "PermitUserEnvironment no",
        "PermitUserRC no",
        "SetEnv SHLVL=2 ZDOTDIR=/dev/null XDG_CONFIG_HOME=/dev/null",
        "MaxSessions 1",
        "MaxStartups 20:30:60",
        r"ForceCommand exec '/opt/it'\''s/scv' 'demo' '--kiosk'",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} in\n{text}");
    }
    for word in ["AcceptEnv", "Subsystem"] {
        assert!(!text.contains(word), "{word} in\n{text}");
    }
}

#[test]
#[ignore = "needs OpenSSH's server"]
fn the_machines_own_sshd_takes_the_drop_in_and_allows_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let [key, file] = ["key", "config"].map(|name| dir.path().join(name));
    let keygen = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    assert!(keygen.unwrap().success());
    let drop_in = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sshd/scv-demo.conf");
    let text = format!(
        "HostKey {}\nX11Forwarding yes\nPermitTunnel yes\n",
        key.display()
    );
    std::fs::write(&file, format!("{text}Include {drop_in}\n")).unwrap();
    let sshd = found("sshd").unwrap();
    let of = |user: &str| {
        let who = format!("user={user},host=example.org,addr=192.0.2.1");
        let output = Command::new(&sshd)
            .args(["-T", "-C", &who, "-f"])
            .arg(&file)
            .output();
        let output = output.unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        String::from_utf8(output.stdout).unwrap()
    };
    let demo = of("scv-demo");
    for line in [
        "disableforwarding yes",
        "allowtcpforwarding no",
        "allowagentforwarding no",
        "x11forwarding no",
        "permituserrc no",
        "maxsessions 1",
        "passwordauthentication yes",
        "forcecommand exec /usr/local/bin/scv demo --kiosk --idle 10m --total 30m",
    ] {
        assert!(demo.lines().any(|one| one == line), "{line} in\n{demo}");
    }
    assert!(
        of("somebody").contains("forcecommand none"),
        "others are left alone"
    );
}

#[test]
#[ignore = "needs OpenSSH's server"]
fn a_visitor_walks_the_desk_and_gets_nothing_else() {
    let place = Place::empty();
    let open = Open::new(&place, &["--most", "2"]);
    let key = place.path().join(".local/state/scv/demo_host_key");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&key).unwrap());
    assert_eq!(mode & 0o777, 0o600, "the host's key is its owner's alone");

    let mut desk = open.visit(&place);
    desk.shows("Jürgen");
    desk.press("/");
    desk.type_text("claire");
    desk.shows("Claire Byrne");
    desk.press("enter");
    desk.shows("claire.byrne");
    desk.press("ctrl-c");
    assert!(desk.ends());
    assert!(!desk.screen().alternate_screen());
    becomes("the desk goes on", || open.desks().is_empty());

    let (done, said) = open.call(&[], &["cat /etc/passwd"]);
    assert!(
        !done && said.contains("the desk needs a terminal"),
        "{said}"
    );
    assert!(!said.contains("root:"), "{said}");
    let (done, said) = open.call(&["-s"], &["sftp"]);
    assert!(!done, "{said}");
    let forward = format!("{}:127.0.0.1:{}", free_port(), open.port);
    let (done, said) = open.call(
        &["-N", "-o", "ExitOnForwardFailure=yes", "-R", &forward],
        &[],
    );
    assert!(!done, "{said}");

    let mut first = open.visit(&place);
    first.shows("Jürgen");
    let mut second = open.visit(&place);
    second.shows("Jürgen");
    let mut third = open.visit(&place);
    assert!(!third.ends());
    assert!(
        third.text().contains("the demo is full, with 2 visitors"),
        "{}",
        third.text()
    );
    let (rooms, port) = (open.rooms.clone(), open.port);
    open.close();
    first.ends();
    let told = first.text();
    assert!(told.contains("its host closed it"), "{told}");
    second.ends();
    Open::has_left_nothing(&rooms, port);
}

#[test]
#[ignore = "needs OpenSSH's server"]
fn a_port_that_is_taken_is_named_in_one_sentence() {
    let place = Place::empty();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = serve(&place, port, &[]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    let sentence =
        format!("scv: 127.0.0.1:{port} is taken by another program; listen at another port");
    assert_eq!(said.trim().replace('\n', " "), sentence);
    assert!(
        std::fs::read_dir(place.path().join("tmp"))
            .unwrap()
            .next()
            .is_none()
    );
}

#[test]
#[ignore = "needs OpenSSH's server, and memory for fifty desks"]
#[allow(clippy::print_stderr)]
fn fifty_visitors_at_once_are_isolated_and_leave_nothing_behind() {
    let place = Place::empty();
    let most = (CROWD + 5).to_string();
    let open = Open::new(&place, &["--most", &most]);
    let began = Instant::now();
    let mut visitors: Vec<Window> = Vec::new();
    // They come in waves, so that a busy machine keeps up with their keys; all of them stay.
    while visitors.len() < CROWD {
        let mut wave: Vec<Window> = (0..WAVE).map(|_| open.visit(&place)).collect();
        for visitor in &mut wave {
            visitor.shows("Jürgen");
        }
        visitors.append(&mut wave);
    }
    eprintln!("{CROWD} desks after {:.1} s", began.elapsed().as_secs_f64());
    let (first, others) = visitors.split_first_mut().unwrap();
    first.press("/");
    first.type_text("Zebedee Quill");
    first.shows("New contact: Zebedee Quill");
    first.press("enter");
    first.stands_on("Zebedee");
    first.press("ctrl-s");
    first.shows("Zebedee Quill created");
    // The one who made it finds it.
    first.press("/");
    first.type_text("Zebedee Quill");
    first.shows("1 of");
    for other in others.iter_mut() {
        other.press("/");
        other.type_text("Zebedee Quill");
        // Nobody of that name is found: the only row is the one that would make them.
        other.shows("New contact: Zebedee Quill");
    }

    let mut memory: Vec<u64> = open.desks().into_iter().map(own_memory).collect();
    memory.sort_unstable();
    assert_eq!(memory.len(), CROWD);
    eprintln!("KiB of each desk's own: {memory:?}");
    assert!(
        memory.iter().all(|kib| *kib <= MEMORY_KIB_MAX),
        "{memory:?}"
    );

    // Some leave by a key, some lose their line, the rest is ended with the demo.
    for (nth, visitor) in visitors.iter_mut().enumerate().take(CROWD / 2) {
        match nth % 2 {
            0 => visitor.press("ctrl-c"),
            _ => visitor.signal(Signal::KILL),
        }
    }
    becomes("those who left still have desks", || {
        open.desks().len() == CROWD - CROWD / 2
    });
    let (rooms, port) = (open.rooms.clone(), open.port);
    open.close();
    Open::has_left_nothing(&rooms, port);
}
