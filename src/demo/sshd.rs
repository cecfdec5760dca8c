//! The server of a demo over SSH: OpenSSH's own sshd with a configuration that allows one thing, the demo. This
//! writes the configuration, makes the host's key, and starts and ends sshd; nothing of the protocol is here.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

/// Where sshd and its like are on machines that do not have them in PATH for everybody.
const PLACES: [&str; 4] = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin"];
/// Seconds until a key must have been shown, until a connection without a desk ends, and between two questions
/// whether the visitor's end is there.
const LOGIN_S: u32 = 60;
const UNUSED_S: u32 = 30;
const ALIVE_S: u32 = 15;
/// Lines of sshd that are kept, to say why it ended.
const LINES_MAX: usize = 20;
/// sshd runs the desk by the user's shell, which would read the user's own files first: bash where it believes to be
/// the outermost one, zsh and fish where these say.
const NO_RC: &str = "SHLVL=2 ZDOTDIR=/dev/null XDG_CONFIG_HOME=/dev/null";

/// Why there is no demo over SSH.
#[derive(Debug, thiserror::Error)]
pub enum Unservable {
    #[error(
        "{0} of OpenSSH is not on this machine; install its server (on Debian: openssh-server)"
    )]
    Missing(&'static str),
    #[error("{0} is taken by another program; listen at another port")]
    Taken(SocketAddr),
    #[error("this user may not listen at {0}; listen at a port of 1024 or more")]
    NotAllowed(SocketAddr),
    #[error("it cannot listen at {0}: {1}")]
    Deaf(SocketAddr, io::Error),
    #[error(
        "sshd runs only a program of root's to take a visitor's key, and {0} can be changed by others; \
         use assets/sshd/scv-demo.conf in the machine's own sshd"
    )]
    Unsafe(PathBuf),
    #[error(
        "sshd of an ordinary user gets no terminals here, because devpts is mounted without gid={0}; mount it \
         with that, run this as root, or use assets/sshd/scv-demo.conf in the machine's own sshd"
    )]
    NoTerminals(u32),
    #[error("the path {0} has letters that sshd's configuration cannot have")]
    Unwritable(PathBuf),
    #[error("sshd does not take its configuration: {0}")]
    Refused(String),
    #[error("sshd has ended: {0}")]
    Ended(String),
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
}

/// What is served.
#[derive(Clone, Debug)]
pub struct Service {
    pub listen: SocketAddr,
    /// The user who runs this: the only one that a visitor can sign in as.
    pub user: String,
    pub host_key: PathBuf,
    /// What each visitor gets, as words: nothing else can be run.
    pub command: Vec<String>,
    /// Visitors at once.
    pub most: usize,
}

impl Service {
    /// The configuration, with the program that answers a visitor's own key as one that may come in.
    pub fn configuration(&self, echo: &Path) -> String {
        let Self {
            listen, user, most, ..
        } = self;
        let key = self.host_key.display();
        let command: Vec<String> = self.command.iter().map(|word| quoted(word)).collect();
        let (command, echo) = (command.join(" "), echo.display());
        // Knocks that did not show a key yet, before some are turned away, and before all are.
        let (some, all) = (most.max(&10), most.saturating_mul(3).max(30));
        format!(
            "# Written for one run of `scv demo --ssh`.\n\
             ListenAddress {listen}\nHostKey \"{key}\"\nPidFile none\nLogLevel ERROR\nUseDNS no\n\
             AllowUsers {user}\nPermitRootLogin prohibit-password\nUsePAM no\n\
             AuthenticationMethods publickey\nPubkeyAuthentication yes\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nHostbasedAuthentication no\nAuthorizedKeysFile none\n\
             AuthorizedKeysCommand {echo} restrict,pty %t %k\nAuthorizedKeysCommandUser {user}\n\
             DisableForwarding yes\nAllowTcpForwarding no\nAllowStreamLocalForwarding no\n\
             AllowAgentForwarding no\nX11Forwarding no\nPermitTunnel no\nGatewayPorts no\nPermitListen none\n\
             PermitOpen none\nPermitUserEnvironment no\nPermitUserRC no\nSetEnv {NO_RC}\nPermitTTY yes\n\
             Compression no\nPrintMotd no\nPrintLastLog no\nBanner none\nMaxSessions 1\nMaxStartups {some}:30:{all}\n\
             LoginGraceTime {LOGIN_S}\nClientAliveInterval {ALIVE_S}\nClientAliveCountMax 3\n\
             UnusedConnectionTimeout {UNUSED_S}\nForceCommand exec {command}\n"
        )
    }

