//! Calls to other systems over HTTP and TLS.
//!
//! An address that somebody typed in is called by this server, from inside its
//! network: so it is looked at first. *Reach* says how far a call may go.
//!
//! Invariants: without [`Reach::private`] only `https` is spoken, and only to
//! addresses of the public internet, looked up once and connected to as looked
//! up. Redirects are not followed, proxies of the environment are not used, and
//! what the other side answers is read only where it is asked for, to a bound.

mod address;

use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};
use yiwang_base::{Refusal, RefusalKind};

pub use address::is_public;

/// Longest address, characters.
const MAX_URL: usize = 500;
/// How long a call may take in all.
const WITHIN: Duration = Duration::from_secs(10);

/// How far calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// Also loopback and private addresses, and without TLS: for receivers in
    /// the same house.
    pub private: bool,
}

/// Why a call did not come to an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The name leads to an address that may not be called.
    #[error("the address is not one of the public internet")]
    NotPublic,
    /// There was no answer in time.
    #[error("no answer within {} s", WITHIN.as_secs())]
    Late,
    /// It cannot be reached, or does not speak HTTP.
    #[error("{0}")]
    Unreachable(String),
}

/// Makes calls; each blocks its thread until it is answered.
#[derive(Debug, Clone)]
pub struct Caller {
    agent: Agent,
}

/// Looks names up and passes over addresses out of reach.
#[derive(Debug)]
struct Guard {
    reach: Reach,
    names: DefaultResolver,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        for address in found.iter() {
            if self.reach.private || is_public(address.ip()) {
                allowed.push(*address);
            }
        }
        if allowed.is_empty() {
            return Err(Error::BadUri(OUT_OF_REACH.to_owned()));
        }
        Ok(allowed)
    }
}

/// By this an error of the guard is known again.
const OUT_OF_REACH: &str = "out of reach";

impl Caller {
    /// A caller that goes no farther than `reach`.
    pub fn new(reach: Reach) -> Caller {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Config::builder()
            .https_only(!reach.private)
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(WITHIN))
            .user_agent("yiwang")
            .tls_config(tls)
            .build();
        let guard = Guard {
            reach,
            names: DefaultResolver::default(),
        };
        Caller {
            agent: Agent::with_parts(config, DefaultConnector::default(), guard),
        }
    }

    /// Posts a JSON body; gives the status of the answer.
    ///
    /// # Errors
    /// [`CallError`] when there is no answer.
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<u16, CallError> {
        let mut request = self
            .agent
            .post(url)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match request.send(body) {
            Ok(answer) => Ok(answer.status().as_u16()),
            // With no redirects followed, one that is asked for is an answer.
            Err(Error::TooManyRedirects | Error::RedirectFailed) => Ok(302),
            Err(error) => Err(unanswered(error)),
        }
    }
}

/// An answer that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Caller {
    /// Asks for something, and reads the answer; at most so many bytes.
    ///
    /// # Errors
    /// [`CallError`] when there is no answer, or a longer one.
    pub fn ask(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        most_bytes: u64,
    ) -> Result<Answer, CallError> {
        let request = headers
            .iter()
            .fold(self.agent.get(url), |request, (name, value)| {
                request.header(*name, *value)
            });
        read(request.call(), most_bytes)
    }

    /// Posts a JSON body, and reads the answer; at most so many bytes.
    ///
    /// # Errors
    /// [`CallError`] when there is no answer, or a longer one.
    pub fn ask_with(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        most_bytes: u64,
    ) -> Result<Answer, CallError> {
        let request = self
            .agent
            .post(url)
            .header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        read(request.send(body), most_bytes)
    }
}

fn read(
    answer: Result<ureq::http::Response<ureq::Body>, Error>,
    most_bytes: u64,
) -> Result<Answer, CallError> {
    let mut answer = answer.map_err(unanswered)?;
    let body = answer
        .body_mut()
        .with_config()
        .limit(most_bytes)
        .read_to_vec();
    Ok(Answer {
        status: answer.status().as_u16(),
        body: body.map_err(unanswered)?,
    })
}

fn unanswered(error: Error) -> CallError {
    match error {
        Error::BadUri(why) if why == OUT_OF_REACH => CallError::NotPublic,
        Error::Timeout(_) => CallError::Late,
        error => CallError::Unreachable(error.to_string()),
    }
}

/// Refuses an address that could never be called: of another scheme, with a
/// name and password in it, or a number that is no public one.
///
/// # Errors
/// A refusal that says what is allowed.
pub fn check_url(url: &str, reach: Reach) -> Result<(), Refusal> {
    let schemes: &[&str] = if reach.private {
        &["https", "http"]
    } else {
        &["https"]
    };
    let refuse = |zh: &str, en: &str| {
        Refusal::new(RefusalKind::Invalid, "url.not-allowed", zh, en)
            .at("url")
            .allowing(
                schemes
                    .iter()
                    .map(|scheme| format!("{scheme}://example.org/hook")),
            )
    };
    if url.chars().count() > MAX_URL {
        return Err(refuse(
            "地址最多 500 字",
            "an address has at most 500 characters",
        ));
    }
    let parsed: Option<Uri> = url.parse().ok();
    let Some((uri, authority)) = parsed.and_then(|uri| {
        let authority = uri.authority()?.clone();
        Some((uri, authority))
    }) else {
        return Err(refuse("这不是完整的网址", "this is no whole address"));
    };
    if !uri
        .scheme_str()
        .is_some_and(|scheme| schemes.contains(&scheme))
    {
        return Err(refuse(
            "只能使用所列的协议；内网或不加密的地址须先在配置中允许(webhook_private)",
            "only these schemes can be used; addresses inside the house or without TLS must be allowed first (webhook_private)",
        ));
    }
    if authority.as_str().contains('@') {
        return Err(refuse(
            "地址里不能带用户名和密码",
            "an address holds no name and password",
        ));
    }
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let inside = match host.parse() {
        Ok(number) => !is_public(number),
        Err(_) => host.eq_ignore_ascii_case("localhost") || host.ends_with(".localhost"),
    };
    if inside && !reach.private {
        return Err(refuse(
            "内网地址须先在配置中允许(webhook_private)",
            "addresses inside the house must be allowed first (webhook_private)",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
