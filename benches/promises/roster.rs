//! What a device takes along at 100,000 people: how long it takes to make, and how long it is.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use crate::http::serve;
use crate::say;
use crate::search;
use crate::world::World;

const ROUNDS: usize = 5;

pub(crate) fn of_everybody() {
    let world = World::new();
    search::fill(&world);
    // Names that are hard to compress: fourteen signs by chance.
    let names =
        "UPDATE registrations SET first_name = substr(hex(randomblob(3)), 1, 6), last_name = hex(randomblob(4))";
    world.by_hand().execute(names, ()).unwrap();
    let server = serve(&world);
    let mut times = Vec::new();
    let mut length = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        length = fetch(server, &world);
        times.push(begun.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let people = search::ROWS;
    let each = format!("{:.1} bytes a person (reach under 10 MB)", length as f64 / people as f64);
    say(&format!("roster of {people}, gzip"), &format!("{:.2} MB", length as f64 / 1e6), &each);
    say(&format!("roster of {people}, from request to end"), &format!("{:.2} s", times[ROUNDS / 2]), "");
}

/// How many bytes the body has.
fn fetch(server: SocketAddr, world: &World) -> usize {
    let mut stream = TcpStream::connect(server).unwrap();
    let (list, token) = (world.list.id, &world.token);
    write!(
        stream,
        "GET /api/v1/check-in-lists/{list}/roster HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\
         Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..200.min(answer.len())]));
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    answer.len() - end - 4
}
