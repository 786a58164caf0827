//! How much registrations notice of people who try passwords.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::http::{answer, load, post, registration, serve};
use crate::say;
use crate::world::World;

const REGISTRATIONS: usize = 20_000;
const GUESSERS: usize = 50;

/// Registrations alone, and while 50 clients try one wrong password after the other. Each tries another address, and
/// no limit for a client stands before them: what is left is the short line before the passwords.
pub(crate) fn beside_registrations() {
    let world = World::new();
    let server = serve(&world);
    let registrations =
        |from: usize, count: usize| load(server, (from..from + count).map(|n| registration(&world, n)).collect(), 201);
    registrations(1_000_000, 2000);
    let alone = registrations(0, REGISTRATIONS);
    let guessers = Guessers::start(server);
    let beside = registrations(REGISTRATIONS, REGISTRATIONS);
    let (looked_at, refused) = guessers.stop();
    let ms = |latencies: &crate::latencies::Latencies| latencies.p99().as_secs_f64() * 1000.0;
    let ratio = ms(&beside) / ms(&alone);
    let figure = format!("{ratio:.1} times ({:.1} / {:.1} ms)", ms(&beside), ms(&alone));
    let guesses = format!("{looked_at} passwords were looked at, {refused} guesses were sent away");
    say("p99 of registrations beside wrong sign-ins", &figure, &format!("(reach under 3); {guesses}"));
}

struct Guessers {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<(usize, usize)>,
}

impl Guessers {
    fn start(server: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        Self { stop, thread: std::thread::spawn(move || guess(server, &stopped)) }
    }

    fn stop(self) -> (usize, usize) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// How many guesses were looked at, and how many were sent away.
fn guess(server: SocketAddr, stopped: &Arc<AtomicBool>) -> (usize, usize) {
    let number = Arc::new(AtomicUsize::new(0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let guessers: Vec<_> = (0..GUESSERS)
            .map(|_| {
                let (stopped, number) = (stopped.clone(), number.clone());
                tokio::spawn(async move {
                    let mut stream = TcpStream::connect(server).await.unwrap();
                    let (mut buffer, mut counts) = (vec![0; 16 * 1024], (0, 0));
                    while !stopped.load(Ordering::Relaxed) {
                        let n = number.fetch_add(1, Ordering::Relaxed);
                        let body = format!(r#"{{"email":"g{n}@museum.example","password":"guess number {n}"}}"#);
                        stream.write_all(&post("/api/v1/sessions", None, &body)).await.unwrap();
                        match answer(&mut stream, &mut buffer).await {
                            401 => counts.0 += 1,
                            429 => {
                                counts.1 += 1;
                                // A client that asks again at once has a hundred tries a second even so.
                                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                            }
                            other => panic!("{other}: {}", String::from_utf8_lossy(&buffer[..500])),
                        }
                    }
                    counts
                })
            })
            .collect();
        let mut all = (0, 0);
        for guesser in guessers {
            let (looked_at, refused) = guesser.await.unwrap();
            all = (all.0 + looked_at, all.1 + refused);
        }
        all
    })
}
