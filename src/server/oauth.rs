//! OAuth 2: tokens for clients and, after a sign-in, for people. Tokens and codes are random and kept as hashes;
//! a code and a refresh token work once.

mod authorize;

pub use authorize::{page, sign_in};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::call::{Answer, Content, Knock};
use super::identity::hash;
use super::problem::Problem;
use super::query::Query;
use super::secret::{self, NoSecret};
use super::site::Site;
use crate::domain::Moment;
use crate::domain::moment::DAY_MS;
use crate::store::account::{Account, AccountKind, Grant, GrantKind, TokenHash};

/// How long an access token works.
const ACCESS_MS: i64 = DAY_MS;
/// How long a refresh token works.
const REFRESH_MS: i64 = 30 * DAY_MS;
/// How long a code works.
pub const CODE_MS: i64 = 5 * 60_000;

/// Why no token is given, in the words of OAuth 2 (RFC 6749 §5.2).
struct Refused {
    status: u16,
    error: &'static str,
    description: &'static str,
}

impl Refused {
    const fn new(error: &'static str, description: &'static str) -> Self {
        Self {
            status: 400,
            error,
            description,
        }
    }

    const fn client() -> Self {
        Self {
            status: 401,
            error: "invalid_client",
            description: "the client is not known, its secret is wrong, or it was revoked",
        }
    }

    const fn grant() -> Self {
        Self::new(
            "invalid_grant",
            "the code or refresh token is not known, was used, has expired, or is another client's",
        )
    }

    fn answer(self) -> Answer {
        let body = json!({"error": self.error, "error_description": self.description,
            "description": self.description});
        let mut answer = Answer {
            status: self.status,
            ..Answer::json(body)
        };
        if self.status == 401 {
            let scheme = "Basic realm=\"scv\"".to_owned();
            answer.headers.push(("www-authenticate", scheme));
        }
        answer
    }
}

/// What a token request came to: refusals have a shape of their own, everything else is a `Problem`.
enum Stopped {
    Refused(Refused),
    Problem(Problem),
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl<E: Into<Problem>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

impl From<NoSecret> for Problem {
    fn from(error: NoSecret) -> Self {
        Self::broken(error.to_string())
    }
}

/// `POST /oauth/token`.
pub async fn token(knock: Knock) -> Result<Answer, Problem> {
    match grant(&knock).await {
        Ok(tokens) => Ok(Answer {
            status: 200,
            content: Content::Json(tokens),
            headers: vec![("pragma", "no-cache".to_owned())],
        }),
        Err(Stopped::Refused(refused)) => Ok(refused.answer()),
        Err(Stopped::Problem(problem)) => Err(problem),
    }
}

async fn grant(knock: &Knock) -> Result<Value, Stopped> {
    let text =
        std::str::from_utf8(&knock.body).map_err(|_| Problem::bad("the form is not UTF-8"))?;
    let form = Query::read(text)?;
    let kind = form.text("grant_type").unwrap_or_default();
    let client = client(knock, &form, kind).await?;
    match kind {
        "client_credentials" => Ok(issue(&knock.site, &client, &client, Fresh::Access).await?),
        "authorization_code" => {
            let code = form.text("code").unwrap_or_default();
            let granted = taken(&knock.site, hash(code), GrantKind::Code, &client).await?;
            check_code(&granted, &form, knock.authorization.is_some())?;
            let owner = owner(&knock.site, &granted).await?;
            Ok(issue(&knock.site, &owner, &client, Fresh::WithRefresh).await?)
        }
        "refresh_token" => {
            let token = form.text("refresh_token").unwrap_or_default();
            let granted = taken(&knock.site, hash(token), GrantKind::Refresh, &client).await?;
            let owner = owner(&knock.site, &granted).await?;
            Ok(issue(&knock.site, &owner, &client, Fresh::WithRefresh).await?)
        }
        _ => Err(Refused::new(
            "unsupported_grant_type",
            "grant_type is client_credentials, authorization_code or refresh_token",
        )
        .into()),
    }
}

/// The client that asks. A client that cannot keep a secret says its id alone, and proves itself by the
/// verifier of its code or by its refresh token.
async fn client(knock: &Knock, form: &Query, kind: &str) -> Result<Account, Stopped> {
    let said = match &knock.authorization {
        Some(header) => Some(basic(header).ok_or_else(Refused::client)?),
        None => {
            let pair = form.text("client_id").zip(form.text("client_secret"));
            pair.map(|(id, secret)| (id.to_owned(), secret.to_owned()))
        }
    };
    let id = match &said {
        Some((id, _)) => id.as_str(),
        None => form.text("client_id").unwrap_or_default(),
    };
    let known = known_client(&knock.site, id).await?;
    let Some((_, secret)) = &said else {
        let proves_itself = ["authorization_code", "refresh_token"].contains(&kind);
        let client = known.filter(|_| proves_itself);
        return client.ok_or_else(|| Refused::client().into());
    };
    let held = known.as_ref().and_then(|client| client.secret.clone());
    let is_right = secret::check(&knock.site, id, secret, held).await?;
    match known.filter(|_| is_right) {
        Some(client) => Ok(client),
        None => Err(Refused::client().into()),
    }
}

/// A client that was not revoked.
async fn known_client(site: &Site, id: &str) -> Result<Option<Account>, Problem> {
    let Ok(id) = id.parse::<Uuid>() else {
        return Ok(None);
    };
    let account = site.accounts.account(id).await?;
    let account = account.filter(|one| one.kind == AccountKind::Client);
    Ok(account.filter(Account::is_active))
}

/// Id and secret of `Basic ...`.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, text) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = Base64::decode_vec(text.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Takes a grant out of the store, if it is of this kind, of this client and not over.
async fn taken(
    site: &Site,
    hash: TokenHash,
    kind: GrantKind,
    client: &Account,
) -> Result<Grant, Stopped> {
    let found = site.accounts.grant(hash).await?;
    let is_own = |grant: &Grant| grant.kind == kind && grant.client == client.id;
    if !found.as_ref().is_some_and(is_own) {
        return Err(Refused::grant().into());
    }
    let taken = site.accounts.take_grant(hash).await?;
    let taken = taken.filter(|grant| site.now() < grant.expires);
    taken.ok_or_else(|| Refused::grant().into())
}

/// A code needs what was sent with the request for it: the redirect, and the verifier of its challenge. A code
/// without a challenge needs the secret of its client.
fn check_code(code: &Grant, form: &Query, has_secret: bool) -> Result<(), Stopped> {
    if form.text("redirect_uri") != code.redirect.as_deref() {
        return Err(Refused::grant().into());
    }
    let fits = match (&code.challenge, form.text("code_verifier")) {
        (Some(challenge), Some(verifier)) => *challenge == challenge_of(verifier),
        (Some(_), None) => false,
        (None, _) => has_secret || form.text("client_secret").is_some(),
    };
    match fits {
        true => Ok(()),
        false => Err(Refused::grant().into()),
    }
}

/// The S256 challenge of a verifier (RFC 7636 §4.2).
fn challenge_of(verifier: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()))
}

