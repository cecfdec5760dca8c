//! The command line: what can be asked for, one file a sub-command. Names and shapes are fixed, because other
//! programs rely on them.

mod account;
mod asked;
mod at;
mod audit;
mod backup;
mod check;
mod client;
mod completions;
mod config;
mod contact;
mod conversation;
mod demo;
mod desk;
mod doctor;
mod expire;
mod feed;
mod flags;
mod given;
mod help;
mod history;
mod identifier;
mod import;
mod ingest;
mod journey;
mod kept;
mod link;
mod log;
mod login;
mod looks;
mod lookup;
mod man;
mod merge;
mod not_same;
mod note;
mod outcome;
mod output;
mod person;
mod promote;
mod remote;
mod review;
mod serve;
mod session;
mod shared;
mod stats;
mod table;
mod take;
mod trouble;
mod undo;
mod unlink;
mod user;
mod whose;
mod why;
mod why_not;
mod wrapup;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use output::Output;
use session::Session;
use trouble::Exit;

const AFTER_HELP: &str = "Exit status: 0 done; 1 refused or not possible; 2 wrong usage; 3 done, but some rows \
or lines were bad.\nEnvironment: SCV_STORE, SCV_CONFIG, SCV_AGENT, SCV_ROLE as the options; SCV_NOW sets the clock \
(RFC 3339); SCV_LOG names a file for the log.";

/// The Single Customer View desk for the terminal: who is this, and how have they dealt with us.
#[derive(Debug, Parser)]
#[command(name = "scv", version, about, after_help = AFTER_HELP, max_term_width = 100)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    sub: Option<Sub>,
}

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// The file of the store [default: scv/scv.db in the data directory]
    #[arg(long, global = true, value_name = "PATH", value_parser = path(), help_heading = help::GLOBAL)]
    store: Option<PathBuf>,
    /// The configuration file [default: scv/config.toml in the configuration directory]
    #[arg(long, global = true, value_name = "PATH", value_parser = path(), help_heading = help::GLOBAL)]
    config: Option<PathBuf>,
    /// Who acts: the name of a user of the organization [default: the user's name]
    #[arg(long, global = true, value_name = "NAME", help_heading = help::GLOBAL)]
    agent: Option<String>,
    /// agent, agent-merge, supervisor, admin, or a role of the configuration [default: agent]
    #[arg(long, global = true, value_name = "NAME", help_heading = help::GLOBAL)]
    role: Option<String>,
    /// Where the desk reads and writes: local, or remote [default: local]
    #[arg(long, global = true, value_name = "WHERE", help_heading = help::GLOBAL)]
    backend: Option<String>,
    /// The server of [remote.NAME] of the configuration; the desk is on it
    #[arg(long, global = true, value_name = "NAME", help_heading = help::GLOBAL)]
    remote: Option<String>,
    /// Print JSON
    #[arg(long, global = true, help_heading = help::GLOBAL)]
    json: bool,
}

/// Reads a path, a blank one too: `Global::check` says what is wrong with that.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

