//! A Turnout that runs in the test's process, with a clock that the test owns.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::JoinHandle;

use chrono::TimeDelta;
use diesel::prelude::*;
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use turnout::access::{self, Grant};
use turnout::app::App;
use turnout::audit::Actor;
use turnout::clock::Clock;
use turnout::config::Settings;
use turnout::organizations::{self, Role};
use turnout::store::schema::members;
use turnout::store::{AccountId, MemberId};
use turnout::values::Language;

use super::Database;

/// The time at which tests begin.
pub const START: &str = "2026-03-02T09:00:00Z";

/// Where the pages of the Turnout of a test are.
pub const ORIGIN: &str = "https://turnout.example";

/// The password of everybody who has an account in a test.
pub const PASSWORD: &str = "correct horse battery staple";

/// A running Turnout.
pub struct TestApp {
    /// What runs.
    pub app: App,
    /// The time, which stands still.
    pub clock: Clock,
    /// Where it answers.
    pub address: String,
    /// Keeps connections open.
    pub client: Client,
    /// The token of an owner at the organization `ict-cluster`.
    pub token: String,
    /// Its rows and files.
    pub database: Database,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub body: String,
}

impl TestApp {
    /// Starts one.
    pub fn start(database: Database) -> Self {
        Self::start_with(database, |_| {})
    }

    /// Starts one with other settings.
    pub fn start_with(database: Database, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Clock::standing_at(START.parse().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let overrides = json!({
            "data_dir": database.folder(),
            "database": { "url": database.url() },
            "http": { "public_url": "https://turnout.example", "registration_rate_limit": 0, "sign_in_rate_limit": 0 },
            "mail": { "from": "Turnout <turnout@turnout.example>" },
        });
        let mut settings = Settings::load(None, &overrides).unwrap();
        change(&mut settings);
        let app = App::assemble(&settings, clock.clone()).unwrap();
        let (started, start) = mpsc::channel();
        let serving = app.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = serving.serve(listener, 2).unwrap();
                started.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let server = Some((start.recv().unwrap(), thread));
        let client = Client::builder().timeout(std::time::Duration::from_mins(1)).build().unwrap();
        let mut test = Self { app, clock, address, client, token: String::new(), database, server };
        test.token = test.organization_with_token("Luxembourg ICT Cluster", "ict-cluster", Role::Owner);
        test
    }

    /// Founds an organization and issues a token for it.
    pub fn organization_with_token(&self, name: &str, slug: &str, role: Role) -> String {
        let (name, slug, now) = (name.parse().unwrap(), slug.parse().unwrap(), self.clock.now());
        let founded = self.app.store.write_here(uuid::Uuid::nil(), move |db| {
            organizations::found(db, &Actor::COMMAND_LINE, name, Some(slug), now)
        });
        self.token_of(&founded.unwrap().slug, role)
    }

    /// Issues a token for an organization.
    pub fn token_of(&self, slug: &str, role: Role) -> String {
        let (slug, now) = (slug.to_owned(), self.clock.now());
        let token = self.app.store.write_here(uuid::Uuid::nil(), move |db| {
            let organization = organizations::Organization::find_by_slug(db, &slug)?;
            Ok(access::issue_token(
                db,
                &Actor::COMMAND_LINE,
                organization.id,
                Grant::whole("test".parse().unwrap(), role),
                now,
            )?
            .1)
        });
        token.unwrap().reveal().to_owned()
    }

    /// Opens an account with [`PASSWORD`], if the address has none.
    pub fn account(&self, email: &str) -> AccountId {
        let hasher = access::Hasher::with_cost(16, 1).unwrap();
        let (email, now) = (email.parse::<turnout::values::EmailAddress>().unwrap(), self.clock.now());
        let password = access::Password::new(PASSWORD, &email, "").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let hash = runtime.block_on(hasher.hash(password)).unwrap();
        let account = self.app.store.write_here(uuid::Uuid::nil(), move |db| {
            if let Ok(account) = access::Account::find_by_email(db, &email.key()) {
                return Ok(account);
            }
            let name = email.as_str().split('@').next().unwrap().parse().unwrap();
            access::open_account(db, &Actor::COMMAND_LINE, email, name, Language::English, Some(hash), now)
        });
        account.unwrap().id
    }

    /// Makes somebody a member of an organization and signs them in: their session, as `Cookie` has it.
    pub fn member(&self, slug: &str, email: &str, role: Role) -> String {
        let (account, slug, now) = (self.account(email), slug.to_owned(), self.clock.now());
        let joined = self.app.store.write_here(uuid::Uuid::nil(), move |db| {
            let organization = organizations::Organization::find_by_slug(db, &slug)?;
            diesel::insert_into(members::table)
                .values((
                    members::id.eq(MemberId::new()),
                    members::organization_id.eq(organization.id),
                    members::account_id.eq(account),
                    members::role.eq(role),
                    members::created_at.eq(now),
                    members::updated_at.eq(now),
                    members::version.eq(1),
                ))
                .execute(db)?;
            Ok(())
        });
        joined.unwrap();
        self.sign_in(email, PASSWORD).cookie("turnout_session")
    }

    /// Signs somebody in.
    pub fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/v1/sessions", &json!({ "email": email, "password": password }))
    }

    /// A request of a page of ours with cookies, as `Cookie` has them.
    pub fn request_with(&self, cookies: &str, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("Cookie", cookies).header("Origin", ORIGIN)
    }

    /// `GET` with cookies.
    pub fn get_with(&self, cookies: &str, path: &str) -> Answer {
        Answer::of(self.request_with(cookies, Method::GET, path))
    }

