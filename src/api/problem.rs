//! What went wrong, in the form of RFC 9457.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, FieldIssue};
use crate::telemetry::RequestContext;

/// A problem, before it is told.
#[derive(Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word.
    pub code: &'static str,
    /// What is wrong, for a person.
    pub detail: String,
    /// Every bad field.
    pub errors: Vec<FieldIssue>,
    /// After how many seconds to come back.
    pub retry_after: Option<u64>,
}

/// `application/problem+json` (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDocument<'a> {
    /// An address that explains this kind of problem.
    r#type: String,
    /// The kind of problem in a few words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time.
    detail: &'a str,
    /// A stable word for programs.
    code: &'a str,
    /// Every bad field, all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemField<'a>>,
    /// Finds this request in the log.
    request_id: &'a str,
}

/// One bad field.
#[derive(Serialize, ToSchema)]
pub(super) struct ProblemField<'a> {
    /// A JSON Pointer (RFC 6901) into the body, or the name of a query parameter.
    pointer: &'a str,
    /// A stable word for programs.
    code: &'a str,
    /// What is wrong with it.
    detail: &'a str,
}

impl Problem {
    /// A problem of this status and code.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// What was sent cannot be read at all.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// The body is longer than is taken.
    pub fn body_too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "a body has at most 256 KiB")
    }

    /// The body does not come.
    pub fn body_too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "the body did not come in time")
    }

    /// The body is no JSON.
    pub fn unsupported_media_type() -> Self {
        let detail = "send JSON, with Content-Type: application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    /// The same problem in other words.
    #[must_use]
    pub fn with_detail(mut self, detail: &str) -> Self {
        detail.clone_into(&mut self.detail);
        self
    }

    /// Come back in so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The headers that it is told with.
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut headers = vec![(CONTENT_TYPE.to_string(), "application/problem+json".to_owned())];
        if let Some(seconds) = self.retry_after {
            headers.push((RETRY_AFTER.to_string(), seconds.to_string()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.push((WWW_AUTHENTICATE.to_string(), "Bearer".to_owned()));
        }
        headers
    }

    /// The document, as it is told to the caller of this request.
    pub fn document(&self, context: &RequestContext) -> String {
        let document = ProblemDocument {
            r#type: format!("{}/problems/{}", context.public_url, self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: self
                .errors
                .iter()
                .map(|issue| ProblemField { pointer: &issue.pointer, code: issue.code, detail: &issue.detail })
                .collect(),
            request_id: &context.id,
        };
        serde_json::to_string(&document).unwrap_or_default()
    }
}

impl Problem {
    /// A document that was told before, with the number of the request that it is told to now.
    pub fn told_again(document: &str, context: &RequestContext) -> String {
        let Ok(mut problem) = serde_json::from_str::<serde_json::Value>(document) else { return document.to_owned() };
        problem["request_id"] = serde_json::Value::from(&*context.id);
        problem.to_string()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}")),
            Error::Invalid(errors) => {
                let unknown = errors.iter().all(|issue| issue.code == "unknown_field");
                let detail = errors.first().map(|issue| issue.detail.clone()).unwrap_or_default();
                let detail = match errors.len() {
                    1 => format!("{}: {detail}", errors[0].pointer),
                    count => format!("{count} fields are not right"),
                };
                let code = if unknown { "unknown_field" } else { "invalid" };
                Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail) }
            }
            Error::Unauthenticated => {
                let detail = "show a valid token: Authorization: Bearer …";
                Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
            }
            Error::Forbidden => Self::new(StatusCode::FORBIDDEN, "forbidden", "your role does not allow this"),
            Error::Denied { shown, .. } => (*shown).into(),
            Error::Refused(refusal) => {
                let status = if refusal.forbids() { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT };
                Self::new(status, refusal.code(), refusal.to_string())
            }
            Error::TooOften { seconds } => {
                let detail = format!("you have tried too often: try again in {seconds} seconds");
                Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(seconds)
            }
            Error::VersionMismatch { current } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "version_mismatch",
                format!("it has changed since you read it: it is at version {current} now"),
            ),
            Error::VersionRequired => {
                let detail = "say which version you change: If-Match with the ETag that you have read";
                Self::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", detail)
            }
            Error::Busy => {
                let detail = "too much to do right now: try again in a moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(1)
            }
            Error::Internal(cause) => {
                tracing::error!(
                    request_id = &*RequestContext::current().id,
                    cause = format!("{cause:#}"),
                    "internal error"
                );
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "internal error")
            }
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.status);
        for header in self.headers() {
            response.insert_header(header);
        }
        response.body(self.document(&RequestContext::current()))
    }
}

/// The codes of this door, each with what it means. Those of the domains stand with the domains.
pub(super) const CODES: &[(&str, &str)] = &[
    ("not_found", "There is no such thing, or you may not know that there is."),
    ("invalid", "What was sent can be read and is not right. `errors` names every field, with its own code."),
    ("unknown_field", "The body has fields that do not exist here. `errors` names them."),
    ("malformed", "The body cannot be read: it is not UTF-8, not JSON, or not an object."),
    ("body_too_large", "The body is longer than is taken."),
    ("body_too_slow", "The body did not come in time. Nothing was changed."),
    (
        "unsupported_media_type",
        "The body is of another type than is taken here, which is JSON in most places: see Content-Type.",
    ),
    ("method_not_allowed", "There is something at this address, but not for this method. `Allow` names the methods."),
    ("unauthenticated", "This needs a token or a session, and the one shown is missing, wrong or no longer good."),
    ("sign_in_failed", "The address, the password or the code is not right. Which of them is not told."),
    ("one_time_code_required", "The password is right, and the account wants a second factor: send a code as well."),
    ("cross_origin", "With a session cookie, changes are taken from our own pages only: send our own Origin."),
    ("forbidden", "The token is good, and its role does not allow this."),
    ("version_mismatch", "The object has changed since you read it. Read it again, and change that."),
    ("if_match_required", "Say which version you change: send the ETag that you have read in If-Match."),
    ("idempotency_key_reused", "This Idempotency-Key came before with another body. A new request needs a new key."),
    ("rate_limited", "Too many requests from your address. Retry-After says when to come back."),
    ("busy", "There is too much to do right now. Nothing was changed; try again after Retry-After."),
    ("timeout", "The request took too long. It may or may not have had an effect: read before you repeat it."),
    ("internal", "A fault of ours. The request id finds it in the log."),
];
