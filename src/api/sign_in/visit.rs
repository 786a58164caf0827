//! A request of somebody who need not be signed in for it: whatever session they bring is not asked for.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest, web};

use crate::access::KnownDevice;
use crate::api::cookies;
use crate::api::problem::Problem;
use crate::api::rate_limit::client;
use crate::api::state::Api;
use crate::audit::{Actor, Who};
use crate::error::Error;

/// Somebody comes by.
pub(crate) struct Visit {
    /// What every request needs.
    pub api: Arc<Api>,
    /// The session that they bring, whether it is good or not.
    pub session: Option<String>,
    /// The device that they come from, if somebody signed in from there before.
    pub device: Option<KnownDevice>,
    /// What their browser calls itself.
    pub user_agent: String,
    client: IpAddr,
}

impl FromRequest for Visit {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Visit {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let api = request
            .app_data::<web::Data<Api>>()
            .ok_or_else(|| Problem::from(Error::internal(anyhow::anyhow!("the API is not assembled"))))?;
        // Another site's page must not sign anybody in to an account of its choice.
        cookies::check_not_cross_origin(request, api)?;
        let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let visit = Self {
            api: api.clone().into_inner(),
            session: cookies::session(request),
            device: cookies::device(request, &api.keys),
            user_agent: user_agent.to_owned(),
            client: client(request, &api.trusted_proxies),
        };
        if let Some(rate) = &api.sign_in_rate.client {
            rate.count(&visit.client)?;
        }
        Ok(visit)
    }

    /// As the audit trail names them.
    pub(in crate::api) fn actor(&self) -> Actor {
        Actor { who: Who::Anonymous, from: Some(self.client.into()) }
    }
}
