//! Tokens: for clients, for people who sign in, refreshed, and refused.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use scv_desk::server::{hashed, random};
use scv_desk::store::account::{Account, AccountKind, Accounts};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::place::{Caller, Place, Reply};

const BACK: &str = "http://127.0.0.1/back";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-length";

/// A server with a user and a client, and their secrets.
struct Doors {
    place: Place,
    client: Uuid,
    secret: String,
    password: String,
}

fn account(kind: AccountKind, name: &str, role: &str, secret: &str, place: &Place) -> Uuid {
    let account = Account {
        id: Uuid::new_v4(),
        kind,
        name: name.to_owned(),
        role: role.to_owned(),
        secret: Some(hashed(secret).unwrap()),
        redirects: vec![BACK.to_owned(), "https://desk.example/back".to_owned()],
        created: place.now(),
        revoked: None,
    };
    let id = account.id;
    assert!(
        place
            .runtime
            .block_on(place.store.add_account(account))
            .unwrap()
    );
    id
}

impl Doors {
    fn new() -> Self {
        let place = Place::new();
        let (secret, password) = (random().unwrap(), random().unwrap());
        let client = account(AccountKind::Client, "desk", "admin", &secret, &place);
        account(AccountKind::User, "Niamh", "agent", &password, &place);
        Self {
            place,
            client,
            secret,
            password,
        }
    }

    fn basic(&self) -> String {
        Base64::encode_string(format!("{}:{}", self.client, self.secret).as_bytes())
    }

    /// Posts a form, with or without the client's secret.
    fn form(&self, path: &str, basic: Option<&str>, form: &str) -> Reply {
        let basic = basic
            .map(|basic| format!("Authorization: Basic {basic}\r\n"))
            .unwrap_or_default();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{basic}\
            Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.place.address,
            form.len()
        );
        self.place.send(request.as_bytes())
    }

    fn token(&self, basic: Option<&str>, form: &str) -> Reply {
        self.form("/oauth/token", basic, form)
    }

    /// What the page posts.
    fn wish(&self, redirect: &str, password: &str) -> String {
        let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(VERIFIER.as_bytes()));
        format!(
            "response_type=code&client_id={}&redirect_uri={redirect}&state=st%26te&code_challenge={challenge}\
            &code_challenge_method=S256&name=Niamh&password={password}",
            self.client
        )
    }

    /// Signs in; the code.
    fn code(&self) -> String {
        let reply = self.form("/oauth/authorize", None, &self.wish(BACK, &self.password));
        let to = reply
            .header("location")
            .unwrap_or_else(|| panic!("{reply:?}"))
            .to_owned();
        assert_eq!(reply.status, 303);
        assert!(
            to.starts_with(BACK) && to.ends_with("state=st%26te"),
            "{to}"
        );
        let code = to.split("code=").nth(1).unwrap().split('&').next().unwrap();
        percent_encoding::percent_decode_str(code)
            .decode_utf8()
            .unwrap()
            .into_owned()
    }

    fn caller(&self, tokens: &Value) -> Caller<'_> {
        Caller {
            place: &self.place,
            token: Some(tokens["access_token"].as_str().unwrap().to_owned()),
        }
    }
}

#[test]
fn a_client_gets_a_token_for_its_secret_alone() {
    let doors = Doors::new();
    let tokens = doors
        .token(Some(&doors.basic()), "grant_type=client_credentials")
        .is(200)
        .json();
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&"bearer".into(), &86400.into())
    );
    assert!(tokens.get("refresh_token").is_none());
    let caller = doors.caller(&tokens);
    caller.get("/api/v2/externalcontacts/contacts").is(200);
    caller.get("/api/v2/users/me").is(403);
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        doors.client, doors.secret
    );
    doors.token(None, &form).is(200);

    let wrong = Base64::encode_string(format!("{}:wrong", doors.client).as_bytes());
    let refused = doors
        .token(Some(&wrong), "grant_type=client_credentials")
        .is(401);
    assert_eq!(refused.json()["error"], "invalid_client");
    assert!(refused.header("WWW-Authenticate").is_some());
    let nobody = Base64::encode_string(format!("{}:wrong", Uuid::new_v4()).as_bytes());
    doors
        .token(Some(&nobody), "grant_type=client_credentials")
        .is(401);
    doors
        .token(
            None,
            &format!("grant_type=client_credentials&client_id={}", doors.client),
        )
        .is(401);
    let odd = doors
        .token(Some(&doors.basic()), "grant_type=password")
        .is(400);
    assert_eq!(odd.json()["error"], "unsupported_grant_type");
}

#[test]
fn wrong_secrets_are_not_tried_for_ever() {
    let doors = Doors::new();
    let wrong = Base64::encode_string(format!("{}:wrong", doors.client).as_bytes());
    let tries = (0..12).map(|_| {
        doors
            .token(Some(&wrong), "grant_type=client_credentials")
            .status
    });
    let tries: Vec<u16> = tries.collect();
    assert_eq!(tries[..10], [401; 10]);
    assert_eq!(tries[10..], [429; 2]);
    // The right one has to wait as well: else it would be told from the wrong ones.
    doors
        .token(Some(&doors.basic()), "grant_type=client_credentials")
        .is(429);
}

