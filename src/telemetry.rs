//! What the operator sees of a running Turnout: log lines, and numbers for Prometheus.

use std::sync::Arc;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::{Log, LogFormat};

tokio::task_local! {
    static CURRENT: RequestContext;
}

/// What is known of a request wherever it is being worked on.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Finds it in the log; in the `X-Request-Id` header of its answer.
    pub id: Arc<str>,
    /// What links begin with, without a slash at the end.
    pub public_url: Arc<str>,
    /// Whether the headers of the answer are asked for, and no more (`HEAD`).
    pub headers_only: bool,
}

impl RequestContext {
    /// That of the request that is being worked on by this task; an empty one elsewhere.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_else(|_| Self {
            id: "".into(),
            public_url: "".into(),
            headers_only: false,
        })
    }

    /// Works on something as part of this request.
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }
}

/// Starts logging to standard error. Called once, by whoever starts the program.
///
/// # Errors
/// A sentence for the operator if the level is no filter.
pub fn start_logging(log: &Log) -> anyhow::Result<()> {
    // A bare word that is no level would be taken for a part of the program, and silence all the others.
    let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
    let mut words = log.level.split(',').map(str::trim).filter(|word| !word.is_empty());
    if let Some(word) = words.find(|word| !word.contains(['=', '[', ']']) && !is_level(word)) {
        anyhow::bail!(
            "the log level {word} is none of off, error, warn, info, debug, trace, nor a filter such as info,turnout=debug"
        );
    }
    let filter = EnvFilter::try_new(&log.level).map_err(|e| {
        anyhow::anyhow!("the log level {} is not a filter such as info or info,turnout=debug: {e}", log.level)
    })?;
    // What is said to mail servers has passwords and letters in it.
    let filter = filter.add_directive("lettre=off".parse()?);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process, as in tests, keeps the first one's.
    let _ = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// The numbers for Prometheus.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
}

impl Metrics {
    /// None counted yet.
    pub fn new() -> anyhow::Result<Self> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("turnout_http_requests_total", "Requests answered"),
            &["method", "route", "status"],
        )?;
        let buckets = vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
        let durations = HistogramVec::new(
            HistogramOpts::new("turnout_http_request_duration_seconds", "Time until the answer began").buckets(buckets),
            &["method", "route"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        Ok(Self { registry, requests, durations })
    }

    /// More numbers, kept by somebody else.
    pub fn include(&self, numbers: impl prometheus::core::Collector + 'static) -> anyhow::Result<()> {
        Ok(self.registry.register(Box::new(numbers))?)
    }

    /// Counts an answered request. `route` is the pattern, never the path: paths would make a number each.
    pub fn count_request(&self, method: &str, route: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.durations.with_label_values(&[method, route]).observe(seconds);
    }

    /// All numbers, in Prometheus' text format.
    pub fn text(&self) -> anyhow::Result<String> {
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }
}
