//! Through HTTP, with 64 clients, each on a connection of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use actix_web::web;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use turnout::registrations::Ticket;

use crate::latencies::Latencies;
use crate::say;
use crate::shares::{Shares, turns};
use crate::world::{World, address, register};

const CLIENTS: usize = 64;
pub(crate) const REQUESTS: usize = 40_000;

pub(crate) fn registrations() {
    let world = World::new();
    let server = serve(&world);
    load(server, (0..2000).map(|n| registration(&world, n + 1_000_000)).collect(), 201);
    let floor = |n| post("/no-op", None, &body(n));
    in_turns("registrations/s through HTTP", (server, 201, 25), floor, |n| registration(&world, n));
}

/// The request of the person with this number.
pub(crate) fn registration(world: &World, number: usize) -> Vec<u8> {
    post(&format!("/api/v1/events/{}/registrations", world.event_of(number).slug), None, &body(number))
}

fn body(number: usize) -> String {
    format!(
        r#"{{"attendee":{{"first_name":"Camille","last_name":"Weber","email":"{}","organization":"Musée Dräi Eechelen","phone":"+352 621 123 456","country":"LU"}}}}"#,
        address(number)
    )
}

pub(crate) fn check_ins() {
    let world = World::new();
    let server = serve(&world);
    let people = register(&world, 0..REQUESTS + 2000);
    let keys = &world.app.api.keys;
    let path = format!("/api/v1/check-in-lists/{}/check-ins", world.list.id);
    let scans: Vec<String> =
        people.iter().map(|person| format!(r#"{{"ticket":"{}"}}"#, Ticket::of(person).unwrap().text(keys))).collect();
    let token = Some(world.token.as_str());
    load(server, scans[REQUESTS..].iter().map(|scan| post(&path, token, scan)).collect(), 200);
    let floor = |n: usize| post("/no-op", token, &scans[n]);
    in_turns("check-ins/s through HTTP", (server, 200, 30), floor, |n| post(&path, token, &scans[n]));
}

/// Sends [`REQUESTS`] requests that are answered with `status`, and as many of the floor's, in turns; says what part of the
/// floor is reached, and what part of it should be.
pub(crate) fn in_turns(
    what: &str,
    (server, status, reach): (SocketAddr, u16, u32),
    floor: impl Fn(usize) -> Vec<u8>,
    ours: impl Fn(usize) -> Vec<u8>,
) {
    let measured = turns(REQUESTS).map(|numbers| {
        let floor = load(server, numbers.clone().map(&floor).collect(), 200);
        (load(server, numbers.map(&ours).collect(), status), floor)
    });
    let measured: Vec<(Latencies, Latencies)> = measured.collect();
    let shares = Shares::of(measured.iter().map(|(ours, floor)| (ours.per_second(), floor.per_second()))).percent();
    let (ours, floor) = measured
        .into_iter()
        .fold((Latencies::default(), Latencies::default()), |all, turn| (all.0.and(turn.0), all.1.and(turn.1)));
    let figure = format!("{:.0} ({:.0} no-op)", ours.per_second(), floor.per_second());
    let p99 = ours.p99().as_secs_f64() * 1000.0;
    say(what, &figure, &format!("{shares} of the no-op route (reach {reach} %), p99 {p99:.1} ms (reach 50 ms)"));
}

/// The whole application, with one more route.
pub(crate) fn serve(world: &World) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, app) = (listener.local_addr().unwrap(), world.app.clone());
    let (started, start) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let more = |config: &mut web::ServiceConfig| {
                config.route("/no-op", web::post().to(|body: web::Json<Value>| async { body }));
            };
            let server = app.serve_with(listener, 2, more).unwrap();
            started.send(()).unwrap();
            server.await.unwrap();
        });
    });
    start.recv().unwrap();
    address
}

pub(crate) fn post(path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nHost: turnout.example\r\nContent-Type: application/json\r\n{authorization}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends all requests, each client the next as soon as it has an answer.
pub(crate) fn load(server: SocketAddr, requests: Vec<Vec<u8>>, expected: u16) -> Latencies {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let queue = std::rc::Rc::new(std::cell::RefCell::new(requests.into_iter()));
        let tasks = tokio::task::LocalSet::new();
        let mut streams = Vec::new();
        for _ in 0..CLIENTS {
            streams.push(TcpStream::connect(server).await.unwrap());
        }
        let begun = Instant::now();
        let each = tasks
            .run_until(async {
                let clients: Vec<_> = streams
                    .into_iter()
                    .map(|stream| tokio::task::spawn_local(client(stream, queue.clone(), expected)))
                    .collect();
                let mut each = Vec::new();
                for client in clients {
                    each.extend(client.await.unwrap());
                }
                each
            })
            .await;
        Latencies::new(each, begun.elapsed())
    })
}

async fn client(
    mut stream: TcpStream,
    queue: std::rc::Rc<std::cell::RefCell<std::vec::IntoIter<Vec<u8>>>>,
    expected: u16,
) -> Vec<Duration> {
    stream.set_nodelay(true).unwrap();
    let (mut latencies, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
    loop {
        let Some(request) = queue.borrow_mut().next() else { return latencies };
        let begun = Instant::now();
        stream.write_all(&request).await.unwrap();
        let status = answer(&mut stream, &mut buffer).await;
        latencies.push(begun.elapsed());
        assert_eq!(status, expected, "{}", String::from_utf8_lossy(&buffer[..1500]));
    }
}

/// Reads one answer with a `Content-Length`, and returns its status.
pub(crate) async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> u16 {
    let mut length = 0;
    loop {
        let read = stream.read(&mut buffer[length..]).await.unwrap();
        assert!(read > 0, "the server has closed the connection");
        length += read;
        let text = &buffer[..length];
        let Some(end) = text.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&text[..end]).unwrap();
        let body: usize = head
            .split("\r\n")
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |value| value.parse().unwrap());
        if length >= end + 4 + body {
            return head[9..12].parse().unwrap();
        }
    }
}
