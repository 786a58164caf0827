//! An answer, whole, so that it can be kept and given again.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, VARY};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder};
use serde::Serialize;

use super::problem::Problem;
use crate::error::{Error, Result};
use crate::keys::fingerprint;
use crate::store::Page;
use crate::telemetry::RequestContext;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, `Content-Type` among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The body that is kept for when the same request comes again, if it is another: a secret is shown once.
    pub kept: Option<String>,
}

/// A page of a list, as it is answered.
#[derive(Serialize)]
struct List<'a, T> {
    data: &'a [T],
    next_cursor: Option<&'a str>,
}

impl Reply {
    /// 200 with a body of any type.
    pub fn of_type(media_type: &str, body: String) -> Self {
        Self { status: 200, headers: vec![(CONTENT_TYPE.to_string(), media_type.to_owned())], body, kept: None }
    }

    /// 200 with JSON.
    pub fn json<T: Serialize>(value: &T) -> Result<Self> {
        // Most objects fit: it need not grow in steps.
        let mut body = Vec::with_capacity(2048);
        serde_json::to_writer(&mut body, value).map_err(Error::internal)?;
        Ok(Self::of_type("application/json", String::from_utf8(body).map_err(Error::internal)?))
    }

    /// 200 with one object at a version: `ETag` is the version and what else can change in it.
    pub fn object<T: Serialize>(value: &T, version: i64) -> Result<Self> {
        let reply = Self::json(value)?;
        let etag = format!("\"{version}-{}\"", &fingerprint(reply.body.as_bytes())[..16]);
        Ok(reply.with("ETag", &etag))
    }

    /// 200 with a page of a list.
    pub fn page<T: Serialize>(page: &Page<T>) -> Result<Self> {
        Self::json(&List { data: &page.data, next_cursor: page.next_cursor.as_ref().map(crate::store::Cursor::as_str) })
    }

    /// The same, as 201 with the address of what was created.
    #[must_use]
    pub fn created(mut self, location: &str) -> Self {
        self.status = StatusCode::CREATED.as_u16();
        self.with("Location", location)
    }

    /// 204.
    pub fn done() -> Self {
        Self { status: StatusCode::NO_CONTENT.as_u16(), headers: Vec::new(), body: String::new(), kept: None }
    }

    /// A problem that is an answer: what the transaction did stays done.
    pub fn problem(problem: &Problem, context: &RequestContext) -> Self {
        Self {
            status: problem.status.as_u16(),
            headers: problem.headers(),
            body: problem.document(context),
            kept: None,
        }
    }

    /// The same, kept as `other`, which has no secret in it.
    #[must_use]
    pub fn kept_as(mut self, other: Self) -> Self {
        self.kept = Some(other.body);
        self
    }

    /// The same with another header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// 304 if the caller has this already (RFC 9110 §13.1.2).
    #[must_use]
    pub fn unless_matches(self, if_none_match: Option<&str>) -> Self {
        let Some(asked) = if_none_match else { return self };
        let known =
            |etag: &str| asked.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == etag);
        let etag = self.headers.iter().find(|(name, _)| name == "ETag").cloned();
        match etag {
            Some((name, etag)) if known(&etag) => Self {
                status: StatusCode::NOT_MODIFIED.as_u16(),
                headers: vec![(name, etag)],
                body: String::new(),
                kept: None,
            },
            _ => self,
        }
    }
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponseBuilder::new(status);
        // What somebody may see and do is in the answer: it is nobody else's (RFC 9110 §12.5.5).
        response.insert_header((VARY, "Authorization, Cookie"));
        for (name, value) in self.headers {
            response.append_header((name, value));
        }
        response.body(self.body)
    }
}

/// The version in an ETag of ours, `"7-0123456789abcdef"`; `"7"` will do. A weak one (`W/"7"`) is none: whoever changes
/// something compares strongly (RFC 9110 §8.8.3.2).
pub(super) fn version_in_etag(etag: &str) -> Option<i64> {
    let text = etag.strip_prefix('"')?.strip_suffix('"')?;
    text.split('-').next()?.parse().ok()
}
