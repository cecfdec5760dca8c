//! `/oauth/authorize`: the page on which a person signs in, and the way back with a code. The page needs no
//! script, keeps nothing in the browser, and asks for the password every time.

use super::super::call::{Answer, Content, Knock};
use super::super::markup::{document, escaped};
use super::super::problem::Problem;
use super::super::query::{Query, encoded};
use super::super::secret;
use super::super::site::Site;
use super::{keep_code, known_client};
use crate::store::account::{Account, AccountKind};

/// What the pages are called.
const TITLE: &str = "Sign in to scv";

/// What a client asks a person for.
struct Wish {
    client: Account,
    redirect: String,
    state: Option<String>,
    challenge: Option<String>,
}

/// `GET /oauth/authorize`.
pub async fn page(knock: Knock) -> Result<Answer, Problem> {
    match wish(&knock.site, &knock.query).await? {
        Ok(wish) => Ok(shown(&wish, 200, "", None)),
        Err(answer) => Ok(answer),
    }
}

/// `POST /oauth/authorize`: the form of the page.
pub async fn sign_in(knock: Knock) -> Result<Answer, Problem> {
    let text =
        std::str::from_utf8(&knock.body).map_err(|_| Problem::bad("the form is not UTF-8"))?;
    let form = Query::read(text)?;
    let wish = match wish(&knock.site, &form).await? {
        Ok(wish) => wish,
        Err(answer) => return Ok(answer),
    };
    let name = form.text("name").unwrap_or_default();
    let password = form.text("password").unwrap_or_default();
    let user = knock
        .site
        .accounts
        .account_named(AccountKind::User, name.to_owned());
    let user = user.await?.filter(Account::is_active);
    let held = user.as_ref().and_then(|user| user.secret.clone());
    let is_right = match secret::check(&knock.site, name, password, held).await {
        Ok(is_right) => is_right,
        Err(problem) if problem.status == 429 => {
            let why = "Too many wrong passwords for this name. Wait a minute and try again.";
            return Ok(shown(&wish, 429, name, Some(why)));
        }
        Err(problem) => return Err(problem),
    };
    let Some(user) = user.filter(|_| is_right) else {
        let why = "The name or the password is wrong. Check both and try again.";
        return Ok(shown(&wish, 401, name, Some(why)));
    };
    let challenge = wish.challenge.as_deref();
    let code = keep_code(&knock.site, &user, &wish.client, &wish.redirect, challenge).await?;
    Ok(back(&wish, &[("code", &code)]))
}

/// Reads what is asked for. Where the client or the place to go back to is not known, the person is told and
/// sent nowhere; any other fault goes back to the client.
async fn wish(site: &Site, query: &Query) -> Result<Result<Wish, Answer>, Problem> {
    let id = query.text("client_id").unwrap_or_default();
    let Some(client) = known_client(site, id).await? else {
        return Ok(Err(refused("The program that sent you here is not known.")));
    };
    let redirect = query.text("redirect_uri").unwrap_or_default();
    if !client
        .redirects
        .iter()
        .any(|known| leads_to(known, redirect))
    {
        let why = "The program that sent you here wants you back at an address that was not registered for it.";
        return Ok(Err(refused(why)));
    }
    let text = |name: &str| query.text(name).map(str::to_owned);
    let wish = Wish {
        redirect: redirect.to_owned(),
        state: text("state"),
        challenge: text("code_challenge"),
        client,
    };
    let method = query.text("code_challenge_method");
    let fault = match (query.text("response_type"), method) {
        (Some("code"), Some("S256")) if wish.challenge.is_some() => None,
        (Some("code"), None) if wish.challenge.is_none() => None,
        (Some("code"), _) => Some(("invalid_request", "the challenge is one of method S256")),
        (Some(_) | None, _) => Some(("unsupported_response_type", "response_type is code")),
    };
    Ok(match fault {
        None => Ok(wish),
        Some((error, why)) => Err(back(&wish, &[("error", error), ("error_description", why)])),
    })
}

/// Whether an address is the one that was registered. Of a loopback address the port is whichever was free
/// (RFC 8252 §7.3).
fn leads_to(known: &str, asked: &str) -> bool {
    if known == asked {
        return true;
    }
    let without_port = |address: &str| -> Option<String> {
        let rest = address.strip_prefix("http://")?;
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = match place.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            Some(_) | None => place,
        };
        let is_loopback = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        is_loopback.then(|| format!("{host}/{path}"))
    };
    let known = without_port(known);
    known.is_some() && known == without_port(asked)
}

/// Sends the person back to the client.
fn back(wish: &Wish, values: &[(&str, &str)]) -> Answer {
    let state = wish.state.as_deref().map(|state| ("state", state));
    let pairs = values.iter().copied().chain(state);
    let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
    let mark = if wish.redirect.contains('?') {
        '&'
    } else {
        '?'
    };
    let to = format!(
        "{}{mark}{}",
        wish.redirect,
        pairs.collect::<Vec<_>>().join("&")
    );
    Answer {
        status: 303,
        content: Content::Nothing,
        headers: vec![
            ("location", to),
            ("referrer-policy", "no-referrer".to_owned()),
        ],
    }
}

/// The page with the form.
fn shown(wish: &Wish, status: u16, name: &str, why: Option<&str>) -> Answer {
    let hidden = [
        ("client_id", Some(wish.client.id.to_string())),
        ("redirect_uri", Some(wish.redirect.clone())),
        ("response_type", Some("code".to_owned())),
        ("state", wish.state.clone()),
        ("code_challenge", wish.challenge.clone()),
        (
            "code_challenge_method",
            wish.challenge.as_ref().map(|_| "S256".to_owned()),
        ),
    ];
    let hidden = hidden.into_iter().filter_map(|(name, value)| {
        let value = escaped(&value?);
        Some(format!(
            "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"
        ))
    });
    let hidden: String = hidden.collect();
    let alert = why.map_or_else(String::new, |why| {
        format!("<p role=\"alert\">{}</p>", escaped(why))
    });
    let (client, name) = (escaped(&wish.client.name), escaped(name));
    let body = format!(
        "<h1>Sign in to scv</h1><p>{client} asks to act for you.</p>{alert}\
        <form method=\"post\" action=\"/oauth/authorize\">{hidden}\
        <label for=\"name\">Name</label>\
        <input id=\"name\" name=\"name\" value=\"{name}\" autocomplete=\"username\" required autofocus>\
        <label for=\"password\">Password</label>\
        <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\
        <button type=\"submit\">Sign in</button></form>"
    );
    document(status, TITLE, &body)
}

/// The page that says why nobody can sign in.
fn refused(why: &str) -> Answer {
    let body = format!(
        "<h1>Sign in to scv</h1><p role=\"alert\">{}</p>",
        escaped(why)
    );
    document(400, TITLE, &body)
}