    /// `POST` of JSON with cookies.
    pub fn post_with(&self, cookies: &str, path: &str, body: &Value) -> Answer {
        Answer::of(self.request_with(cookies, Method::POST, path).json(body))
    }

    /// A request by anyone. `path` begins with `/`; what does not begin with `/api` or a page's name is below `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address))
    }

    /// `GET` by anyone.
    pub fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path))
    }

    /// `GET` by the owner.
    pub fn get_as_owner(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).bearer_auth(&self.token))
    }

    /// `GET` with a bearer token.
    pub fn get_as(&self, token: &str, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).bearer_auth(token))
    }

    /// `POST` of JSON by anyone.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body))
    }

    /// `POST` of JSON by the owner.
    pub fn post_as_owner(&self, path: &str, body: &Value) -> Answer {
        self.post_as(&self.token, path, body)
    }

    /// `POST` of JSON with a bearer token.
    pub fn post_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).bearer_auth(token).json(body))
    }

    /// `PATCH` of JSON by the owner, of whatever version is there.
    pub fn patch_as_owner(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).bearer_auth(&self.token).header("If-Match", "*").json(body))
    }

    /// A published event; `fields` add to or replace what it has: 2026-06-08, 9 to 17 in Luxembourg.
    pub fn published_event(&self, fields: &Value) -> Value {
        let event = self.drafted_event(fields);
        self.post_as_owner(&format!("/api/v1/events/{}/publish", event["slug"].as_str().unwrap()), &json!({})).ok(200)
    }

    /// A draft; see [`TestApp::published_event`].
    pub fn drafted_event(&self, fields: &Value) -> Value {
        let mut event = json!({
            "title": "Digital Day",
            "starts_at": "2026-06-08T09:00:00+02:00",
            "ends_at": "2026-06-08T17:00:00+02:00",
        });
        for (name, value) in fields.as_object().unwrap() {
            event[name] = value.clone();
        }
        self.post_as_owner("/api/v1/events", &event).ok(201)
    }

    /// Registers somebody by their address.
    pub fn register(&self, event: &str, email: &str) -> Answer {
        let name = email.split('@').next().unwrap();
        let wish = json!({ "attendee": { "first_name": name, "email": email } });
        self.post(&format!("/api/v1/events/{event}/registrations"), &wish)
    }

    /// The token from the manage link of a registration's letter.
    pub fn manage_token(&self, registration: &Value) -> String {
        let id = registration["id"].as_str().unwrap().parse().unwrap();
        let token = access::ManageToken { registration: id, epoch: 1 };
        token.text(&self.app.api.keys).reveal().to_owned()
    }

    /// The id of an event's first check-in list.
    pub fn list_of(&self, event: &str) -> String {
        let lists = self.get_as_owner(&format!("/api/v1/events/{event}/check-in-lists")).ok(200);
        lists["data"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Moves the clock.
    pub fn advance(&self, span: TimeDelta) {
        self.clock.advance(span);
    }

    /// Delivers all mail that is due; returns how many messages that were.
    pub fn deliver_mail(&self) -> usize {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut delivered = 0;
            loop {
                match self.app.postman.round().await.unwrap() {
                    0 => return delivered,
                    count => delivered += count,
                }
            }
        })
    }

    /// Does a chore until it has nothing more to do.
    pub fn do_chore(&self, name: &str) {
        do_chore(&self.app, name);
    }

    /// The letters in the mail folder, oldest first.
    pub fn letters(&self) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.database.folder().join("mail"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        files.sort();
        files.into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

/// Does a chore of an instance until it has nothing more to do.
pub(super) fn do_chore(app: &App, name: &str) {
    let chore = turnout::worker::CHORES.iter().find(|chore| chore.name == name).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { while (chore.work)(app.worker()).await.unwrap() {} });
}

impl Drop for TestApp {
    /// Stops the server, and makes sure that no test leaves seats or check-ins that do not add up.
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            // Whoever waits is dropped: the test is over.
            drop(handle.stop(false));
            let _ = thread.join();
        }
        if !std::thread::panicking() {
            assert_eq!(self.app.store.read_here(turnout::registrations::find_miscounts).unwrap(), []);
            assert_eq!(self.app.store.read_here(turnout::checkins::find_mistallies).unwrap(), []);
        }
        self.app.store.close();
    }
}

impl Answer {
    /// Sends a request. Nobody waits for the end of a stream: its body is left out.
    pub fn of(request: RequestBuilder) -> Self {
        let response = request.send().unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let streams = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        Self { status, headers, body: if streams { String::new() } else { response.text().unwrap() } }
    }

    /// The body as JSON, if the status is as expected.
    #[track_caller]
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The code of a problem with this status.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        self.ok(status)["code"].as_str().unwrap().to_owned()
    }

    /// What is wrong with which field: pairs of pointer and code.
    #[track_caller]
    pub fn issues(&self) -> Vec<(String, String)> {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = self.ok(422)["errors"].as_array().unwrap().clone();
        errors.iter().map(|issue| (word(&issue["pointer"]), word(&issue["code"]))).collect()
    }

    /// The cookies that it sets, each with its attributes.
    pub fn cookies(&self) -> Vec<String> {
        let set = self.headers.get_all("set-cookie").iter();
        set.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// A cookie that it sets, as `Cookie` sends it back.
    #[track_caller]
    pub fn cookie(&self, name: &str) -> String {
        let cookies = self.cookies();
        let set = cookies.iter().find(|set| set.starts_with(&format!("{name}=")));
        set.unwrap_or_else(|| panic!("no {name} in {cookies:?}: {}", self.body)).split(';').next().unwrap().to_owned()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }
}
