//! The way to the city.

use std::sync::Arc;

use serde::Deserialize;
use yiwang_outgoing::{Answer, CallError, Caller, Reach};

use super::bundle::Signed;
use super::standing::Standing;

/// The way to the city, as the gateway's account.
pub struct Link {
    city: String,
    key: String,
    caller: Caller,
}

/// Why the city did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    /// There was no answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// It said no.
    #[error("the city said {status}: {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its words.
        detail: String,
    },
    /// The answer was not understood.
    #[error("the city's answer is not understood: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The call was given up.
    #[error("the call stopped")]
    Stopped,
}

/// Largest answer that is read, bytes.
const MOST_ANSWER: u64 = 64 << 20;

impl Link {
    /// A way to a city at `https://HOST` or `http://HOST`, with the key of the
    /// gateway's account there.
    pub fn new(city: &str, key: &str) -> Link {
        Link {
            city: city.trim_end_matches('/').to_owned(),
            key: key.to_owned(),
            // Whoever sets the gateway up types the address in.
            caller: Caller::new(Reach { private: true }),
        }
    }

    /// The city's address.
    pub(super) fn city(&self) -> &str {
        &self.city
    }

    /// The bundle as it is now.
    pub(super) async fn bundle(self: &Arc<Self>) -> Result<Signed, LinkError> {
        let answer = self.call("/api/v1/edge/bundle", None, None).await?;
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Sends observations under a key; gives how many were refused.
    pub(super) async fn send(
        self: &Arc<Self>,
        body: Vec<u8>,
        key: String,
    ) -> Result<u64, LinkError> {
        let path = "/sta/v1.1/CreateObservations";
        let answer = self.call(path, Some(body), Some(key)).await?;
        let made: Vec<String> = serde_json::from_slice(&answer.body)?;
        Ok(made.iter().filter(|one| *one == "error").count() as u64)
    }

    /// Tells how the gateway stands.
    pub(super) async fn tell(self: &Arc<Self>, standing: &Standing) -> Result<(), LinkError> {
        let body = serde_json::to_vec(standing)?;
        self.call("/api/v1/edge/standing", Some(body), None).await?;
        Ok(())
    }

    async fn call(
        self: &Arc<Self>,
        path: &str,
        body: Option<Vec<u8>>,
        key: Option<String>,
    ) -> Result<Answer, LinkError> {
        let (link, url) = (Arc::clone(self), format!("{}{path}", self.city));
        let calling = tokio::task::spawn_blocking(move || {
            let bearer = format!("Bearer {}", link.key);
            let mut headers = vec![("authorization", bearer.as_str())];
            headers.extend(key.as_deref().map(|key| ("idempotency-key", key)));
            match &body {
                Some(body) => link.caller.ask_with(&url, &headers, body, MOST_ANSWER),
                None => link.caller.ask(&url, &headers, MOST_ANSWER),
            }
        });
        let answer = calling.await.map_err(|_| LinkError::Stopped)??;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
        Err(LinkError::Refused {
            status: answer.status,
            detail: said.detail.or(said.message).unwrap_or_default(),
        })
    }
}

/// What the city says of a refusal, over either interface.
#[derive(Default, Deserialize)]
struct Said {
    detail: Option<String>,
    message: Option<String>,
}