    /// Starts sshd with its configuration in `dir`.
    pub async fn start(&self, dir: &Path) -> Result<Sshd, Unservable> {
        let sshd = found("sshd").ok_or(Unservable::Missing("sshd"))?;
        let echo = trusted("echo")?;
        has_terminals()?;
        for path in [&self.host_key, &echo, &PathBuf::from(&self.user)] {
            is_writable(path)?;
        }
        make_key(&self.host_key)?;
        can_listen(self.listen)?;
        let file = dir.join("sshd_config");
        let written = fs::write(&file, self.configuration(&echo));
        written.map_err(|error| Unservable::Io(file.clone(), error))?;
        take_configuration(&sshd, &file)?;
        let mut command = tokio::process::Command::new(&sshd);
        command.args(["-D", "-e", "-f"]).arg(&file);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn();
        let mut child = child.map_err(|error| Unservable::Io(sshd, error))?;
        let lines = child.stderr.take().map(BufReader::new);
        Ok(Sshd { child, lines })
    }
}

/// An sshd that runs.
pub struct Sshd {
    child: Child,
    lines: Option<BufReader<tokio::process::ChildStderr>>,
}

impl Sshd {
    /// Waits until sshd has ended by itself, and answers why.
    pub async fn ended(&mut self) -> Unservable {
        let mut kept: Vec<String> = Vec::new();
        if let Some(lines) = &mut self.lines {
            let mut line = Vec::new();
            // Bytes: what a visitor sends may stand in it.
            while matches!(lines.read_until(b'\n', &mut line).await, Ok(1..)) {
                let text = String::from_utf8_lossy(&line).trim().to_owned();
                tracing::warn!(text, "sshd says");
                kept.push(text);
                if LINES_MAX < kept.len() {
                    kept.remove(0);
                }
                line.clear();
            }
        }
        let status = self.child.wait().await;
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        Unservable::Ended(kept.pop().unwrap_or(status))
    }

    /// Ends sshd and every connection that it has.
    pub async fn close(mut self) {
        let Some(pid) = self.child.id() else {
            return;
        };
        // Connections go on without the sshd that took them: they are its children, and asked for first.
        for child in std::iter::once(pid).chain(children(pid)) {
            let pid = i32::try_from(child).ok().and_then(Pid::from_raw);
            // It may have ended in this moment.
            let _ = pid.map(|pid| kill_process(pid, Signal::TERM));
        }
        let _ = self.child.wait().await;
    }
}

/// Makes the key of the host once; only its owner can read it.
fn make_key(path: &Path) -> Result<(), Unservable> {
    let io = |error| Unservable::Io(path.to_owned(), error);
    if path.try_exists().map_err(io)? {
        return Ok(());
    }
    let keygen = found("ssh-keygen").ok_or(Unservable::Missing("ssh-keygen"))?;
    if let Some(dir) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(io)?;
    }
    let mut command = Command::new(keygen);
    command.args(["-q", "-t", "ed25519", "-N", "", "-C", "scv demo", "-f"]);
    let output = command
        .arg(path)
        .stdin(Stdio::null())
        .output()
        .map_err(io)?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Unservable::Refused(last_line(&output))),
    }
}

/// The fingerprint of the host's key, for visitors to compare.
pub fn fingerprint(key: &Path) -> Option<String> {
    let output = Command::new(found("ssh-keygen")?)
        .arg("-lf")
        .arg(key)
        .output();
    let line = String::from_utf8(output.ok()?.stdout).ok()?;
    line.split_whitespace().nth(1).map(str::to_owned)
}

