//! A body, as it comes in: so many bytes, in so much time.

use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};

use super::problem::Problem;

/// All bytes of a body; `expected` of them were announced.
///
/// # Errors
/// `body_too_large` for more than `most`, `body_too_slow` if they have not come after `patience`, `malformed` if they break
/// off.
pub(super) async fn gather<E>(
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    expected: usize,
    most: usize,
    patience: Duration,
) -> Result<Bytes, Problem> {
    let whole = tokio::time::timeout(patience, async {
        let mut bytes = Vec::with_capacity(expected.min(most));
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Problem::malformed("the body ended before its end"))?;
            if bytes.len() + chunk.len() > most {
                return Err(Problem::body_too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.into())
    });
    whole.await.unwrap_or_else(|_| Err(Problem::body_too_slow()))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn gathered(chunks: impl Stream<Item = Result<&'static str, ()>> + Unpin) -> Result<Bytes, &'static str> {
        let chunks = chunks.map(|chunk| chunk.map(|text| Bytes::from_static(text.as_bytes())));
        gather(chunks, 1000, 6, Duration::from_millis(20)).await.map_err(|problem| problem.code)
    }

    #[tokio::test]
    async fn a_body_has_so_many_bytes_and_so_much_time() {
        let texts = |texts: &[&'static str]| stream::iter(texts.iter().map(|text| Ok(*text)).collect::<Vec<_>>());
        assert_eq!(gathered(texts(&[])).await.unwrap(), "");
        assert_eq!(gathered(texts(&["abc", "def"])).await.unwrap(), "abcdef");
        assert_eq!(gathered(texts(&["abc", "def", "g"])).await, Err("body_too_large"));
        assert_eq!(gathered(texts(&["abc"]).chain(stream::pending())).await, Err("body_too_slow"));
        assert_eq!(gathered(stream::iter([Ok("abc"), Err(())])).await, Err("malformed"));
    }
}
