//! The API over HTTP: the part of the Platform API that a desk, a supervisor and an integration need, and our own
//! routes under `/api/scv/v1`. Owns the door: which addresses are listened on, how many come in at once, and how
//! it ends. The routes themselves are one table, `route::ROUTES`.

mod analytics;
mod association;
mod bulk;
mod call;
mod changes;
mod contact;
mod contract;
mod conversation;
mod desk;
mod docs;
mod export;
mod gdpr;
mod hashing;
mod health;
mod identity;
mod journey;
pub mod markup;
mod me;
mod metrics;
mod note;
mod notice;
mod oauth;
mod organization;
mod own;
mod page;
mod passage;
mod problem;
mod query;
mod review;
mod router;
mod routing;
mod secret;
mod site;
mod source;
mod tls;
mod told;
mod user;

pub mod route;

pub use contract::{BadContract, Contract};
pub use secret::{NoSecret, hashed, random};
pub use tls::{Identity, NoTls};

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::backend::local::LocalBackend;
use crate::domain::Role;
use crate::store::account::Accounts;
use crate::store::catalog::Catalog;

use site::{Entrance, Site};

/// Requests a minute and token, unless somebody says otherwise.
pub const RATE: u32 = 300;
/// Connections that are open at once; more wait until one ends.
const CONNECTIONS_MAX: usize = 1024;
/// How long a connection may be silent before the next request has come.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// How long what is under way may take once the server ends.
const GRACE: Duration = Duration::from_secs(20);
/// How long sockets may take to close once the server ends.
const SOCKET_GRACE: Duration = Duration::from_secs(3);
/// Pause after a connection that could not be taken, so that a machine without room is not kept busy.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How a server listens and whom it trusts.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub exposure: Exposure,
    /// What TLS is spoken with; `None` for none.
    pub tls: Option<Identity>,
    /// Names by which it may be asked, beside those of the machine itself.
    pub hosts: Vec<String>,
    /// Roles beside the bundled ones.
    pub roles: Vec<Role>,
    /// Requests a minute and token.
    pub rate: u32,
}

/// Who can reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Programs of this machine only.
    Loopback,
    /// A proxy that ends TLS stands before it: somebody has said so.
    BehindProxy,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum CannotServe {
    #[error(
        "{0} can be reached from other machines, and nothing would be encrypted; give --tls-cert and --tls-key, \
        listen on 127.0.0.1, or put a proxy with TLS before it and say --insecure-behind-proxy"
    )]
    Public(SocketAddr),
    #[error("{address} cannot be listened on ({})", crate::store::words_of(.error))]
    NoAddress {
        address: SocketAddr,
        error: io::Error,
    },
    #[error("the machine gives the server no thread ({})", crate::store::words_of(.0))]
    NoThread(io::Error),
    #[error(transparent)]
    NoTls(#[from] NoTls),
    #[error(transparent)]
    BadContract(#[from] BadContract),
}

/// What a server stands on.
pub struct Ports {
    pub backend: LocalBackend,
    pub accounts: Arc<dyn Accounts>,
    pub catalog: Arc<dyn Catalog>,
}

/// A server that listens and takes nothing yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    site: Arc<Site>,
    router: axum::Router,
}

impl Server {
    /// Listens. Who connects waits until `run`.
    pub async fn bind(options: &Options, ports: Ports) -> Result<Self, CannotServe> {
        let address = options.listen;
        let entrance = match (&options.tls, options.exposure) {
            (Some(_), _) => Entrance::Tls,
            (None, Exposure::BehindProxy) => Entrance::Proxy,
            (None, Exposure::Loopback) => Entrance::Plain,
        };
        if !address.ip().is_loopback() && entrance == Entrance::Plain {
            return Err(CannotServe::Public(address));
        }
        let tls = options.tls.as_ref().map(Identity::acceptor).transpose()?;
        let failed = |error| CannotServe::NoAddress { address, error };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let hosts = hosts(address, &options.hosts);
        let site = Arc::new(Site::new(ports, options, hosts, entrance)?);
        let router = router::router(Arc::clone(&site));
        Ok(Self {
            listener,
            address,
            tls,
            site,
            router,
        })
    }

    /// Where it is asked.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `end`; what is under way then is answered first.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let (ended, ends) = watch::channel(());
        let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut connections = JoinSet::new();
        let site = Arc::clone(&self.site);
        let following = tokio::spawn(async move { site.changes.follow(&site.backend).await });
        let feed = tokio::spawn(notice::run(Arc::clone(&self.site)));
        export::begin(&self.site).await;
        let sweeping = tokio::spawn(export::sweep(Arc::clone(&self.site)));
        tokio::pin!(end);
        loop {
            let coming = async {
                let permit = Arc::clone(&room).acquire_owned().await;
                (permit, self.listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                () = &mut end => break,
                coming = coming => coming,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, _)) => {
                    let serving =
                        welcome(stream, self.tls.clone(), self.router.clone(), ends.clone());
                    connections.spawn(async move {
                        let _permit = permit;
                        serving.await;
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        self.site.close();
        following.abort();
        sweeping.abort();
        drop(self.listener);
        // Nobody watching is no fault: there was no connection.
        let _ = ended.send(());
        let all = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("some requests were still under way at the end");
        }
        let closed = tokio::time::timeout(SOCKET_GRACE, self.site.notices.end()).await;
        if closed.is_err() {
            tracing::warn!("some channels were still connected at the end");
        }
        feed.abort();
    }
}

/// Takes in one connection: who speaks TLS agrees on it first, on the connection's own time.
async fn welcome(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: axum::Router,
    ends: watch::Receiver<()>,
) {
    // Answers are small: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = tls else {
        return connection(stream, router, ends).await;
    };
    match tls::handshake(&acceptor, stream).await {
        Ok(stream) => connection(stream, router, ends).await,
        Err(error) => tracing::debug!(%error, "a connection did not come to TLS"),
    }
}

/// Serves one connection; ends it after the request that is under way once the server ends.
async fn connection<S>(stream: S, router: axum::Router, mut ends: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router);
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(serving);
    let done = tokio::select! {
        done = serving.as_mut() => done,
        _ = ends.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Hosts that a request may name.
fn hosts(address: SocketAddr, more: &[String]) -> Vec<String> {
    let own = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
    let listened = match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    };
    own.into_iter()
        .chain([listened])
        .chain(more.iter().cloned())
        .collect()
}
