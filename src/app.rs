//! Assembles the rooms into a program that runs.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App as ActixApp, HttpServer, ResponseError, web as actix};
use anyhow::Context;

use crate::api::{self, Api, Problem};
use crate::clock::Clock;
use crate::config::{Settings, secret_key};
use crate::keys::Keys;
use crate::letters;
use crate::mail::{Address, Dkim, Pace, Postman, Sender, Transport};
use crate::store::{Location, Store};
use crate::telemetry::{Metrics, RequestContext};
use crate::web;
use crate::worker::Worker;

/// How long a request may take until its answer begins.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything assembled, and nothing running yet.
#[derive(Clone)]
pub struct App {
    /// The rows.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What requests need.
    pub api: Arc<Api>,
    /// Who carries the mail.
    pub postman: Arc<Postman>,
    metrics: Arc<Metrics>,
}

impl App {
    /// Assembles a program from settings: makes the data folder, opens the database and brings it up to date.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn assemble(settings: &Settings, clock: Clock) -> anyhow::Result<Self> {
        let data_dir = settings.data_dir();
        let location = Location::parse(settings.database.url.as_deref(), data_dir)?;
        let destination = settings.mail.destination(data_dir);
        let address = Address::parse(destination.reveal(), settings.mail.timeout())?;
        let sender = sender(settings)?;
        let public_url = settings.http.public_url()?;
        settings.make_data_dir()?;
        let secret = secret_key(data_dir)?;
        let store = Store::open(location)?;
        let connections = settings.mail.connections();
        let transport = Transport::open(&address, usize::try_from(connections)?)?;
        let pace = Pace::new(settings.mail.rate, connections);
        let compose_keys = Arc::new(Keys::derive(&secret)?);
        let compose_url = public_url.clone();
        let compose: crate::mail::Compose =
            Arc::new(move |db, message| letters::compose(db, &compose_keys, &compose_url, message));
        let postman = Postman::new(store.clone(), clock.clone(), (transport, pace), sender, compose);
        let metrics = Metrics::new()?;
        metrics.include(store.batch_sizes().clone())?;
        let api = Api::new(
            store.clone(),
            clock.clone(),
            Keys::derive(&secret)?,
            (public_url, settings.mail.from()?),
            settings.http.trusted_proxies.clone(),
            settings.http.registration_rate_limit,
            settings.http.sign_in_rate_limit,
        )?;
        Ok(Self { store, clock, api: Arc::new(api), postman: Arc::new(postman), metrics: Arc::new(metrics) })
    }

    /// The chores, ready to be started.
    pub fn worker(&self) -> Worker {
        Worker {
            store: self.store.clone(),
            clock: self.clock.clone(),
            uses: self.api.uses.clone(),
            denials: self.api.denials.clone(),
            postman: self.postman.clone(),
        }
    }

    /// All routes, for a server.
    pub fn routes(&self, config: &mut actix::ServiceConfig) {
        config
            .app_data(actix::Data::from(self.api.clone()))
            .app_data(actix::Data::new(self.metrics.clone()))
            .configure(api::configure)
            .configure(web::configure)
            .default_service(actix::to(api::nothing_here));
    }

    /// Starts answering on a socket. The server stops, when told to, after what it has begun is answered.
    pub fn serve(&self, listener: TcpListener, workers: usize) -> anyhow::Result<actix_web::dev::Server> {
        self.serve_with(listener, workers, |_| {})
    }

    /// The same with more routes, as benchmarks need them.
    pub fn serve_with(
        &self,
        listener: TcpListener,
        workers: usize,
        more: impl Fn(&mut actix::ServiceConfig) + Clone + Send + 'static,
    ) -> anyhow::Result<actix_web::dev::Server> {
        let app = self.clone();
        let server = HttpServer::new(move || {
            let (app, frame, more) = (app.clone(), Frame::of(&app), more.clone());
            ActixApp::new()
                .wrap(from_fn(move |request, next| frame.clone().around(request, next)))
                .configure(more)
                .configure(|config| app.routes(config))
        });
        Ok(server
            .workers(workers)
            .disable_signals()
            .shutdown_timeout(30)
            .client_request_timeout(Duration::from_secs(10))
            .keep_alive(Duration::from_secs(75))
            .listen(listener)?
            .run())
    }
}

/// In whose name letters go out, as the settings say.
///
/// # Errors
/// A sentence for the operator.
pub fn sender(settings: &Settings) -> anyhow::Result<Sender> {
    Ok(Sender::new(settings.mail.from()?, dkim(settings)?))
}

/// What letters are signed with, as the settings say.
///
/// # Errors
/// A sentence for the operator.
pub fn dkim(settings: &Settings) -> anyhow::Result<Option<Dkim>> {
    let Some(key) = &settings.mail.dkim_key else { return Ok(None) };
    Dkim::open(key, &settings.mail.dkim_selector, &settings.mail.dkim_domain()?).map(Some)
}

/// Takes the address, or says in words why not.
pub fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            anyhow::bail!("port {} on {} is in use: choose another with --bind", address.port(), address.ip())
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address} (--bind)")),
    }
}

/// What stands around every request: its id, its time-out, its log line, its numbers, safe headers.
#[derive(Clone)]
struct Frame {
    metrics: Arc<Metrics>,
    public_url: Arc<str>,
}

impl Frame {
    fn of(app: &App) -> Self {
        Self { metrics: app.metrics.clone(), public_url: app.api.public_url.as_str().into() }
    }

    async fn around(
        self,
        mut request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
        let begun = Instant::now();
        let id: Arc<str> = uuid::Uuid::from_bytes(rand::random()).simple().to_string().into();
        let method = request.method().clone();
        let headers_only = method == Method::HEAD;
        let context = RequestContext { id: id.clone(), public_url: self.public_url.clone(), headers_only };
        if headers_only {
            // The same answer as to GET (RFC 9110 §9.3.2); the server leaves its body out.
            request.head_mut().method = Method::GET;
        }
        let answered = context.scope(async {
            tokio::time::timeout(REQUEST_TIMEOUT, next.call(request)).await.unwrap_or_else(|_| {
                let detail = "the request took too long: read before you repeat it";
                let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail).retry_after(5);
                let mut response = problem.error_response();
                dress(response.headers_mut(), &id);
                Err(InternalError::from_response("timeout", response).into())
            })
        });
        let mut answered = answered.await;
        let (status, route) = match &answered {
            Ok(response) => (response.status().as_u16(), response.request().match_pattern()),
            Err(error) => (error.as_response_error().status_code().as_u16(), None),
        };
        let (route, seconds) = (route.unwrap_or_else(|| "unknown".to_owned()), begun.elapsed().as_secs_f64());
        self.metrics.count_request(counted(&method), &route, status, seconds);
        tracing::info!(request_id = &*id, %method, route, status, ms = (seconds * 1000.0).round(), "answered");
        if let Ok(response) = &mut answered {
            dress(response.headers_mut(), &id);
        }
        answered
    }
}

/// The name under which a method is counted: whoever makes methods up does not make numbers up.
fn counted(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::PUT => "PUT",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The headers that every answer carries.
fn dress(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    for (name, value) in web::SAFE_HEADERS {
        if !headers.contains_key(*name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
}
