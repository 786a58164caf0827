//! JSON bodies: bounded, and read so that everything that is wrong can be said at once.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::gather::gather;
use super::issues::Issues;
use super::problem::Problem;
use crate::error::FieldIssue;
use crate::values::Fault;

/// How many bytes a body may have.
const MAX_BODY: usize = 256 * 1024;

/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A body that was read as JSON, with its bytes to recognize it again.
pub(super) struct Body<T> {
    /// What it says.
    pub json: T,
    /// The fields that nobody knows, to be said together with whatever else is wrong.
    pub issues: Issues,
    /// What it was.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), Payload::from_request(request, payload));
        Box::pin(async move {
            check_type(&request)?;
            let payload = payload.await.map_err(|_| Problem::malformed("the body cannot be read"))?;
            let bytes = read(&request, payload, MAX_BODY).await?;
            let (json, issues) = parse(&bytes)?;
            Ok(Self { json, issues, bytes })
        })
    }
}

/// A body of at most `MAX` bytes in which there is what a scanner saw: any bytes. What cannot be text in JSON is read
/// as `?`, so that it is a scan like any other, and no ticket.
pub(super) struct Scanned<T, const MAX: usize = MAX_BODY> {
    /// What it says.
    pub json: T,
    /// The fields that nobody knows.
    pub issues: Issues,
    /// What it was.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for Scanned<T, MAX> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), Payload::from_request(request, payload));
        Box::pin(async move {
            check_type(&request)?;
            let payload = payload.await.map_err(|_| Problem::malformed("the body cannot be read"))?;
            let bytes = read(&request, payload, MAX).await?;
            let (json, issues) = parse(&bytes).or_else(|_| parse(&mended(&bytes)))?;
            Ok(Self { json, issues, bytes })
        })
    }
}

/// The same bytes with `?` for what cannot be text in JSON (RFC 8259 §7, §8): bytes that are no UTF-8, control characters,
/// and halves of surrogate pairs. Never longer than before.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().bytes().map(|byte| match byte {
            b'\t' | b'\n' | b'\r' => b' ',
            0..=31 => b'?',
            other => other,
        }));
        text.extend(chunk.invalid().iter().map(|_| b'?'));
    }
    let mut mended = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some((first, behind)) = rest.split_first() {
        let half = escaped(rest);
        let length = match half {
            Some(0xd800..=0xdbff) if matches!(escaped(&rest[6..]), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                mended.push(b'?');
                rest = &rest[6..];
                continue;
            }
            _ if *first == b'\\' && !behind.is_empty() => 2,
            _ => 1,
        };
        let (kept, left) = rest.split_at(length.min(rest.len()));
        mended.extend(kept);
        rest = left;
    }
    mended
}

/// The number in an escape such as `\ud83d` at the beginning.
fn escaped(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A body where none is needed: empty, or an empty object.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Nothing {}

/// A body that may be empty.
pub(super) struct OptionalBody(pub Bytes);

impl FromRequest for OptionalBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let body = Optional::<Nothing>::from_request(request, payload);
        Box::pin(async move {
            let Optional { json: Nothing {}, issues, bytes } = body.await?;
            issues.finish()?;
            Ok(Self(bytes))
        })
    }
}

/// A body that may be empty: then nothing is said.
pub(super) struct Optional<T> {
    /// What it says.
    pub json: T,
    /// The fields that nobody knows.
    pub issues: Issues,
    /// What it was.
    pub bytes: Bytes,
}

impl<T: DeserializeOwned + Default + 'static> FromRequest for Optional<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), Payload::from_request(request, payload));
        Box::pin(async move {
            let payload = payload.await.map_err(|_| Problem::malformed("the body cannot be read"))?;
            let bytes = read(&request, payload, MAX_BODY).await?;
            if bytes.is_empty() {
                return Ok(Self { json: T::default(), issues: Issues::default(), bytes });
            }
            check_type(&request)?;
            let (json, issues) = parse(&bytes)?;
            Ok(Self { json, issues, bytes })
        })
    }
}

/// The type of a body without its parameters.
fn essence(request: &HttpRequest) -> String {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn check_type(request: &HttpRequest) -> Result<(), Problem> {
    let essence = essence(request);
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        Ok(())
    } else {
        Err(Problem::unsupported_media_type())
    }
}

/// A body that is no JSON but of this type.
pub(super) async fn read_of_type(request: &HttpRequest, payload: Payload, media_type: &str) -> Result<Bytes, Problem> {
    if essence(request) != media_type {
        let detail = format!("send a body with Content-Type: {media_type}");
        return Err(Problem::unsupported_media_type().with_detail(&detail));
    }
    read(request, payload, MAX_BODY).await
}

