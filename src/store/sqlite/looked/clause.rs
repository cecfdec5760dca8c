//! A filter as SQL: conditions with their values. What is rare is found by its own index first; what is common
//! is met soon by whoever walks the list.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::super::column::status_code;
use super::super::fault::Step;
use super::{rule_code, verdict_code};
use crate::domain::command::Action;
use crate::domain::reason::Rule;
use crate::domain::review::{Filter, List, Marked};
use crate::store::looked::Scope;

/// How often an entry was taken back and done again: odd when it is undone now. Undos undo older entries, so
/// the chain ends.
pub const UNDOS: &str = "(WITH RECURSIVE chain (seq, turns) AS (SELECT entry.seq, 0
    UNION ALL SELECT (SELECT max(later.seq) FROM entry AS later WHERE later.undoes = chain.seq), turns + 1
    FROM chain WHERE chain.seq IS NOT NULL) SELECT max(turns) - 1 FROM chain)";

/// Conditions, each after an `AND`, and the values of their parameters in order.
#[derive(Clone, Debug, Default)]
pub struct Clause {
    pub sql: String,
    pub values: Vec<Value>,
}

impl Clause {
    pub fn and(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    fn one_of(&mut self, column: &str, ids: &[String]) {
        let marks = vec!["?"; ids.len()].join(", ");
        let ids = ids.iter().cloned().map(Value::Text);
        self.and(&format!("{column} IN ({marks})"), ids);
    }

    pub fn append(&mut self, other: &Self) {
        self.sql.push_str(&other.sql);
        self.values.extend(other.values.iter().cloned());
    }
}

/// What is asked of the conversation, but for when it began. `conversation` and `contact` are joined.
pub fn of_conversation(scope: &Scope) -> Clause {
    let (filter, mut clause) = (&scope.filter, Clause::default());
    for (column, ids) in [
        ("conversation.queue", &scope.queues),
        ("conversation.agent", &scope.agents),
        ("conversation.wrapup_code", &scope.codes),
    ] {
        if let Some(ids) = ids {
            clause.one_of(column, ids);
        }
    }
    if let Some(channel) = filter.channel {
        let name = Value::Text(channel.name().to_owned());
        clause.and("conversation.channel = ?", [name]);
    }
    if let Some(status) = filter.status {
        let code = Value::Integer(status_code(status));
        clause.and("conversation.status = ?", [code]);
    }
    if filter.doubtful {
        clause.and("conversation.doubt = 1", []);
    }
    if filter.unlinked {
        let sql = "EXISTS (SELECT 1 FROM entry AS taken WHERE taken.conversation = conversation.id
            AND taken.action <> 'resolve' AND taken.action = 'unlink')";
        clause.and(sql, []);
    }
    if let Some(text) = &filter.text {
        let text = Value::Text(text.to_lowercase());
        clause.and("text_holds(conversation.wrapup_notes, ?)", [text]);
    }
    clause
}

/// When the conversation began.
pub fn of_span(filter: &Filter) -> Clause {
    let mut clause = Clause::default();
    if let Some(from) = filter.from {
        clause.and("conversation.started >= ?", [Value::Integer(from.0)]);
    }
    if let Some(to) = filter.to {
        clause.and("conversation.started < ?", [Value::Integer(to.0)]);
    }
    clause
}

/// That the contact in `alias` is a part of a merge.
pub fn merged(alias: &str) -> String {
    format!(
        "({alias}.merged_to IS NOT NULL
        OR EXISTS (SELECT 1 FROM contact AS part WHERE part.merged_to = {alias}.id))"
    )
}

/// What is asked of the mark on the entry; `review_mark` is joined.
pub fn of_mark(filter: &Filter) -> Clause {
    let mut clause = Clause::default();
    match filter.mark {
        None => {}
        Some(Marked::None) => clause.and("review_mark.seq IS NULL", []),
        Some(Marked::Any) => clause.and("review_mark.seq IS NOT NULL", []),
        Some(Marked::As(verdict)) => {
            let code = Value::Integer(verdict_code(verdict));
            clause.and("review_mark.verdict = ?", [code]);
        }
    }
    clause
}

