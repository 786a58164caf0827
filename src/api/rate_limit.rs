//! Slows down whoever asks too often.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
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

/// So many requests a minute, or an hour, for each client, or for each of whatever else is counted.
pub struct RateLimit<K: Hash + Eq + Clone = IpAddr> {
    name: &'static str,
    requests: NonZeroU32,
    span: Span,
    limiter: RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>,
}

/// Over what requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Minute,
    Hour,
}

impl Span {
    fn seconds(self) -> u32 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Minute => "a minute",
            Self::Hour => "an hour",
        }
    }
}

/// What is left to a client.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    name: &'static str,
    requests: NonZeroU32,
    span: Span,
    remaining: u32,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// A limit with a name for the headers; none for 0.
    pub fn per_minute(name: &'static str, requests: u32) -> Option<Self> {
        NonZeroU32::new(requests).map(|per_minute| Self::of(name, per_minute))
    }

    /// A limit a minute with a name for the headers.
    pub fn of(name: &'static str, per_minute: NonZeroU32) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware();
        Self { name, requests: per_minute, span: Span::Minute, limiter }
    }

    /// A limit an hour with a name for the headers: all at once, or one after the other as time passes.
    pub fn per_hour(name: &'static str, requests: NonZeroU32) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_hour(requests)).with_middleware();
        Self { name, requests, span: Span::Hour, limiter }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub fn count(&self, client: &K) -> Result<Allowance, Problem> {
        self.allow(client).map_err(|wait| {
            let (requests, span) = (self.requests, self.span.words());
            let detail = format!("at most {requests} requests {span}: try again in {wait} seconds");
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(wait)
        })
    }

    /// Counts a request.
    ///
    /// # Errors
    /// After how many seconds to come back.
    pub fn allow(&self, client: &K) -> Result<Allowance, u64> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent(); // who has not come for so long has nothing to be remembered for
        }
        match self.limiter.check_key(client) {
            Ok(state) => Ok(Allowance {
                name: self.name,
                requests: self.requests,
                span: self.span,
                remaining: state.remaining_burst_capacity(),
            }),
            Err(not_until) => Err(not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1),
        }
    }
}

impl Allowance {
    /// Tells the client (draft-ietf-httpapi-ratelimit-headers §3).
    pub fn tell(self, reply: Reply) -> Reply {
        let Self { name, requests, span, remaining } = self;
        let seconds = span.seconds();
        reply
            .with("RateLimit-Policy", &format!("\"{name}\";q={requests};w={seconds}"))
            .with("RateLimit", &format!("\"{name}\";r={remaining};t={seconds}"))
    }
}

/// Who asks: the peer, or, behind proxies that are trusted, the last address that is not one of them. IPv6 clients
/// have whole networks of addresses: they count by /64.
pub(super) fn client(request: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
    let forwarded = request.headers().get_all("X-Forwarded-For").map(|value| value.to_str().unwrap_or_default());
    let client = behind_proxies(peer, &forwarded.collect::<Vec<_>>(), trusted);
    match client.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// From the peer backwards: each proxy that is trusted says truly who came to it. A hop that is no address was named by
/// one of them as well, and whatever stands before it by whoever came from there: then only the proxy is known.
fn behind_proxies(peer: IpAddr, forwarded: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|one| one.to_canonical() == address.to_canonical());
    let mut client = peer;
    let mut hops = forwarded.iter().rev().flat_map(|value| value.rsplit(','));
    while is_trusted(&client) {
        match hops.next().and_then(address) {
            Some(hop) => client = hop,
            None => break,
        }
    }
    client
}

/// The address of a hop; some proxies write its port as well.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.1", "10.0.0.2", "fd00::1"].map(|proxy| proxy.parse().unwrap());
        behind_proxies(peer.parse().unwrap(), forwarded, &trusted).to_string()
    }

    #[test]
    fn who_comes_by_no_proxy_is_who_comes() {
        assert_eq!(client_of("192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(client_of("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn behind_proxies_it_is_the_last_that_is_none_of_them() {
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client_of("::ffff:10.0.0.1", &["203.0.113.9, 198.51.100.7 ,10.0.0.2"]), "198.51.100.7");
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9", "198.51.100.7", "fd00::1"]), "198.51.100.7");
        assert_eq!(client_of("10.0.0.1", &["10.0.0.2"]), "10.0.0.2");
        assert_eq!(client_of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn a_port_or_brackets_do_not_hide_an_address() {
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9, 198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9, [2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(client_of("10.0.0.1", &["203.0.113.9, [2001:db8::7]"]), "2001:db8::7");
    }

    #[test]
    fn what_stands_before_a_hop_that_is_no_address_is_not_believed() {
        for hidden in ["unknown", "_gazonk", "", "198.51.100.7 198.51.100.8", "1.2.3", "\u{0}"] {
            assert_eq!(client_of("10.0.0.1", &[&format!("203.0.113.9,{hidden}")]), "10.0.0.1", "{hidden:?}");
            assert_eq!(client_of("10.0.0.1", &["203.0.113.9", hidden, "10.0.0.2"]), "10.0.0.2", "{hidden:?}");
        }
    }
}
