//! Who is signed in and what they may. People are asked for themselves; a client, which is nobody's user,
//! for what it was granted.

use serde_json::Value;

use super::super::super::Trouble;
use super::super::http::{Call, Failure, Http};
use crate::domain::Permission;

/// What the rights are called together: roles at Genesys Cloud have names of their own.
const ROLE: &str = "Genesys Cloud";

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// A client has none.
    pub user: Option<String>,
    pub name: String,
    pub role: String,
    pub permissions: Vec<Permission>,
}

/// Asks the server.
pub async fn me(http: &Http) -> Result<Me, Trouble> {
    let call = Call::get("/api/v2/users/me").query("expand", "authorization");
    match http.ask(&call).await {
        Ok(user) => of_user(&user).ok_or_else(|| strange(http)),
        // Not for client credentials (`api/api.md`, Users).
        Err(Failure::Status {
            status: 400 | 403, ..
        }) => {
            let subject = http
                .ask(&Call::get("/api/v2/authorization/subjects/me"))
                .await?;
            of_subject(&subject).ok_or_else(|| strange(http))
        }
        Err(Failure::Status { status: 404, .. }) => {
            let why = format!(
                "{}: it speaks no Platform API; look at its address",
                http.place()
            );
            Err(Trouble::Broken(why))
        }
        Err(failure) => Err(failure.into()),
    }
}

fn strange(http: &Http) -> Trouble {
    Failure::Strange(http.place(), "it does not say who this is").into()
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn of_user(user: &Value) -> Option<Me> {
    let granted = user
        .get("authorization")
        .and_then(|all| all.get("permissions"));
    let granted = granted.and_then(Value::as_array).into_iter().flatten();
    let granted: Vec<String> = granted
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    Some(Me {
        user: Some(text(user, "id")?),
        name: text(user, "name").or_else(|| text(user, "username"))?,
        role: ROLE.to_owned(),
        permissions: permissions(&granted),
    })
}

fn of_subject(subject: &Value) -> Option<Me> {
    let list = |value: &Value, name: &str| {
        let list = value.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let mut granted = Vec::new();
    for grant in list(subject, "grants") {
        for policy in list(grant.get("role")?, "policies") {
            let (domain, entity) = (text(&policy, "domain"), text(&policy, "entityName"));
            let actions = list(&policy, "actions");
            let all = |part: Option<String>| part.unwrap_or_else(|| "*".to_owned());
            let within = format!("{}:{}", all(domain), all(entity));
            granted.extend(actions.iter().filter_map(|action| {
                let action = action.as_str()?;
                Some(format!("{within}:{action}"))
            }));
        }
    }
    Some(Me {
        user: None,
        name: text(subject, "name").unwrap_or_else(|| "a client".to_owned()),
        role: ROLE.to_owned(),
        permissions: permissions(&granted),
    })
}

/// The rights among what was granted: `*` stands for any part, and what follows is any when it is left out.
/// The older domain `relate` gives the same as `externalContacts` (`api/api.md`, ANY of the two).
fn permissions(granted: &[String]) -> Vec<Permission> {
    let gives = |pattern: &str, right: &str| {
        let pattern = pattern.replacen("relate:", "externalContacts:", 1);
        let mut parts = pattern.split(':');
        right.split(':').all(|part| {
            let wanted = parts.next().unwrap_or("*");
            wanted == "*" || wanted.eq_ignore_ascii_case(part)
        })
    };
    let all = Permission::ALL.iter().copied();
    all.filter(|right| granted.iter().any(|pattern| gives(pattern, right.name())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(granted: &[&str]) -> Vec<Permission> {
        let granted: Vec<String> = granted.iter().map(|one| (*one).to_owned()).collect();
        permissions(&granted)
    }

    #[test]
    fn a_star_gives_every_right_of_its_place() {
        let rights = given(&["externalContacts:contact:*"]);
        assert!(rights.contains(&Permission::ContactDelete), "{rights:?}");
        assert!(!rights.contains(&Permission::IdentityMerge), "{rights:?}");
        assert_eq!(given(&["*"]).len(), Permission::ALL.len());
        assert_eq!(given(&[]), Vec::new());
    }

    #[test]
    fn the_older_domain_gives_the_same() {
        assert_eq!(given(&["relate:contact:view"]), [Permission::ContactView]);
    }
}
