//! Another Turnout on the same database.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::JoinHandle;

use serde_json::json;
use turnout::app::App;
use turnout::config::Settings;

use super::TestApp;

/// Another instance on the database of a [`TestApp`], with the same clock.
pub struct SecondInstance {
    /// Where it answers.
    pub address: String,
    /// What runs.
    pub app: App,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
}

impl SecondInstance {
    /// Starts one.
    pub fn of(first: &TestApp) -> Self {
        let overrides = json!({ "data_dir": first.database.folder(), "database": { "url": first.database.url() },
            "http": { "registration_rate_limit": 0 } });
        let app = App::assemble(&Settings::load(None, &overrides).unwrap(), first.clock.clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (started, start) = mpsc::channel();
        let serving = app.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = serving.serve(listener, 1).unwrap();
                started.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let server = Some((start.recv().unwrap(), thread));
        Self { address, app, server }
    }
}

impl SecondInstance {
    /// Does a chore until it has nothing more to do.
    pub fn do_chore(&self, name: &str) {
        super::test_app::do_chore(&self.app, name);
    }
}

impl Drop for SecondInstance {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            drop(handle.stop(false));
            let _ = thread.join();
        }
        self.app.store.close();
    }
}
