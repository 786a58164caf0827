//! Ten thousand letters to a mail server that takes everything: composed, with QR code and calendar file.

use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use turnout::mail::{MessageState, outbox};

use crate::csv::resident;
use crate::say;
use crate::world::{World, register};

const LETTERS: usize = 10_000;

pub(crate) fn to_a_sink() {
    let sink = Sink::start();
    let world = World::with(|settings| settings.mail.url = Some(sink.url.clone()));
    register(&world, 0..LETTERS);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let before = resident();
    let begun = Instant::now();
    let sent = runtime.block_on(async {
        let mut sent = 0;
        loop {
            match world.app.postman.round().await.unwrap() {
                0 => return sent,
                count => sent += count,
            }
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    let grown = resident().saturating_sub(before);
    let counts = world.app.store.read_here(outbox::count_by_state).unwrap();
    assert_eq!((sent, counts), (LETTERS, vec![(MessageState::Sent, LETTERS as i64)]));
    assert_eq!(sink.letters.load(Ordering::SeqCst), LETTERS);
    let bytes = sink.bytes.load(Ordering::SeqCst) / LETTERS;
    let figure = format!("{:.0}", LETTERS as f64 / seconds);
    say("letters/s to a mail server that takes all", &figure, &format!("(reach 300); {bytes} bytes each"));
    say("memory that sending them grew by", &format!("{:.1} MiB", grown as f64 / 1024.0), "(reach under 32 MiB)");
}

/// Says yes to everything, and counts.
struct Sink {
    url: String,
    letters: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl Sink {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (letters, bytes) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (letters.clone(), bytes.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (letters, bytes) = counts.clone();
                std::thread::spawn(move || drop(swallow(&connection.unwrap(), &letters, &bytes)));
            }
        });
        Self { url, letters, bytes }
    }
}

/// One connection, until the other side ends it.
fn swallow(mut connection: &TcpStream, letters: &AtomicUsize, bytes: &AtomicUsize) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    connection.write_all(b"220 sink\r\n")?;
    let mut from = BufReader::with_capacity(64 * 1024, connection);
    let mut said = Vec::new();
    let (mut chunk, mut in_letter) = ([0; 16 * 1024], false);
    loop {
        let count = from.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        said.extend_from_slice(&chunk[..count]);
        // The other side waits for an answer before it goes on: what has come is one command, or a part of a letter.
        let whole: &[u8] = if in_letter { b"\r\n.\r\n" } else { b"\r\n" };
        if !said.ends_with(whole) {
            continue;
        }
        if in_letter {
            letters.fetch_add(1, Ordering::SeqCst);
            bytes.fetch_add(said.len(), Ordering::SeqCst);
        }
        let begins = !in_letter && said.starts_with(b"DATA");
        connection.write_all(if begins { b"354 go ahead\r\n" } else { b"250 ok\r\n" })?;
        in_letter = begins;
        said.clear();
    }
}
