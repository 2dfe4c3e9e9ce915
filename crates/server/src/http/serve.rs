//! Listening: every connection has its limits, and stopping lets answers finish.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tower_service::Service as _;

use super::state::App;

/// How long a connection may take to send the head of its next request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// Largest head of a request that is read at all, bytes.
const MOST_HEAD: usize = 128 << 10;
/// Connections at once; more wait to be accepted.
const MOST_CONNECTIONS: usize = 8192;
/// How long answers may take to finish when the server stops.
const GOODBYE: Duration = Duration::from_secs(5);

/// From where a call comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Peer, Infallible> {
        // Where the router is called without a connection, everybody is one.
        let nowhere = Peer(SocketAddr::from(([0, 0, 0, 0], 0)));
        Ok(parts.extensions.get().copied().unwrap_or(nowhere))
    }
}

/// That a call comes through the data directory's own socket: whoever can open
/// that could write the record as well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local;

/// Serves until `stop` is ready, then finishes what is under way. What comes
/// through `control` is the command line's.
pub async fn serve(
    listener: TcpListener,
    control: Option<UnixListener>,
    app: Arc<App>,
    stop: impl Future<Output = ()>,
) {
    let router = super::router(Arc::clone(&app));
    let local = router
        .clone()
        .merge(super::control::router(Arc::clone(&app)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MOST_HEAD);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = &mut stop => break,
            stream = next_local(control.as_ref()) => {
                let connection = answer_on(&http, stream, Caller::Local, local.clone());
                let connection = graceful.watch(connection);
                tokio::spawn(async move {
                    let _ = connection.await;
                });
                continue;
            }
            accepted = accepted => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, mostly: connections that end give some back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Answers are written whole; waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let caller = Caller::Peer(peer);
        let connection = graceful.watch(answer_on(&http, stream, caller, router.clone()));
        tokio::spawn(async move {
            // A client that goes away is the client's affair.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    app.stop();
    if tokio::time::timeout(GOODBYE, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some connections were cut off while stopping");
    }
}

/// The next connection of the command line; never, where there is no socket for it.
async fn next_local(control: Option<&UnixListener>) -> UnixStream {
    if let Some(control) = control {
        loop {
            match control.accept().await {
                Ok((stream, _)) => return stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection of the command line could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
    std::future::pending().await
}

/// From where a connection comes.
#[derive(Clone, Copy)]
enum Caller {
    Peer(SocketAddr),
    Local,
}

fn answer_on<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    http: &http1::Builder,
    stream: S,
    caller: Caller,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + use<S> {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            match caller {
                Caller::Peer(peer) => {
                    request.extensions_mut().insert(Peer(peer));
                }
                Caller::Local => {
                    request.extensions_mut().insert(Local);
                }
            }
            let answer: Result<_, Infallible> = router.call(request).await;
            answer
        }
    });
    http.serve_connection(TokioIo::new(stream), service)
}
