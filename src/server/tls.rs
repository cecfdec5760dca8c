//! TLS at the server's own door: the certificate and its key, and the handshake.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::store::words_of;

/// How long a handshake may take.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// The one protocol that is spoken.
const PROTOCOL: &[u8] = b"http/1.1";

/// Where a certificate and its key are, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The server's certificate first, then those that lead to a root.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum NoTls {
    #[error("{}: the file cannot be read ({})", .0.display(), words_of(.1))]
    Unread(PathBuf, io::Error),
    #[error(
        "{}: there is no certificate in the file; give one in PEM, between BEGIN CERTIFICATE and END CERTIFICATE",
        .0.display()
    )]
    NoCertificate(PathBuf),
    #[error(
        "{}: there is no private key in the file; give one in PEM and without a password", .0.display()
    )]
    NoKey(PathBuf),
    #[error("{} and {} cannot be used together ({why})", .identity.certificate.display(), .identity.key.display())]
    Unfit {
        identity: Identity,
        why: rustls::Error,
    },
}

impl Identity {
    /// Reads both files; TLS 1.2 and 1.3 are spoken.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, NoTls> {
        let chain = self.chain()?;
        let key = self.key()?;
        let unfit = |why| NoTls::Unfit {
            identity: self.clone(),
            why,
        };
        // Passed on, never set for the whole program: who links this crate may choose another.
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let builder = builder.with_protocol_versions(&versions).map_err(unfit)?;
        let builder = builder.with_no_client_auth();
        let mut config = builder.with_single_cert(chain, key).map_err(unfit)?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, NoTls> {
        let path = &self.certificate;
        let bytes = read(path)?;
        let chain: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&bytes).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        chain.ok_or_else(|| NoTls::NoCertificate(path.clone()))
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, NoTls> {
        let path = &self.key;
        let bytes = read(path)?;
        PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| NoTls::NoKey(path.clone()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, NoTls> {
    std::fs::read(path).map_err(|error| NoTls::Unread(path.to_owned(), error))
}

/// The encrypted stream, once both ends have agreed.
pub async fn handshake(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, io::Error> {
    let agreed = timeout(HANDSHAKE_TIME_MAX, acceptor.accept(stream)).await;
    agreed.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
