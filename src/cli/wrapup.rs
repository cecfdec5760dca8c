//! `scv wrapup`: the wrap-up code and notes of a conversation.

use std::path::PathBuf;

use clap::Args;

use super::given;
use super::lookup::Names;
use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::conversation::ConversationId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Wrapup {
    /// Id of the conversation
    conversation: ConversationId,
    /// Name of the wrap-up code
    #[arg(long, value_name = "NAME", required_unless_present = "from_json")]
    code: Option<String>,
    /// Notes on the conversation
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,
    /// Read {"name": ..., "notes": ...} from a file, or from standard input with -
    #[arg(long, value_name = "FILE")]
    from_json: Option<PathBuf>,
}

impl Wrapup {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let (code, notes) = self.given()?;
        let backend = session.open(Open::Existing)?;
        let names = Names::read(backend.store().as_ref()).await?;
        let command = Command::WrapUp {
            conversation: self.conversation,
            code: names.code(&code)?,
            notes,
        };
        let outcome = backend.run(command).await?;
        let sentence = format!("The conversation is wrapped up as {}", code.trim());
        outcome::tell_conversation(output, session, &backend, &outcome, &sentence).await
    }

    /// Code and notes; an option stands above the body.
    fn given(&self) -> anyhow::Result<(String, Option<String>)> {
        let body = match &self.from_json {
            Some(path) => given::json(path)?,
            None => serde_json::Value::Null,
        };
        let member = |name: &str| {
            body.get(name)
                .and_then(|value| value.as_str())
                .map(str::to_owned)
        };
        let code = self
            .code
            .clone()
            .or_else(|| member("name"))
            .or_else(|| member("code"));
        let code = code.ok_or_else(|| {
            Usage("a wrap-up needs a code; name it in \"name\" or --code".to_owned())
        })?;
        Ok((code, self.notes.clone().or_else(|| member("notes"))))
    }
}
