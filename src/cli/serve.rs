//! `scv serve`: the API over HTTP, until a signal ends it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::account::{self, Made, Wanted};
use super::desk;
use super::log::{self, Level};
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::demo::load;
use crate::domain::Role;
use crate::domain::command::Actor;
use crate::server::{self, Exposure, Ports, Server};
use crate::store::account::AccountKind;
use crate::store::sqlite::{Open, Options, SqliteStore};
use crate::tui::Endings;

/// Most requests a minute and token that somebody can allow.
const RATE_MAX: u32 = 10_000_000;
/// Who acts where nobody does: it holds no right.
const NOBODY: &str = "scv serve";
/// Who brings conversations into the demo.
const SWITCH: &str = "demo switch";
/// The throw-away accounts of the demo, each with its role.
const DEMO_USER: (&str, &str) = ("Mara Lindt", "agent-merge");
const DEMO_CLIENT: (&str, &str) = ("demo client", "admin");

#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A name by which the server may be asked, beside those of this machine
    #[arg(long, value_name = "NAME")]
    public_host: Vec<String>,
    /// Listen on an address that others can reach: a proxy that ends TLS stands before it
    #[arg(long)]
    insecure_behind_proxy: bool,
    /// Speak TLS with the certificate in this PEM file, and those that lead to its root behind it
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Requests a minute and token
    #[arg(long, value_name = "N", default_value_t = server::RATE,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(RATE_MAX)))]
    rate_limit: u32,
    /// How much of the log is written to standard error, or to the file that SCV_LOG names [default: info]
    #[arg(long, value_name = "LEVEL")]
    log: Option<Level>,
    /// Serve throw-away demo data, and print throw-away credentials
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let _lines = log::serve(self.log)?;
        open_more_files();
        let mut endings = Endings::listen().context("signals cannot be listened to")?;
        // The files go when this is dropped, after the store.
        let files = match self.demo {
            true => Some(
                tempfile::Builder::new()
                    .prefix("scv-serve-demo-")
                    .tempdir()?,
            ),
            false => None,
        };
        let store = match &files {
            Some(files) => open(&files.path().join("demo.db"), Open::Create)?,
            None => open(&session.store, session.begin)?,
        };
        let backend = backend(session, &store, NOBODY, Role::new("nobody", []));
        let ports = Ports {
            backend: backend.acting(nobody()),
            accounts: Arc::clone(&store) as _,
            catalog: Arc::clone(&store) as _,
        };
        let server = Server::bind(&self.options(session), ports).await?;
        output.line(&format!("listening on {}", server.url()))?;
        if self.demo {
            lay_demo(session, &store, output).await?;
        }
        output.flush()?;
        let upkeep = desk::keep_up(session.settings.clone(), desk::upkeep(session, &backend)?);
        let upkeep = tokio::spawn(upkeep);
        server.run(endings.wished()).await;
        upkeep.abort();
        let _ = upkeep.await;
        Ok(Exit::Done)
    }

    fn identity(&self) -> Option<server::Identity> {
        Some(server::Identity {
            certificate: self.tls_cert.clone()?,
            key: self.tls_key.clone()?,
        })
    }

    fn options(&self, session: &Session) -> server::Options {
        server::Options {
            listen: self.listen,
            exposure: match self.insecure_behind_proxy {
                true => Exposure::BehindProxy,
                false => Exposure::Loopback,
            },
            tls: self.identity(),
            hosts: self.public_host.clone(),
            roles: session.settings.roles.values().cloned().collect(),
            rate: self.rate_limit,
        }
    }
}

/// Lets the server open as many files as the system allows: every connection is one.
fn open_more_files() {
    let limits = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limits.maximum,
        maximum: limits.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%error, "no more files can be open than usual");
    }
}

fn open(path: &std::path::Path, open: Open) -> anyhow::Result<Arc<SqliteStore>> {
    Ok(Arc::new(SqliteStore::open(path, open, Options::default())?))
}

fn nobody() -> Actor {
    Actor {
        name: NOBODY.to_owned(),
        role: Role::new("nobody", []),
    }
}

fn backend(session: &Session, store: &Arc<SqliteStore>, name: &str, role: Role) -> LocalBackend {
    let name = name.to_owned();
    LocalBackend::new(
        Arc::clone(store) as _,
        Actor { name, role },
        session.settings.engine(),
        Arc::clone(&session.clock),
        session.zone.clone(),
    )
}

/// Fills the throw-away store, and tells the throw-away credentials.
async fn lay_demo(
    session: &Session,
    store: &Arc<SqliteStore>,
    output: &mut Output,
) -> anyhow::Result<()> {
    let admin = Role::bundled("admin").ok_or_else(|| anyhow!("the role admin is missing"))?;
    load::load(&backend(session, store, SWITCH, admin), session.now()).await?;
    let (name, role) = DEMO_USER;
    let user = Wanted {
        kind: AccountKind::User,
        name,
        role,
        redirects: &[],
    };
    let Made { secret, .. } = account::add(session, store.as_ref(), user).await?;
    output.line(&format!("user {name} ({role}), password {secret}"))?;
    let (name, role) = DEMO_CLIENT;
    let client = Wanted {
        kind: AccountKind::Client,
        name,
        role,
        redirects: &["http://127.0.0.1/".to_owned()],
    };
    let Made { account, secret } = account::add(session, store.as_ref(), client).await?;
    output.line(&format!("client {} ({role}), secret {secret}", account.id))?;
    output.line("DEMO: the data and the credentials are gone when the server ends")?;
    Ok(())
}
