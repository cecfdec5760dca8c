//! TLS at the server's own door.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use scv_desk::server::{CannotServe, Identity, NoTls, Options, Ports, Server};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::super::cli;
use super::place::Place;
use super::program::Serving;

/// A certificate of one's own for `localhost`, in files of a directory.
pub struct Made {
    dir: tempfile::TempDir,
    certificate: CertificateDer<'static>,
}

impl Made {
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(dir.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        Self {
            dir,
            certificate: made.cert.der().clone(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn identity(&self) -> Identity {
        Identity {
            certificate: self.path("cert.pem"),
            key: self.path("key.pem"),
        }
    }

    /// TLS that trusts this certificate alone.
    pub fn trusting(&self, versions: &[&'static rustls::SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_protocol_versions(versions).unwrap();
        config.with_root_certificates(roots).with_no_client_auth()
    }

    /// An encrypted connection that trusts this certificate alone.
    fn dial(
        &self,
        address: &str,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> StreamOwned<ClientConnection, TcpStream> {
        let config = self.trusting(versions);
        let name = ServerName::try_from("localhost").unwrap();
        let session = ClientConnection::new(Arc::new(config), name).unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        StreamOwned::new(session, stream)
    }

    fn ask(&self, address: &str, version: &'static rustls::SupportedProtocolVersion) -> String {
        let mut stream = self.dial(address, &[version]);
        let head = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // Some close the connection without saying so first.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }
}

#[test]
fn a_server_with_a_certificate_speaks_tls_alone() {
    let made = Made::new();
    let store = cli::Place::filled();
    let (certificate, key) = (made.path("cert.pem"), made.path("key.pem"));
    let more = [
        "--tls-cert",
        certificate.to_str().unwrap(),
        "--tls-key",
        key.to_str().unwrap(),
    ];
    let serving = Serving::start(&store, &more);
    let address = serving.address.strip_prefix("https://").expect("https");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let answer = made.ask(address, version);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut plain = TcpStream::connect(address).unwrap();
    plain
        .write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(
        !answer.starts_with(b"HTTP"),
        "nothing is answered in the open"
    );
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn a_handshake_that_hangs_holds_nobody_up() {
    let made = Made::new();
    let place = Place::with(|options| options.tls = Some(made.identity()));
    let address = place.address.to_string();
    let _silent: Vec<TcpStream> = (0..50)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    let answer = made.ask(&address, &rustls::version::TLS13);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_socket_is_opened_over_tls() {
    let made = Made::new();
    let place = Place::with(|options| options.tls = Some(made.identity()));
    let address = place.address.to_string();
    let token = place.token("agent");
    let mut stream = made.dial(&address, &[&rustls::version::TLS13]);
    let head = format!(
        "POST /api/v2/notifications/channels HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Authorization: Bearer {token}\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let uri = answer.split("\"connectUri\":\"").nth(1).expect(&answer);
    let uri = uri.split('"').next().unwrap();
    assert!(uri.starts_with("wss://localhost/channels/"), "{uri}");
    let stream = made.dial(&address, &[&rustls::version::TLS13]);
    let (mut socket, _) = tungstenite::client(uri, stream).unwrap();
    socket
        .send(tungstenite::Message::text("{\"message\":\"ping\"}"))
        .unwrap();
    let told = socket.read().unwrap().into_text().unwrap();
    assert!(told.as_str().contains("pong"), "{told}");
}

#[test]
fn a_public_address_with_tls_needs_no_proxy() {
    let made = Made::new();
    let place = Place::new();
    let bind = |identity: Option<Identity>| {
        let options = Options {
            listen: "0.0.0.0:0".parse().unwrap(),
            tls: identity,
            ..place.options()
        };
        let ports = Ports {
            backend: place.backend("nobody", "agent"),
            accounts: Arc::clone(&place.store) as _,
            catalog: Arc::clone(&place.store) as _,
        };
        place
            .runtime
            .block_on(Server::bind(&options, ports))
            .map(|server| server.url())
    };
    assert!(
        bind(Some(made.identity()))
            .unwrap()
            .starts_with("https://0.0.0.0:")
    );
    assert!(matches!(bind(None), Err(CannotServe::Public(_))));
    let swapped = Identity {
        certificate: made.path("key.pem"),
        key: made.path("cert.pem"),
    };
    assert!(matches!(
        bind(Some(swapped)),
        Err(CannotServe::NoTls(NoTls::NoCertificate(_)))
    ));
}

#[test]
fn bad_files_are_named_in_one_sentence() {
    let (made, other) = (Made::new(), Made::new());
    let store = cli::Place::filled();
    std::fs::write(made.path("empty.pem"), "").unwrap();
    let run = |certificate: PathBuf, key: PathBuf| {
        let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
        let run = store.run(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            certificate,
            "--tls-key",
            key,
        ]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        run.err
    };
    let cert = || made.path("cert.pem");
    let key = || made.path("key.pem");
    assert!(run(made.path("nothing.pem"), key()).contains("nothing.pem: the file cannot be read"));
    assert!(run(made.path("empty.pem"), key()).contains("empty.pem: there is no certificate"));
    assert!(run(cert(), made.path("empty.pem")).contains("empty.pem: there is no private key"));
    assert!(run(cert(), other.path("key.pem")).contains("cannot be used together"));
    let alone = store.run(&["serve", "--tls-cert", cert().to_str().unwrap()]);
    assert_eq!(alone.code, 2, "{}", alone.err);
}
