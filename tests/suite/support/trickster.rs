//! A mail server that does everything wrong that a mail server can do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A point in the exchange at which a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// The first line that it says.
    Greeting,
    /// Hello.
    Ehlo,
    /// Encryption is about to begin.
    StartTls,
    /// Who we are.
    Auth,
    /// Who sends.
    Mail,
    /// To whom.
    Rcpt,
    /// The letter is about to come.
    Data,
    /// The letter is there.
    End,
    /// Whether it is still there.
    Noop,
    /// Goodbye.
    Quit,
}

/// What it does at that point, instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// Says this.
    Says(&'static str),
    /// Says what is no reply.
    TalksNonsense,
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
    /// Its certificate, which nobody has signed: PEM.
    pub certificate: String,
    part: Arc<Mutex<Part>>,
}

#[derive(Default)]
struct Part {
    trick: Option<(Verb, Trick)>,
    letters: Vec<String>,
    handed_over: usize,
    logins: usize,
    connections: usize,
}

impl TricksterServer {
    /// Starts one that behaves.
    pub fn start() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key.into()).unwrap();
        let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
        let url = format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let part = Arc::new(Mutex::new(Part::default()));
        let shared = part.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (part, config) = (shared.clone(), config.clone());
                part.lock().unwrap().connections += 1;
                let stream: Box<dyn Stream> = Box::new(connection.unwrap());
                std::thread::spawn(move || drop(Conversation { line: BufReader::new(stream), part }.lead(&config)));
            }
        });
        Self { url, certificate: cert.pem(), part }
    }

    /// Its URL with a login.
    pub fn url_with_login(&self) -> String {
        self.url.replace("smtp://", "smtp://turnout:open%20sesame@")
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

    /// How many times somebody tried to log in.
    pub fn logins(&self) -> usize {
        self.part.lock().unwrap().logins
    }

    /// How many times it was called.
    pub fn connections(&self) -> usize {
        self.part.lock().unwrap().connections
    }
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

struct Conversation {
    line: BufReader<Box<dyn Stream>>,
    part: Arc<Mutex<Part>>,
}

impl Conversation {
    fn lead(mut self, config: &Arc<ServerConfig>) -> std::io::Result<()> {
        if !self.answer(Verb::Greeting, "220 trickster.example ESMTP")? {
            return Ok(());
        }
        while let Some(line) = self.hear()? {
            let (verb, usual) = match line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => (Verb::Ehlo, "250-trickster.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"),
                "STARTTLS" => (Verb::StartTls, "220 go ahead"),
                "AUTH" => {
                    self.part.lock().unwrap().logins += 1;
                    (Verb::Auth, "235 2.7.0 welcome")
                }
                "MAIL" => (Verb::Mail, "250 sender ok"),
                "RCPT" => (Verb::Rcpt, "250 recipient ok"),
                "DATA" => (Verb::Data, "354 go ahead"),
                "QUIT" => (Verb::Quit, "221 bye"),
                _ => (Verb::Noop, "250 ok"),
            };
            if !self.answer(verb, usual)? {
                return Ok(());
            }
            if verb == Verb::StartTls && self.trick_at(verb).is_none() {
                let connection = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
                let encrypted = StreamOwned::new(connection, self.line.into_inner());
                self = Self { line: BufReader::new(Box::new(encrypted)), part: self.part };
            }
            if verb == Verb::Data && self.trick_at(verb).is_none() && !self.take_letter()? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn hear(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        Ok((self.line.read_line(&mut line)? > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn take_letter(&mut self) -> std::io::Result<bool> {
        let mut letter = String::new();
        while let Some(line) = self.hear()?.filter(|line| line != ".") {
            letter.extend([line.as_str(), "\n"]);
        }
        let tricked = self.trick_at(Verb::End).is_some();
        {
            let mut part = self.part.lock().unwrap();
            part.handed_over += 1;
            if !tricked {
                part.letters.push(letter);
            }
        }
        self.answer(Verb::End, "250 kept as number 7")
    }

    fn trick_at(&self, verb: Verb) -> Option<Trick> {
        self.part.lock().unwrap().trick.and_then(|(at, trick)| (at == verb).then_some(trick))
    }

    /// Says what is usual, or plays the trick; false if the conversation is over.
    fn answer(&mut self, verb: Verb, usual: &str) -> std::io::Result<bool> {
        let trick = self.trick_at(verb);
        let stream = self.line.get_mut();
        match trick {
            None => write!(stream, "{usual}\r\n")?,
            Some(Trick::Says(words)) => write!(stream, "{words}\r\n")?,
            Some(Trick::TalksNonsense) => stream.write_all(b"\x00\xff\xfe <html>404</html>\r\n")?,
            Some(Trick::Stalls) => {
                // Until the other side has had enough.
                let _ = self.line.read_to_end(&mut Vec::new());
                return Ok(false);
            }
            Some(Trick::HangsUp) => return Ok(false),
            Some(Trick::HangsUpBeforeTheDot) => {
                write!(stream, "{usual}\r\n")?;
                stream.flush()?;
                return Ok(false);
            }
        }
        stream.flush()?;
        Ok(true)
    }
}