/// What is asked of the entry itself, but for its kind.
pub fn of_entry(filter: &Filter) -> Clause {
    let mut clause = Clause::default();
    if let Some(by) = &filter.by {
        clause.and("entry.actor = ?", [Value::Text(by.clone())]);
    }
    if let Some(from) = filter.from {
        clause.and("entry.at >= ?", [Value::Integer(from.0)]);
    }
    if let Some(to) = filter.to {
        clause.and("entry.at < ?", [Value::Integer(to.0)]);
    }
    match filter.undone {
        Some(true) => clause.and(&format!("{UNDOS} % 2 = 1"), []),
        Some(false) => clause.and(&format!("{UNDOS} % 2 = 0"), []),
        None => {}
    }
    if let Some(rule) = filter.rule {
        let code = Value::Integer(rule_code(rule));
        match rule {
            Rule::ByPerson => clause.and("entry.action = 'link'", []),
            Rule::Unlinked => clause.and("entry.action = 'unlink'", []),
            Rule::Unmerged => clause.and("entry.action IN ('unmerge', 'undo')", []),
            Rule::FirstClaimed | Rule::NoClaim | Rule::NothingProvided => {
                clause.and(
                    "entry.action = 'resolve' AND conversation.first_rule = ?",
                    [code],
                );
            }
            Rule::SwitchedOff | Rule::SharedOnly => {
                clause.and(
                    "entry.action = 'resolve' AND conversation.first_rule = ?",
                    [code],
                );
            }
        }
    }
    clause
}

/// Each part of the entries in which one index leads: automatic links, imports, and every other action.
pub fn branches(filter: &Filter) -> Vec<(&'static str, &'static str, Option<Action>)> {
    let mut branches = Vec::new();
    for kind in filter.listed() {
        for action in kind.actions() {
            branches.push(match action {
                Action::Resolve => (" INDEXED BY entry_seen", "entry.action = 'resolve'", None),
                Action::Import => (
                    " INDEXED BY entry_by_people",
                    "entry.action NOT IN ('resolve', 'expire') AND entry.action = 'import'",
                    None,
                ),
                other => (
                    " INDEXED BY entry_by_action",
                    "entry.action NOT IN ('resolve', 'expire', 'import') AND entry.action = ?",
                    Some(other),
                ),
            });
        }
    }
    branches
}

/// That an entry is one of the listed actions, with their names.
pub fn actions(filter: &Filter) -> (String, Vec<Value>) {
    let kinds = filter.listed().iter();
    let names = kinds.flat_map(|kind| kind.actions());
    let names: Vec<Value> = names
        .map(|action| Value::Text(action.name().to_owned()))
        .collect();
    let marks = vec!["?"; names.len()].join(", ");
    (format!("entry.action IN ({marks})"), names)
}

/// The rows of the conversations that a filter is about, where an index finds at most so many: SQL and its values.
pub fn driver(
    connection: &Connection,
    list: List,
    scope: &Scope,
    most: u32,
) -> Step<Option<Clause>> {
    for driver in drivers(list, scope) {
        let sql = format!(
            "SELECT count(*) FROM ({} LIMIT {})",
            driver.sql,
            i64::from(most) + 1
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let values = rusqlite::params_from_iter(driver.values.iter());
        let found: i64 = statement.query_one(values, |row| row.get(0))?;
        if found <= i64::from(most) {
            return Ok(Some(driver));
        }
    }
    Ok(None)
}

fn drivers(list: List, scope: &Scope) -> Vec<Clause> {
    let mut drivers = Vec::new();
    let mut put = |sql: String, values: Vec<Value>| drivers.push(Clause { sql, values });
    for (column, ids) in [("queue", &scope.queues), ("agent", &scope.agents)] {
        if let Some(ids) = ids {
            let marks = vec!["?"; ids.len()].join(", ");
            let values = ids.iter().cloned().map(Value::Text).collect();
            let sql = format!("SELECT row FROM conversation WHERE {column} IN ({marks})");
            put(sql, values);
        }
    }
    if scope.filter.unlinked {
        let sql = "SELECT talk.row FROM entry AS taken JOIN conversation AS talk
            ON talk.id = taken.conversation WHERE taken.action = 'unlink'
            AND taken.action NOT IN ('resolve', 'expire', 'import')";
        put(sql.to_owned(), Vec::new());
    }
    if scope.filter.doubtful {
        let sql = "SELECT row FROM conversation WHERE doubt = 1";
        put(sql.to_owned(), Vec::new());
    }
    if scope.filter.merged && list == List::Conversations {
        // The parts of merges, and the wholes. Decisions are about whom they were about then.
        let sql = "SELECT party.conversation FROM contact AS part INDEXED BY contact_merged
            CROSS JOIN party ON party.contact = part.row WHERE part.merged_to IS NOT NULL
            UNION ALL SELECT party.conversation FROM contact AS part INDEXED BY contact_merged
            CROSS JOIN contact AS whole ON whole.id = part.merged_to
            CROSS JOIN party ON party.contact = whole.row WHERE part.merged_to IS NOT NULL";
        put(sql.to_owned(), Vec::new());
    }
    let rare = scope.filter.rule.filter(|rule| rule.is_automatic());
    if let Some(code) = rare.map(rule_code).filter(|code| *code > 2) {
        let sql = "SELECT row FROM conversation WHERE first_rule = ? AND first_rule > 2";
        put(sql.to_owned(), vec![Value::Integer(code)]);
    }
    drivers
}
