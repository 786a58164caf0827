//! The real program, started as an operator starts it.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rand::RngExt;
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use serde_json::{Value, json};

use super::{Answer, Database};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running `turnout serve`.
pub struct Turnout {
    /// Where it answers.
    pub address: String,
    /// Keeps connections open.
    pub client: Client,
    child: Child,
    log: PathBuf,
}

/// The program on a database, with no settings but those that the test gives.
pub fn turnout(database: &Database) -> Command {
    let mut command = bare_turnout();
    command.arg("--data-dir").arg(database.folder()).arg("--database-url").arg(database.url());
    command.current_dir(database.folder());
    command
}

/// The program with no settings at all: nothing of the test's own environment reaches it.
pub fn bare_turnout() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_turnout"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TURNOUT_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command to its end; what it printed on standard output, if it went well.
#[track_caller]
pub fn output_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Founds the organization `ict-cluster` by the command line, and issues an owner's token for it.
pub fn owner_token(database: &Database) -> String {
    output_of(turnout(database).args(["organization", "add", "Luxembourg ICT Cluster", "--slug", "ict-cluster"]));
    output_of(turnout(database).args(["token", "add", "--organization", "ict-cluster"])).trim().to_owned()
}

/// What `turnout doctor` says.
pub fn doctor(database: &Database) -> Output {
    turnout(database).arg("doctor").output().unwrap()
}

/// Makes sure that `turnout doctor` finds nothing wrong.
#[track_caller]
pub fn assert_healthy(database: &Database) {
    let said = doctor(database);
    assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stdout));
}

/// A port on which nobody listens just now. Not one of those that connections get: there are thousands of them here.
pub fn free_port() -> u16 {
    let mut ports = std::iter::repeat_with(|| rand::rng().random_range(10_000..20_000));
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// Lets this process, and those that it starts, have as many files and connections open as the system lets it.
pub fn open_many_files() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
}

impl Turnout {
    /// Serves a database.
    pub fn serve(database: &Database) -> Self {
        Self::serve_with(database, |_| {})
    }

    /// Serves a database with more flags. Returns once it is ready.
    pub fn serve_with(database: &Database, change: impl Fn(&mut Command)) -> Self {
        // Somebody may take the port that was free just before: then with another one.
        (0..5).find_map(|_| Self::try_to_serve(database, &change)).unwrap_or_else(|| panic!("no port stays free"))
    }

    fn try_to_serve(database: &Database, change: impl Fn(&mut Command)) -> Option<Self> {
        let bind = format!("127.0.0.1:{}", free_port());
        let log = database.folder().join(format!("serve-{}.log", uuid::Uuid::new_v4().simple()));
        let mut command = turnout(database);
        command.args(["--bind", &bind, "--registration-rate-limit", "0", "serve"]);
        command.stderr(File::create(&log).unwrap()).stdout(Stdio::null());
        change(&mut command);
        let child = command.spawn().unwrap();
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        let mut started = Self { address: format!("http://{bind}"), client, child, log };
        started.wait_until_ready().then_some(started)
    }

    /// False if the port was taken.
    fn wait_until_ready(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let address = format!("{}/readyz", self.address);
        while !self.client.get(&address).send().is_ok_and(|answer| answer.status().is_success()) {
            if self.child.try_wait().unwrap().is_some() {
                let log = self.log();
                assert!(log.contains("is in use"), "turnout serve ended: {log}");
                return false;
            }
            assert!(Instant::now() < deadline, "turnout serve is not ready: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Ends it at once, in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Waits until it has ended.
    pub fn wait(mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "turnout serve does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A request; `path` begins with `/`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address))
    }

    /// `GET` with a bearer token.
    pub fn get(&self, token: &str, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).bearer_auth(token))
    }

    /// `POST` of JSON with a bearer token.
    pub fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).bearer_auth(token).json(body))
    }

    /// All objects of a list, page by page.
    pub fn all(&self, token: &str, path: &str) -> Vec<Value> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(token, &format!("{path}?limit=500{cursor}")).ok(200);
            found.extend(page["data"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }

    /// A published event in the far future, `digital-day`; `fields` add to what it has.
    pub fn published_event(&self, token: &str, fields: &Value) -> Value {
        let mut event = json!({
            "title": "Digital Day",
            "starts_at": "2099-06-08T09:00:00+02:00",
            "ends_at": "2099-06-08T17:00:00+02:00",
        });
        for (name, value) in fields.as_object().unwrap() {
            event[name] = value.clone();
        }
        let drafted = self.post(token, "/api/v1/events", &event).ok(201);
        let slug = drafted["slug"].as_str().unwrap();
        self.post(token, &format!("/api/v1/events/{slug}/publish"), &json!({})).ok(200)
    }
}

impl Drop for Turnout {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
