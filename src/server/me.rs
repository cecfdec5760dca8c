//! Who asks: the user, their rights, and their token.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::page::Page;
use super::problem::Problem;
use crate::store::NameKind;
use crate::store::account::AccountKind;

/// The one organization and division that there are.
const ORGANIZATION: &str = "scv";
const DIVISION: &str = "*";
/// What may be asked for beside the user; of it the rights, the organization and the token are known here.
const EXPAND: [&str; 43] = [
    "routingStatus",
    "presence",
    "integrationPresence",
    "conversationSummary",
    "outOfOffice",
    "geolocation",
    "station",
    "authorization",
    "lasttokenissued",
    "authorization.unusedRoles",
    "team",
    "workPlanBidRanks",
    "externalContactsSettings",
    "groups",
    "customAttributes",
    "profileSkills",
    "certifications",
    "locations",
    "skills",
    "languages",
    "languagePreference",
    "employerInfo",
    "biography",
    "dateLastLogin",
    "dateWelcomeSent",
    "date",
    "geolocationsettings",
    "organization",
    "presencedefinitions",
    "divisionedpresencedefinitions",
    "locationdefinitions",
    "orgauthorization",
    "orgproducts",
    "favorites",
    "superiors",
    "directreports",
    "adjacents",
    "routingskills",
    "routinglanguages",
    "fieldconfigs",
    "token",
    "trustors",
    "logCapture",
];

/// `GET users/me`: for people only.
pub async fn user(call: Call) -> Result<Answer, Problem> {
    let more = [EXPAND.as_slice(), &["autoanswersettings"]].concat();
    let expand = call.query.known("expand", &more)?;
    let id = user_id(&call).await?;
    let account = &call.session.account;
    let mut user = json!({
        "id": id,
        "name": account.name,
        "username": account.name,
        "division": division(),
        "state": "active",
        "version": 1,
        "selfUri": format!("/api/v2/users/{id}"),
    });
    if expand.contains(&"authorization") {
        user["authorization"] = authorization(&call);
    }
    if expand.contains(&"token") {
        user["token"] = token_of(&call).await?;
    }
    if expand.contains(&"organization") {
        user["organization"] = json!({"id": ORGANIZATION, "name": ORGANIZATION, "version": 1});
    }
    Ok(Answer::json(call.site.contract.fit("UserMe", user)))
}

/// `GET authorization/subjects/me`: the role of who asks, in the one division.
pub async fn subject(call: Call) -> Result<Answer, Problem> {
    let account = &call.session.account;
    let id = account.id.to_string();
    let policies = call.session.role.permissions().map(|permission| {
        let (domain, rest) = permission.name().split_once(':').unwrap_or_default();
        let (entity, action) = rest.split_once(':').unwrap_or((rest, "view"));
        json!({"domain": domain, "entityName": entity, "actions": [action]})
    });
    Ok(Answer::json(call.site.contract.fit(
        "AuthzSubject",
        json!({
            "id": id,
            "name": account.name,
            "grants": [{
                "subjectId": id,
                "division": division(),
                "role": {
                    "id": account.role,
                    "name": account.role,
                    "policies": policies.collect::<Vec<_>>(),
                },
                "grantMadeAt": account.created.to_string(),
            }],
            "version": 1,
        }),
    )))
}

/// `GET authorization/divisions`: the one that there is.
pub async fn divisions(call: Call) -> Result<Answer, Problem> {
    let page = Page::of(&call)?;
    let all = page.cut(vec![division()]);
    Ok(Answer::json(page.listing(&call, all, 1)))
}

/// `GET authorization/divisions/home`.
pub async fn home_division(_: Call) -> Result<Answer, Problem> {
    Ok(Answer::json(division()))
}

/// `GET tokens/me`, and its head.
pub async fn token(call: Call) -> Result<Answer, Problem> {
    Ok(Answer::json(token_of(&call).await?))
}

/// `HEAD tokens/me`.
pub async fn token_head(_: Call) -> Result<Answer, Problem> {
    Ok(Answer::empty(200))
}

/// `DELETE tokens/me`: the token ends at once.
pub async fn end_token(call: Call) -> Result<Answer, Problem> {
    let hash = call.session.grant.hash;
    call.site.accounts.take_grant(hash).await?;
    call.site.sessions.forget(&hash);
    Ok(Answer::empty(200))
}

/// The id of the user who asks: that of the organization's user of the name, so that conversations name it too.
pub async fn user_id(call: &Call) -> Result<String, Problem> {
    let account = &call.session.account;
    match account.kind {
        AccountKind::Client => return Err(Problem::no_user()),
        AccountKind::User => {}
    }
    let names = call.site.store().names().await?;
    let wanted = account.name.to_lowercase();
    let mut users = names.into_iter().filter(|name| name.kind == NameKind::User);
    let known = users.find(|name| name.name.to_lowercase() == wanted);
    Ok(known.map_or_else(|| account.id.to_string(), |name| name.id))
}

fn division() -> Value {
    json!({
        "id": DIVISION,
        "name": "Home",
        "description": "The one division",
        "homeDivision": true,
        "selfUri": "/api/v2/authorization/divisions/*",
    })
}

fn authorization(call: &Call) -> Value {
    let role = &call.session.account.role;
    let permissions = call
        .session
        .role
        .permissions()
        .map(|permission| permission.name());
    json!({
        "roles": [{"id": role, "name": role}],
        "permissions": permissions.collect::<Vec<_>>(),
    })
}

async fn token_of(call: &Call) -> Result<Value, Problem> {
    let grant = &call.session.grant;
    let client = call.site.accounts.account(grant.client).await?;
    let client = client.map_or_else(String::new, |client| client.name);
    let kind = match call.session.account.kind {
        AccountKind::User => "CODE",
        AccountKind::Client => "CLIENT-CREDENTIALS",
    };
    Ok(json!({
        "organization": {"id": ORGANIZATION, "name": ORGANIZATION},
        "homeOrganization": {"id": ORGANIZATION, "name": ORGANIZATION},
        "authorizedScope": [],
        "dateTokenIdles": grant.expires.to_string(),
        "OAuthClient": {
            "id": grant.client.to_string(),
            "name": client,
            "authorizedGrantType": kind,
        },
    }))
}
