//! A real mail server.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::process::free_port;

/// A Python that knows aiosmtpd; `scripts/test` names it.
const PYTHON: &str = "TURNOUT_TEST_SMTPD";

/// aiosmtpd, which keeps what it takes in a folder.
pub struct MailServer {
    /// As `--mail-url` takes it.
    pub url: String,
    folder: TempDir,
    child: Child,
}

impl MailServer {
    /// Starts one.
    pub fn start() -> Self {
        let python = std::env::var(PYTHON)
            .unwrap_or_else(|_| panic!("{PYTHON} is not set: run scripts/test, which finds a Python with aiosmtpd"));
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let mut child = Command::new(python)
            .args(["-m", "aiosmtpd", "--nosetuid", "--listen", &format!("127.0.0.1:{port}")])
            .args(["--class", "aiosmtpd.handlers.Mailbox"])
            .arg(folder.path().join("box"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none() && Instant::now() < deadline, "aiosmtpd does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { url: format!("smtp://127.0.0.1:{port}"), folder, child }
    }

    /// The letters that arrived, with the line breaks of a file.
    pub fn letters(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(self.folder.path().join("box/new")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
