//! Slows down whoever asks too often.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::problem::Problem;
use super::reply::Reply;

/// How many clients are remembered before those who have not come for a while are forgotten.
const REMEMBERED: usize = 10_000;

/// So many requests a minute for each client, or for each of whatever else is counted.
pub struct RateLimit<K: Hash + Eq + Clone = IpAddr> {
    name: &'static str,
    per_minute: NonZeroU32,
    limiter: RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>,
}

/// What is left to a client.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    name: &'static str,
    per_minute: u32,
    remaining: u32,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// A limit with a name for the headers; none for 0.
    pub fn per_minute(name: &'static str, requests: u32) -> Option<Self> {
        NonZeroU32::new(requests).map(|per_minute| Self::of(name, per_minute))
    }

    /// A limit with a name for the headers.
    pub fn of(name: &'static str, per_minute: NonZeroU32) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware();
        Self { name, per_minute, limiter }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub fn count(&self, client: &K) -> Result<Allowance, Problem> {
        self.allow(client).map_err(|wait| {
            let detail = format!("at most {} requests a minute: try again in {wait} seconds", self.per_minute);
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(wait)
        })
    }

    /// Counts a request.
    ///
    /// # Errors
    /// After how many seconds to come back.
    pub fn allow(&self, client: &K) -> Result<Allowance, u64> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent(); // who has not come for a minute has nothing to be remembered for
        }
        match self.limiter.check_key(client) {
            Ok(state) => Ok(Allowance {
                name: self.name,
                per_minute: self.per_minute.get(),
                remaining: state.remaining_burst_capacity(),
            }),
            Err(not_until) => Err(not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1),
        }
    }
}

impl Allowance {
    /// Tells the client (draft-ietf-httpapi-ratelimit-headers §3).
    pub fn tell(self, reply: Reply) -> Reply {
        reply
            .with("RateLimit-Policy", &format!("\"{}\";q={};w=60", self.name, self.per_minute))
            .with("RateLimit", &format!("\"{}\";r={};t=60", self.name, self.remaining))
    }
}

/// Who asks: the peer, or, behind proxies that are trusted, the last address that is not one of them. IPv6 clients
/// have whole networks of addresses: they count by /64.
pub(super) fn client(request: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
    let forwarded = request.headers().get_all("X-Forwarded-For").filter_map(|value| value.to_str().ok());
    let mut hops: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.push(peer);
    let client = hops.iter().rev().find(|hop| !trusted.contains(hop)).copied().unwrap_or(peer);
    // Whoever is not a trusted proxy says what they like: then only the peer is known.
    let client = if trusted.contains(&peer) { client } else { peer };
    match client.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}