impl Global {
    /// Refuses an option without a value: who names nothing would act as somebody else, or elsewhere.
    fn check(&self) -> Result<(), trouble::Usage> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let given = [
            ("--store", "the file", path(&self.store)),
            ("--config", "the file", path(&self.config)),
            ("--agent", "who acts", self.agent.clone()),
            ("--role", "the role", self.role.clone()),
            ("--backend", "local or remote", self.backend.clone()),
            ("--remote", "the server", self.remote.clone()),
        ];
        for (option, what, value) in given {
            if value.is_some_and(|value| value.trim().is_empty()) {
                let why = format!("{option} is blank; name {what}, or leave {option} out");
                return Err(trouble::Usage(why));
            }
        }
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
enum Sub {
    /// The desk on a throw-away store with bundled data and a live scenario
    Demo(demo::Demo),
    /// Bring in many contacts at once
    #[command(subcommand)]
    Import(import::Import),
    /// Bring in conversations and web visits
    Ingest(ingest::Ingest),
    /// Find, show, add, edit or delete a contact
    #[command(subcommand)]
    Contact(contact::Contact),
    /// Write notes on contacts
    #[command(subcommand)]
    Note(note::Note),
    /// Claim, release or list what identifies a contact
    #[command(subcommand)]
    Identifier(identifier::IdentifierCommand),
    /// Mark, unmark or list numbers and addresses that several people use
    #[command(subcommand)]
    Shared(shared::Shared),
    /// Show a conversation
    #[command(subcommand)]
    Conversation(conversation::ConversationCommand),
    /// Everything a person did in the last 60 days
    Journey(journey::Journey),
    /// Link a conversation to an existing contact
    Link(link::Link),
    /// Take a conversation from its contact
    Unlink(unlink::Unlink),
    /// Add an auto-made contact to the contacts
    Promote(promote::Promote),
    /// Merge contacts that are one person
    Merge(merge::Merge),
    /// Export or erase everything that is known of a person
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Mark two contacts as different people
    NotSame(not_same::NotSame),
    /// Set the wrap-up code and notes of a conversation
    Wrapup(wrapup::Wrapup),
    /// Take a conversation that waits
    Take(take::Take),
    /// Open a conversation of messages or e-mail again that has ended
    Reopen(take::Reopen),
    /// Who decided what, when and why, and what can be undone
    History(history::History),
    /// Look through decisions and conversations of everybody, mark and take them out
    #[command(subcommand)]
    Review(review::Review),
    /// Undo an action: the last one of the agent, a journal entry, or a whole import
    Undo(undo::Undo),
    /// Say why a conversation is linked to its contact, or why a contact is there
    Why(why::Why),
    /// Whether anybody changed the journal, its head, and its public part
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Say why a conversation is not linked to a certain contact
    WhyNot(why_not::WhyNot),
    /// Run expiry and retention now
    Expire,
    /// Serve the Platform API to programs and desks
    Serve(serve::Serve),
    /// Who may sign in to `scv serve`
    #[command(subcommand)]
    User(user::User),
    /// Sign in at a server, for a desk on it
    Login(login::Login),
    /// Sign out at a server
    Logout(login::Logout),
    /// Say who the desk is on a server
    Whoami(login::Whoami),
    /// Which programs may ask `scv serve`
    #[command(subcommand)]
    Client(client::Client),
    /// Copy the store to a file while it is in use
    Backup(backup::Backup),
    /// Make a store of a backup
    Restore(backup::Restore),
    /// Count what is in the store and what happened in the organization
    Stats(stats::Stats),
    /// Verify every invariant of the store
    Check(check::Check),
    /// Look over versions, paths, store, terminal and configuration
    Doctor,
    /// Show the configuration and where it is
    Config(config::Config),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the manual page
    Man(man::Man),
}

/// Runs the command line `args`; the exit code of the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = help::grouped(Cli::command()).try_get_matches_from(args);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut output = Output::new(match cli.global.json {
        true => output::Format::Json,
        false => output::Format::Text,
    });
    let done = cli.global.check().map_err(anyhow::Error::from);
    let done = done.and_then(|()| dispatch(&cli, &mut output));
    let done = done.and_then(|exit| {
        output.flush()?;
        Ok(exit)
    });
    trouble::exit_code(done, &mut output)
}

/// The command line as clap knows it, for completions, the manual and tests.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Prints help and version, coloured where the terminal has colours; or what is wrong with the command line,
/// which may quote foreign text.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        Output::new(output::Format::Text).say_block(&error.render().to_string());
        return Exit::Usage.code();
    }
    // A reader that went away needs no help.
    let _ = error.print();
    Exit::Done.code()
}

