//! Signing in: where that is kept, for whom, and that it is forgotten.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::cli::Place;
use crate::server::program::Serving;

/// The file of the sign-in, if there is one.
fn file(place: &Place) -> Option<PathBuf> {
    let mut next = vec![place.path("")];
    while let Some(directory) = next.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                next.push(path);
            } else if is_of_default(&path) {
                return Some(path);
            }
        }
    }
    None
}

/// Whether a file is named after the remote that has no name: with its server behind that.
fn is_of_default(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("default-") && name.ends_with(".json"))
}

#[test]
fn a_sign_in_is_kept_between_two_runs_and_forgotten() {
    let place = Place::filled();
    let made = place.json(&["client", "add", "billing", "--role", "admin"]);
    let (id, secret) = (
        made["clientId"].as_str().unwrap(),
        made["clientSecret"].as_str().unwrap(),
    );
    let serving = Serving::start(&place, &[]);
    let url = format!("http://{}", serving.address);
    let with = [("SCV_REMOTE_URL", url.as_str()), ("SCV_CLIENT_ID", id)];
    let secretly = [with[0], with[1], ("SCV_CLIENT_SECRET", secret)];
    for more in [&[][..], &["--file"]] {
        let login = [&["login", "--client-credentials"][..], more].concat();
        let run = place.run_with(&secretly, &login);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(!run.out.contains(secret) && !run.err.contains(secret));
        // A machine that lets nobody have a keyring keeps it in the file.
        let is_in_ring = run.out.contains("kept in the kernel's keyring");
        assert!(!is_in_ring || more.is_empty());
        let file_of = file(&place);
        assert_eq!(file_of.is_none(), is_in_ring, "in one place alone");
        if let Some(file) = file_of {
            let mode = std::fs::metadata(file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let who = place.run_with(&with, &["whoami"]);
        assert!(who.out.starts_with("billing (admin) at "), "{}", who.err);
    }
    // Another server hears nothing of it.
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let elsewhere = format!("http://{}", other.local_addr().unwrap());
    let stranger = place.run_with(
        &[("SCV_REMOTE_URL", elsewhere.as_str()), with[1]],
        &["whoami"],
    );
    assert_eq!(stranger.code, 1);
    assert!(
        stranger.err.contains("nobody is signed in"),
        "{}",
        stranger.err
    );
    assert!(other.accept().is_err(), "no connection was made");
    let out = place.run_with(&with, &["logout"]);
    assert_eq!(out.code, 0, "{}", out.err);
    assert_eq!(file(&place), None);
    let nobody = place.run_with(&with, &["whoami"]);
    assert_eq!(nobody.code, 1);
    assert!(nobody.err.contains("nobody is signed in"), "{}", nobody.err);
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn a_sign_in_in_the_keyring_is_forgotten_too() {
    let place = Place::filled();
    let made = place.json(&["client", "add", "billing", "--role", "agent"]);
    let serving = Serving::start(&place, &[]);
    let url = format!("http://{}", serving.address);
    let id = made["clientId"].as_str().unwrap();
    let secret = made["clientSecret"].as_str().unwrap();
    let with = [("SCV_REMOTE_URL", url.as_str()), ("SCV_CLIENT_ID", id)];
    let secretly = [with[0], with[1], ("SCV_CLIENT_SECRET", secret)];
    let run = place.run_with(&secretly, &["login", "--client-credentials"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let out = place.run_with(&with, &["logout"]);
    assert!(
        out.out.contains("Signed out at "),
        "{} {}",
        out.out,
        out.err
    );
    let again = place.run_with(&with, &["logout"]);
    assert!(again.out.contains("Nobody is signed in"), "{}", again.out);
    assert_eq!(serving.end(), Some(0));
}
