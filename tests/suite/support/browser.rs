//! A real browser, told what to do by WebDriver.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::free_port;

/// Where chromedriver is; `scripts/test` says so.
const DRIVER: &str = "TURNOUT_TEST_CHROMEDRIVER";
/// Where Chromium is, if chromedriver does not find it by itself.
const BROWSER: &str = "TURNOUT_TEST_CHROMIUM";
/// The name under which WebDriver speaks of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser without a window.
pub struct Browser {
    session: String,
    client: Client,
    driver: Child,
    profile: TempDir,
}

impl Browser {
    /// Starts one, with nothing remembered.
    pub fn start() -> Self {
        let driver = std::env::var(DRIVER)
            .unwrap_or_else(|_| panic!("{DRIVER} is not set: run scripts/test, which finds chromedriver"));
        let (profile, port) = (tempfile::tempdir().unwrap(), free_port());
        let mut driver = Command::new(driver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let deadline = Instant::now() + PATIENCE;
        while client.get(format!("{base}/status")).send().is_err() {
            assert!(driver.try_wait().unwrap().is_none() && Instant::now() < deadline, "chromedriver does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut browser = Self { session: format!("{base}/session"), client, driver, profile };
        let session = browser.post("", &browser.capabilities());
        browser.session = format!("{base}/session/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    fn capabilities(&self) -> Value {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let mut options = json!({ "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", profile,
        ] });
        if let Ok(browser) = std::env::var(BROWSER) {
            options["binary"] = json!(browser);
        }
        json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" },
        } } })
    }

    /// Opens an address, even if only what is behind the `#` is another.
    pub fn open(&self, address: &str) {
        self.post("/url", &json!({ "url": "about:blank" }));
        self.post("/url", &json!({ "url": address }));
    }

    /// The text that people see in an element; nothing if they do not see it.
    pub fn text(&self, css: &str) -> String {
        self.get(&format!("/element/{}/text", self.find(css))).as_str().unwrap().to_owned()
    }

    /// Whether people see an element.
    pub fn shows(&self, css: &str) -> bool {
        self.get(&format!("/element/{}/displayed", self.find(css))).as_bool().unwrap()
    }

    /// Clicks on an element, as people do: it has to be seen.
    pub fn click(&self, css: &str) {
        self.post(&format!("/element/{}/click", self.find(css)), &json!({}));
    }

    /// Waits until an element shows this text.
    #[track_caller]
    pub fn wait_for(&self, css: &str, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.text(css) != text {
            assert!(Instant::now() < deadline, "{css} shows {}", self.text(css));
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What a script in the page returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What the browser complains about since the last time.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        log.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }

    fn find(&self, css: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    fn get(&self, path: &str) -> Value {
        Self::value(self.client.get(format!("{}{path}", self.session)).send().unwrap())
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        Self::value(self.client.post(format!("{}{path}", self.session)).json(body).send().unwrap())
    }

    #[track_caller]
    fn value(answer: reqwest::blocking::Response) -> Value {
        let ok = answer.status().is_success();
        let body: Value = answer.json().unwrap();
        assert!(ok, "{body}");
        body["value"].clone()
    }
}

impl Drop for Browser {
    /// The browser ends with its session, the driver after it.
    fn drop(&mut self) {
        let _ = self.client.delete(&self.session).send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
