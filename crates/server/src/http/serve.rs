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
use tokio::net::{TcpListener, TcpStream};
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

/// Serves until `stop` is ready, then finishes what is under way.
pub async fn serve(listener: TcpListener, app: Arc<App>, stop: impl Future<Output = ()>) {
    let router = super::router(Arc::clone(&app));
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
        let connection = graceful.watch(answer_on(&http, stream, peer, router.clone()));
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

fn answer_on(
    http: &http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + use<> {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            let answer: Result<_, Infallible> = router.call(request).await;
            answer
        }
    });
    http.serve_connection(TokioIo::new(stream), service)
}
