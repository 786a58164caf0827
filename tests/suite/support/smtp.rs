//! Mail servers: a real one, and one that does everything wrong that a mail server can do.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
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

/// A point in the exchange at which a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// The first line that it says.
    Greeting,
    /// Hello.
    Ehlo,
    /// Who sends.
    Mail,
    /// To whom.
    Rcpt,
    /// The letter is about to come.
    Data,
    /// The letter is there.
    End,
}

/// What it does at that point, instead of what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trick {
    /// Says this.
    Says(&'static str),
    /// Says nothing any more, and keeps the connection.
    Stalls,
    /// Hangs up.
    HangsUp,
    /// Says 354 and hangs up before it has read the letter; only at [`Verb::Data`].
    HangsUpBeforeTheDot,
}

/// A mail server that plays a trick at one verb, until it is told to behave.
pub struct TricksterServer {
    /// As `--mail-url` takes it.
    pub url: String,
    part: Arc<Mutex<Part>>,
}

#[derive(Default)]
struct Part {
    trick: Option<(Verb, Trick)>,
    letters: Vec<String>,
    handed_over: usize,
}

impl TricksterServer {
    /// Starts one that behaves.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let part = Arc::new(Mutex::new(Part::default()));
        let shared = part.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let shared = shared.clone();
                std::thread::spawn(move || drop(converse(connection.unwrap(), &shared)));
            }
        });
        Self { url, part }
    }

    /// Plays this trick from now on.
    pub fn play(&self, verb: Verb, trick: Trick) {
        self.part.lock().unwrap().trick = Some((verb, trick));
    }

    /// Behaves from now on.
    pub fn behave(&self) {
        self.part.lock().unwrap().trick = None;
    }

    /// The letters for which it has said 250.
    pub fn letters(&self) -> Vec<String> {
        self.part.lock().unwrap().letters.clone()
    }

    /// How many letters it has read to the final dot, whatever it said then.
    pub fn handed_over(&self) -> usize {
        self.part.lock().unwrap().handed_over
    }
}

fn converse(mut connection: TcpStream, part: &Mutex<Part>) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    if !answer(&mut connection, part, Verb::Greeting, "220 trickster.example ESMTP")? {
        return Ok(());
    }
    while let Some(line) = lines.next() {
        let line = line?;
        let (verb, usual) = match line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => (Some(Verb::Ehlo), "250 trickster.example"),
            "MAIL" => (Some(Verb::Mail), "250 sender ok"),
            "RCPT" => (Some(Verb::Rcpt), "250 recipient ok"),
            "DATA" => (Some(Verb::Data), "354 go ahead"),
            "QUIT" => (None, "221 bye"),
            _ => (None, "250 ok"),
        };
        let Some(verb) = verb else {
            writeln!(connection, "{usual}\r")?;
            continue;
        };
        if !answer(&mut connection, part, verb, usual)? {
            return Ok(());
        }
        if verb != Verb::Data || trick_at(part, Verb::Data).is_some() {
            continue;
        }
        let mut letter = String::new();
        for line in lines.by_ref() {
            match line?.as_str() {
                "." => break,
                line => letter.extend([line, "\n"]),
            }
        }
        part.lock().unwrap().handed_over += 1;
        if trick_at(part, Verb::End).is_none() {
            part.lock().unwrap().letters.push(letter);
        }
        if !answer(&mut connection, part, Verb::End, "250 kept as number 7")? {
            return Ok(());
        }
    }
    Ok(())
}

fn trick_at(part: &Mutex<Part>, verb: Verb) -> Option<Trick> {
    part.lock().unwrap().trick.clone().and_then(|(at, trick)| (at == verb).then_some(trick))
}

/// Says what is usual, or plays the trick; false if the conversation is over.
fn answer(connection: &mut TcpStream, part: &Mutex<Part>, verb: Verb, usual: &str) -> std::io::Result<bool> {
    match trick_at(part, verb) {
        None => writeln!(connection, "{usual}\r")?,
        Some(Trick::Says(words)) => writeln!(connection, "{words}\r")?,
        Some(Trick::Stalls) => {
            // Until the other side has had enough.
            let mut nothing = Vec::new();
            let _ = std::io::Read::read_to_end(connection, &mut nothing);
            return Ok(false);
        }
        Some(Trick::HangsUp) => return Ok(false),
        Some(Trick::HangsUpBeforeTheDot) => {
            writeln!(connection, "{usual}\r")?;
            return Ok(false);
        }
    }
    Ok(true)
}