/// The user of a grant, if nobody revoked them.
async fn owner(site: &Site, grant: &Grant) -> Result<Account, Stopped> {
    let owner = site.accounts.account(grant.owner).await?;
    let owner = owner.filter(Account::is_active);
    owner.ok_or_else(|| Refused::grant().into())
}

/// What is handed out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fresh {
    Access,
    WithRefresh,
}

/// Makes tokens, keeps their hashes, and hands them out.
async fn issue(
    site: &Site,
    owner: &Account,
    client: &Account,
    fresh: Fresh,
) -> Result<Value, Problem> {
    let now = site.now();
    let access = secret::random()?;
    let refresh = secret::random()?;
    let granted = |token: &str, kind, ms| Grant {
        hash: hash(token),
        kind,
        owner: owner.id,
        client: client.id,
        created: now,
        expires: now.plus_ms(ms),
        redirect: None,
        challenge: None,
    };
    let mut grants = vec![granted(&access, GrantKind::Access, ACCESS_MS)];
    let mut answer = json!({
        "access_token": access,
        "token_type": "bearer",
        "expires_in": ACCESS_MS / 1000,
    });
    if fresh == Fresh::WithRefresh {
        grants.push(granted(&refresh, GrantKind::Refresh, REFRESH_MS));
        answer["refresh_token"] = refresh.into();
    }
    site.accounts.add_grants(grants, now).await?;
    Ok(answer)
}

/// Keeps a code for a user who has signed in; the code.
async fn keep_code(
    site: &Site,
    user: &Account,
    client: &Account,
    redirect: &str,
    challenge: Option<&str>,
) -> Result<String, Problem> {
    let now: Moment = site.now();
    let code = secret::random()?;
    let grant = Grant {
        hash: hash(&code),
        kind: GrantKind::Code,
        owner: user.id,
        client: client.id,
        created: now,
        expires: now.plus_ms(CODE_MS),
        redirect: Some(redirect.to_owned()),
        challenge: challenge.map(str::to_owned),
    };
    site.accounts.add_grants(vec![grant], now).await?;
    Ok(code)
}