/// The name of the user who runs this, as sshd knows it, whatever the environment says.
pub fn user() -> Result<String, Unservable> {
    let id = found("id").ok_or(Unservable::Missing("id"))?;
    let output = Command::new(&id).arg("-un").output();
    let output = output.map_err(|error| Unservable::Io(id, error))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A program in PATH, or where programs of the system are.
pub fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain(PLACES.map(PathBuf::from));
    // sshd starts itself anew, and so wants to know exactly where it is.
    let mut programs = places
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name));
    programs.find(|path| path.is_file())
}

/// A program that nobody but root can change, which is what sshd asks for.
fn trusted(name: &'static str) -> Result<PathBuf, Unservable> {
    let system = ["/usr/bin", "/bin"].map(|dir| Path::new(dir).join(name));
    let path = system.into_iter().find(|path| path.is_file());
    let path = path.ok_or(Unservable::Missing(name))?;
    let path = path
        .canonicalize()
        .map_err(|error| Unservable::Io(path, error))?;
    let is_safe = |path: &Path| {
        let about = fs::metadata(path);
        about.is_ok_and(|about| about.uid() == 0 && about.mode() & 0o022 == 0)
    };
    match path.ancestors().all(is_safe) {
        true => Ok(path),
        false => Err(Unservable::Unsafe(path)),
    }
}

/// Whether sshd can hand out terminals: it gives them to the group tty, which an ordinary user cannot.
fn has_terminals() -> Result<(), Unservable> {
    let is_root = rustix::process::geteuid().is_root();
    // Only some systems say how it is there; where nobody can tell, sshd will.
    let (Ok(mounts), Ok(groups)) = (
        fs::read_to_string("/proc/self/mounts"),
        fs::read_to_string("/etc/group"),
    ) else {
        return Ok(());
    };
    let tty = groups
        .lines()
        .find_map(|line| line.strip_prefix("tty:")?.split(':').nth(1));
    let tty: Option<u32> = tty.and_then(|gid| gid.parse().ok());
    let devpts = mounts
        .lines()
        .rfind(|line| line.split(' ').nth(1) == Some("/dev/pts"));
    let (Some(tty), Some(devpts), false) = (tty, devpts, is_root) else {
        return Ok(());
    };
    let wanted = format!("gid={tty}");
    let mut options = devpts.split(' ').nth(3).unwrap_or_default().split(',');
    match options.any(|option| option == wanted) {
        true => Ok(()),
        false => Err(Unservable::NoTerminals(tty)),
    }
}

/// Sees whether the port is free, for the words of it; sshd takes it a moment later.
fn can_listen(at: SocketAddr) -> Result<(), Unservable> {
    TcpListener::bind(at)
        .map(drop)
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => Unservable::Taken(at),
            io::ErrorKind::PermissionDenied => Unservable::NotAllowed(at),
            _ => Unservable::Deaf(at, error),
        })
}

/// Has sshd read its configuration.
fn take_configuration(sshd: &Path, file: &Path) -> Result<(), Unservable> {
    const MISSING: &str = "Missing privilege separation directory: ";
    let test = || {
        let output = Command::new(sshd).arg("-t").arg("-f").arg(file).output();
        output.map_err(|error| Unservable::Io(sshd.to_owned(), error))
    };
    let mut output = test()?;
    if let Some(dir) = last_line(&output).strip_prefix(MISSING) {
        // Whatever starts the machine's own sshd makes this, and only root needs it.
        let dir = PathBuf::from(dir);
        let made = fs::DirBuilder::new().mode(0o755).create(&dir);
        made.map_err(|error| Unservable::Io(dir, error))?;
        output = test()?;
    }
    match output.status.success() {
        true => Ok(()),
        false => Err(Unservable::Refused(last_line(&output))),
    }
}

fn last_line(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().last().unwrap_or_default().trim().to_owned()
}

/// Refuses what would be more than one word of the configuration.
fn is_writable(path: &Path) -> Result<(), Unservable> {
    let is_plain =
        |letter: char| !letter.is_control() && !matches!(letter, '"' | '\\' | '%' | ' ' | '#');
    match path.to_str().is_some_and(|text| text.chars().all(is_plain)) {
        true => Ok(()),
        false => Err(Unservable::Unwritable(path.to_owned())),
    }
}

/// A word for a shell, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The processes that a process has started, where the system tells.
fn children(pid: u32) -> Vec<u32> {
    let said = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let said = said.unwrap_or_default();
    said.split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}
