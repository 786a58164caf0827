//! Fifty devices at the doors of an event of 100,000 people, while the organizers read their list and export it.
//!
//! `TURNOUT_BENCH_DOOR_SECONDS` (120) and `TURNOUT_BENCH_DOOR_PEOPLE` (100000) make it smaller.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::params;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use turnout::access::{Grant, issue_token};
use turnout::audit::Actor;
use turnout::organizations::Role;
use turnout::registrations::Ticket;
use turnout::store::RegistrationId;

use crate::http::{answer, load, post, serve};
use crate::latencies::Latencies;
use crate::say;
use crate::world::{World, insert_registration};

const DEVICES: usize = 50;
/// Each device reads a ticket ten times a second.
const BETWEEN: Duration = Duration::from_millis(100);
/// How many check-ins are measured without anything else going on, and how many warm up.
const ALONE: usize = 2_000;

fn size(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

pub(crate) fn under_load() {
    let seconds = size("TURNOUT_BENCH_DOOR_SECONDS", 120);
    let people = size("TURNOUT_BENCH_DOOR_PEOPLE", 100_000).max(DEVICES * 10 * seconds + 2 * ALONE);
    let world = World::new();
    let ids = fill(&world, people);
    let tokens = devices(&world);
    let server = serve(&world);
    let path = format!("/api/v1/check-in-lists/{}/check-ins", world.list.id);
    let scan = |place: usize| {
        let ticket = Ticket { registration: ids[place], epoch: 1 }.text(&world.app.api.keys);
        post(&path, Some(&tokens[place % DEVICES]), &format!(r#"{{"ticket":"{ticket}","nonce":"n{place}"}}"#))
    };
    one_by_one(server, (0..ALONE).map(scan).collect());
    let alone = one_by_one(server, (ALONE..2 * ALONE).map(scan).collect());
    say("verdict, nothing else going on", &milliseconds(&alone), "p99 (reach 10 ms)");

    let read_aside = aside(&world, server);
    let rounds = seconds * 10;
    let queues: Vec<Vec<Vec<u8>>> = (0..DEVICES)
        .map(|device| (0..rounds).map(|round| scan(2 * ALONE + round * DEVICES + device)).collect())
        .collect();
    let each = at_the_doors(server, queues);
    let (lists, exports) = read_aside.end();
    let what = format!("{DEVICES} devices, {} a second", each.per_second().round());
    let against = format!(
        "p99 of {} check-ins at {people} registrations, no error, beside {lists} pages of the list and {exports} exports",
        DEVICES * rounds
    );
    say(&what, &milliseconds(&each), &against);
    let again = (0..ALONE).map(|place| post("/no-op", Some(&tokens[place % DEVICES]), r#"{"ticket":"x"}"#)).collect();
    let floor = load(server, again, 200);
    say("no-op route, as fast as it goes", &format!("{:.0}/s", floor.per_second()), "in the same run");
}

fn milliseconds(latencies: &Latencies) -> String {
    format!("{:.1} ms", latencies.p99().as_secs_f64() * 1e3)
}

/// So many people, written by hand.
fn fill(world: &World, people: usize) -> Vec<RegistrationId> {
    let db = world.by_hand();
    db.execute_batch("PRAGMA synchronous = OFF; BEGIN IMMEDIATE").unwrap();
    let (event, now) = (world.event.id.uuid(), world.app.clock.now().micros());
    let ids = (0..people).map(|number| insert_registration(&db, event, number, now + number as i64).into()).collect();
    db.execute("UPDATE quotas SET taken = ? WHERE event_id = ?", params![people as i64, event.as_bytes()]).unwrap();
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    ids
}

/// A token for each device.
fn devices(world: &World) -> Vec<String> {
    let (organization, now) = (world.event.organization_id, world.app.clock.now());
    let issued = world.app.store.write_here(uuid::Uuid::nil(), move |db| {
        (0..DEVICES)
            .map(|number| {
                let grant = Grant::whole(format!("Device {number}").parse().unwrap(), Role::Door);
                Ok(issue_token(db, &Actor::COMMAND_LINE, organization, grant, now)?.1.reveal().to_owned())
            })
            .collect()
    });
    issued.unwrap()
}

/// Each request when the one before was answered.
fn one_by_one(server: SocketAddr, requests: Vec<Vec<u8>>) -> Latencies {
    run(async move {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut each, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
        for request in requests {
            each.push(send(&mut stream, &request, &mut buffer).await);
        }
        Latencies::new(each, begun.elapsed())
    })
}

/// Each device on a connection of its own, at its pace; a device that is late hurries.
fn at_the_doors(server: SocketAddr, queues: Vec<Vec<Vec<u8>>>) -> Latencies {
    run(async move {
        let begun = Instant::now();
        let devices = queues.into_iter().enumerate().map(|(device, queue)| {
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(server).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (mut each, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
                let first = tokio::time::Instant::now() + BETWEEN * u32::try_from(device).unwrap() / DEVICES as u32;
                for (round, request) in queue.iter().enumerate() {
                    tokio::time::sleep_until(first + BETWEEN * u32::try_from(round).unwrap()).await;
                    each.push(send(&mut stream, request, &mut buffer).await);
                }
                each
            })
        });
        let devices: Vec<_> = devices.collect();
        let mut each = Vec::new();
        for device in devices {
            each.extend(device.await.unwrap());
        }
        Latencies::new(each, begun.elapsed())
    })
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn send(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> Duration {
    let begun = Instant::now();
    stream.write_all(request).await.unwrap();
    let status = answer(stream, buffer).await;
    let took = begun.elapsed();
    let text = String::from_utf8_lossy(&buffer[..1500]);
    assert!(status == 200 && text.contains(r#""result":"accepted""#), "{text}");
    took
}

/// What organizers do meanwhile.
struct Aside {
    over: Arc<AtomicBool>,
    reading: std::thread::JoinHandle<usize>,
    exporting: std::thread::JoinHandle<usize>,
}

impl Aside {
    /// How many pages were read and files exported.
    fn end(self) -> (usize, usize) {
        self.over.store(true, Ordering::Relaxed);
        (self.reading.join().unwrap(), self.exporting.join().unwrap())
    }
}

/// Somebody reads page after page of the list, and somebody exports it, as long as the doors are open.
fn aside(world: &World, server: SocketAddr) -> Aside {
    let over = Arc::new(AtomicBool::new(false));
    let (slug, token) = (world.event.slug.clone(), world.token.clone());
    let again_and_again = |path: String| {
        let (over, token) = (over.clone(), token.clone());
        std::thread::spawn(move || {
            run(async move {
                let mut times = 0;
                while !over.load(Ordering::Relaxed) {
                    fetch(server, &path, &token).await;
                    times += 1;
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                times
            })
        })
    };
    let reading = again_and_again(format!("/api/v1/events/{slug}/registrations?limit=500"));
    let exporting = again_and_again(format!("/api/v1/events/{slug}/participants.csv"));
    Aside { over, reading, exporting }
}

/// Reads an answer to its end, which is that of the connection.
async fn fetch(server: SocketAddr, path: &str, token: &str) {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: turnout.example\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut head, mut buffer) = (Vec::<u8>::new(), vec![0_u8; 256 * 1024]);
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 {
            break;
        }
        if head.len() < 12 {
            head.extend(&buffer[..read.min(12)]);
        }
    }
    assert_eq!(head[9..12], *b"200", "{path}");
}