async fn read(request: &HttpRequest, payload: Payload, max: usize) -> Result<Bytes, Problem> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(Problem::body_too_large());
    }
    gather(payload, announced.unwrap_or(1024), max, PATIENCE).await
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, Issues), Problem> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Problem::malformed("the body is not UTF-8"));
    }
    // A list would be taken for the fields of an object, in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::malformed("the body is not the JSON that is expected here: it is a list, not an object"));
    }
    let mut unknown = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_ignored::deserialize(&mut json, |path| {
        // More than anybody would mend in one go; a stranger cannot make us write them all down.
        if unknown.len() < 50 {
            unknown.push(FieldIssue {
                pointer: pointer(&path),
                code: "unknown_field",
                detail: "there is no such field".to_owned(),
            });
        }
    })
    .and_then(|parsed| json.end().map(|()| parsed));
    match parsed {
        Ok(parsed) => {
            let mut issues = Issues::default();
            issues.extend(unknown);
            Ok((parsed, issues))
        }
        Err(error) => Err(Problem::malformed(format!("the body is not the JSON that is expected here: {error}"))),
    }
}

/// A JSON Pointer (RFC 6901 §3): whatever signs a name has, it leads there.
fn pointer(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", pointer(parent)),
        Path::Map { parent, key } => format!("{}/{}", pointer(parent), key.replace('~', "~0").replace('/', "~1")),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => pointer(parent),
    }
}

/// A field of a request: there, null, missing, or of another type. Never fails to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Field<T> {
    /// It is not there.
    #[default]
    Missing,
    /// It is null.
    Null,
    /// It is there.
    Given(T),
    /// It is of another type.
    Wrong(Fault),
}

impl<T> Field<T> {
    /// Whether it is not there at all.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<'de, T: DeserializeOwned + TypeName> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Null,
            value => match serde_json::from_value(value) {
                Ok(value) => Self::Given(value),
                Err(_) => Self::Wrong(Fault::new("invalid_type", format!("this is {}", T::NAME))),
            },
        })
    }
}

/// What a type is called when something else was sent.
pub(super) trait TypeName {
    /// With its article.
    const NAME: &'static str;
}

impl TypeName for String {
    const NAME: &'static str = "a text";
}
impl TypeName for bool {
    const NAME: &'static str = "true or false";
}
impl TypeName for i64 {
    const NAME: &'static str = "a whole number";
}
impl TypeName for serde_json::Map<String, Value> {
    const NAME: &'static str = "an object";
}
impl TypeName for BTreeMap<String, String> {
    const NAME: &'static str = "an object with a text for each language";
}
impl TypeName for Vec<String> {
    const NAME: &'static str = "a list of texts";
}

/// An object in a request: there, null, missing, or something else. Its unknown fields are noticed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Nested<T> {
    /// It is not there, or null.
    #[default]
    Missing,
    /// It is there.
    Given(T),
    /// It is no object.
    Wrong,
}

impl<T> Nested<T> {
    /// The object, if there is one; an issue if it is something else.
    pub(super) fn take(self, pointer: &str, issues: &mut Issues) -> Option<T> {
        match self {
            Self::Given(object) => Some(object),
            Self::Missing => None,
            Self::Wrong => {
                issues.add(pointer, Fault::new("invalid_type", "this is an object"));
                None
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Nested<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Nested::Given)
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Nested::Missing)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Nested::Wrong)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Nested::Wrong)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Nested::Wrong)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Nested::Wrong)
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Nested::Wrong)
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Nested::Wrong)
            }
        }
        deserializer.deserialize_any(Visit(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended_text(bytes: &[u8]) -> String {
        String::from_utf8(mended(bytes)).unwrap()
    }

    #[test]
    fn what_cannot_be_text_is_a_question_mark() {
        assert_eq!(mended_text(br#"{"ticket":"a\ud800b\udc00c"}"#), r#"{"ticket":"a?b?c"}"#);
        assert_eq!(mended_text(b"{\n\"ticket\":\"\xff\x00\x1bx\"}"), "{ \"ticket\":\"???x\"}");
    }

    #[test]
    fn what_is_text_stays() {
        for text in [r#"{"ticket":"\ud83d\ude00 \\ud800 \" \u00e9"}"#, r#"{"ticket":"Dräi"}"#, r#"{"a":"\u12"}"#, "\\"]
        {
            assert_eq!(mended_text(text.as_bytes()), text);
        }
    }
}