/// Commands that need no store first: they work when the configuration does not.
fn dispatch(cli: &Cli, output: &mut Output) -> anyhow::Result<Exit> {
    match &cli.sub {
        Some(Sub::Completions(one)) => return one.run(output),
        Some(Sub::Man(one)) => return one.run(output),
        Some(Sub::Doctor) => return doctor::run(&cli.global, output),
        Some(Sub::Config(one)) => return one.run(&cli.global, output),
        Some(_) | None => {}
    }
    let on_desk = matches!(
        cli.sub,
        None | Some(Sub::Login(_) | Sub::Logout(_) | Sub::Whoami(_))
    );
    if !on_desk && (cli.global.backend.as_deref() == Some("remote") || cli.global.remote.is_some())
    {
        let why = "only the desk, login, logout and whoami work on a server; this command works on the local store";
        return Err(trouble::Usage(why.to_owned()).into());
    }
    let is_kiosk = matches!(&cli.sub, Some(Sub::Demo(demo)) if demo.is_kiosk());
    // A server writes its own, and a visitor's environment names no files.
    if !is_kiosk && !matches!(cli.sub, Some(Sub::Serve(_))) {
        log::start()?;
    }
    let session = match is_kiosk {
        true => Session::of_kiosk(&cli.global)?,
        false => Session::new(&cli.global)?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(session::THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match &cli.sub {
            None if remote::is_wanted(&cli.global, &session.settings)? => {
                desk::run_remote(&cli.global, &session).await
            }
            None => desk::run(&session).await,
            Some(Sub::Login(one)) => one.run(&cli.global, output).await,
            Some(Sub::Logout(one)) => one.run(&cli.global, output).await,
            Some(Sub::Whoami(one)) => one.run(&cli.global, output).await,
            Some(Sub::Demo(one)) => one.run(&cli.global, &session, output).await,
            Some(Sub::User(one)) => one.run(&cli.global, &session, output).await,
            Some(Sub::Client(one)) => one.run(&cli.global, &session, output).await,
            Some(sub) => sub.run(&session, output).await,
        }
    })
}

impl Sub {
    /// The commands on the store.
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Import(one) => one.run(session, output).await,
            Self::Ingest(one) => one.run(session, output).await,
            Self::Contact(one) => one.run(session, output).await,
            Self::Note(one) => one.run(session, output).await,
            Self::Identifier(one) => one.run(session, output).await,
            Self::Shared(one) => one.run(session, output).await,
            Self::Conversation(one) => one.run(session, output).await,
            Self::Journey(one) => one.run(session, output).await,
            Self::Link(one) => one.run(session, output).await,
            Self::Unlink(one) => one.run(session, output).await,
            Self::Promote(one) => one.run(session, output).await,
            Self::Merge(one) => one.run(session, output).await,
            Self::Person(one) => one.run(session, output).await,
            Self::NotSame(one) => one.run(session, output).await,
            Self::Backup(one) => one.run(session, output).await,
            Self::Restore(one) => one.run(session, output).await,
            Self::Wrapup(one) => one.run(session, output).await,
            Self::Take(one) => one.run(session, output).await,
            Self::Reopen(one) => one.run(session, output).await,
            Self::History(one) => one.run(session, output).await,
            Self::Review(one) => one.run(session, output).await,
            Self::Undo(one) => one.run(session, output).await,
            Self::Why(one) => one.run(session, output).await,
            Self::Audit(one) => one.run(session, output).await,
            Self::WhyNot(one) => one.run(session, output).await,
            Self::Expire => expire::run(session, output).await,
            Self::Serve(one) => one.run(session, output).await,
            Self::Stats(stats) => stats.run(session, output).await,
            Self::Check(check) => check.run(session, output).await,
            // `dispatch` has done these.
            Self::Demo(_) | Self::Doctor | Self::Config(_) => Ok(Exit::Done),
            Self::User(_) | Self::Client(_) => Ok(Exit::Done),
            Self::Login(_) | Self::Logout(_) | Self::Whoami(_) => Ok(Exit::Done),
            Self::Completions(_) | Self::Man(_) => Ok(Exit::Done),
        }
    }
}