#[test]
fn a_person_signs_in_with_a_challenge_and_refreshes() {
    let doors = Doors::new();
    let page = doors.place.as_nobody();
    let shown = page
        .get(&format!("/oauth/authorize?{}", doors.wish(BACK, "")))
        .is(200);
    assert!(shown.text.contains("<label for=\"password\">") && shown.text.contains("lang=\"en\""));
    assert!(
        shown
            .header("content-security-policy")
            .is_some_and(|policy| policy.contains("frame-ancestors 'none'"))
    );

    let code = doors.code();
    let form = |verifier: &str| {
        format!(
            "grant_type=authorization_code&code={code}&code_verifier={verifier}&client_id={}&redirect_uri={BACK}",
            doors.client
        )
    };
    let tokens = doors.token(None, &form(VERIFIER)).is(200).json();
    let me = doors.caller(&tokens).get("/api/v2/users/me").is(200).json();
    assert_eq!(me["name"], "Niamh");
    assert_eq!(
        doors.token(None, &form(VERIFIER)).is(400).json()["error"],
        "invalid_grant",
        "a code works once"
    );

    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = format!(
        "grant_type=refresh_token&refresh_token={refresh}&client_id={}",
        doors.client
    );
    let again = doors.token(None, &form).is(200).json();
    doors.caller(&again).get("/api/v2/users/me").is(200);
    doors.token(None, &form).is(400);
    let next = again["refresh_token"].as_str().unwrap();
    let form = format!("grant_type=refresh_token&refresh_token={next}");
    doors.token(Some(&doors.basic()), &form).is(200);
}

#[test]
fn a_code_needs_its_verifier_its_redirect_and_its_client() {
    let doors = Doors::new();
    let other = account(AccountKind::Client, "other", "admin", "x", &doors.place);
    let ask = |code: &str, verifier: &str, redirect: &str, client: Uuid| {
        let form = format!(
            "grant_type=authorization_code&code={code}&code_verifier={verifier}&client_id={client}&redirect_uri={redirect}"
        );
        doors.token(None, &form).status
    };
    let code = doors.code();
    assert_eq!(ask(&code, VERIFIER, BACK, other), 400, "another client's");
    assert_eq!(ask(&code, "wrong", BACK, doors.client), 400);
    assert_eq!(
        ask(&code, VERIFIER, BACK, doors.client),
        400,
        "a wrong verifier spends the code"
    );
    assert_eq!(
        ask(
            &doors.code(),
            VERIFIER,
            "http://127.0.0.1/elsewhere",
            doors.client
        ),
        400
    );
    let code = doors.code();
    doors.place.wait_ms(6 * 60_000);
    assert_eq!(
        ask(&code, VERIFIER, BACK, doors.client),
        400,
        "a code is soon over"
    );
    // Without a challenge the secret is needed.
    let wish = format!(
        "response_type=code&client_id={}&redirect_uri={BACK}&name=Niamh&password={}",
        doors.client, doors.password
    );
    let reply = doors.form("/oauth/authorize", None, &wish);
    let to = reply.header("location").unwrap().to_owned();
    let code = to.split("code=").nth(1).unwrap();
    assert_eq!(ask(code, "", BACK, doors.client), 400);
}

#[test]
fn nobody_is_sent_where_the_client_has_not_said() {
    let doors = Doors::new();
    let page = doors.place.as_nobody();
    for redirect in [
        "https://evil.example/back",
        "http://127.0.0.1.evil.example/back",
        "http://127.0.0.1/other",
        "",
    ] {
        let path = format!("/oauth/authorize?{}", doors.wish(redirect, ""));
        let reply = page.get(&path);
        assert_eq!(
            (reply.status, reply.header("location")),
            (400, None),
            "{redirect}"
        );
        let posted = doors.form(
            "/oauth/authorize",
            None,
            &doors.wish(redirect, &doors.password),
        );
        assert_eq!(
            (posted.status, posted.header("location")),
            (400, None),
            "{redirect}"
        );
    }
    // Of this machine any port will do.
    page.get(&format!(
        "/oauth/authorize?{}",
        doors.wish("http://127.0.0.1:53123/back", "")
    ))
    .is(200);
    let plain = doors.wish(BACK, "").replace("S256", "plain");
    let reply = page.get(&format!("/oauth/authorize?{plain}"));
    assert!(
        reply
            .header("location")
            .is_some_and(|to| to.contains("error=invalid_request")),
        "{reply:?}"
    );
}

#[test]
fn a_wrong_password_is_told_on_the_page_and_nothing_foreign_runs_there() {
    let doors = Doors::new();
    let reply = doors.form("/oauth/authorize", None, &doors.wish(BACK, "wrong"));
    assert_eq!(reply.status, 401);
    assert!(reply.text.contains("role=\"alert\"") && reply.header("location").is_none());
    let hostile = doors
        .wish(BACK, "x")
        .replace("name=Niamh", "name=%22%3E%3Cscript%3E");
    let reply = doors.form("/oauth/authorize", None, &hostile);
    assert!(!reply.text.contains("<script>"), "{}", reply.text);
}

#[test]
fn no_secret_stands_in_the_store() {
    let doors = Doors::new();
    let tokens = doors
        .token(Some(&doors.basic()), "grant_type=client_credentials")
        .is(200)
        .json();
    let code = doors.code();
    let secrets = [
        doors.secret.as_str(),
        doors.password.as_str(),
        tokens["access_token"].as_str().unwrap(),
        code.as_str(),
    ];
    for entry in std::fs::read_dir(doors.place.dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in secrets {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "a secret stands in a file");
        }
    }
}
