//! MQTT 3.1.1: an embedded broker, as one more door for readings.
//!
//! A client signs in with the name of its account and a key of it. What it
//! publishes under a SensorThings topic, or one that a mapping names, is taken
//! as a reading, and acknowledged after it is durable; every reading that is kept, from whatever door, goes to
//! those who subscribe to it. Other topics are those that a device's
//! registration names; the rest is denied.
//!
//! The same over a broker that is not ours: see `outside`.
//!
//! What a broker remembers of its clients is in memory: sessions and retained
//! messages do not outlive the server. Readings do.

mod announce;
mod connection;
mod door;
mod hub;
mod mapping;
mod outside;
mod standing;
mod tls;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;

pub use hub::Hub;
pub(crate) use hub::SYSTEM;
pub(crate) use mapping::try_message;
pub use mapping::{Mapping, Mappings, TimeForm};
pub(crate) use outside::read_address;
pub use outside::{Outside, follow};
pub use standing::{Doors, OutsideStanding};
pub use tls::acceptor;
pub use tokio_rustls::TlsAcceptor;

use crate::http::App;

/// The readings that are kept, as a filter.
pub const READINGS_FILTER: &str = "v1.1/#";

/// Under which topic an account is told what of its own was refused.
pub fn refusals_topic(account: &str) -> String {
    format!("refusals/{account}")
}

/// Connections at once; more wait to be accepted.
const MOST_CONNECTIONS: usize = 100_000;
/// How long the handshake of TLS may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How often sessions that nobody came back to are looked for.
const EXPIRE_EVERY: Duration = Duration::from_secs(3600);

/// Serves clients until the server stops.
pub async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, app: Arc<App>, hub: Arc<Hub>) {
    let announcing = tokio::spawn(announce::follow(Arc::clone(&app), Arc::clone(&hub)));
    let expiring = tokio::spawn(expire(Arc::clone(&hub)));
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = app.stopped() => break,
            accepted = accepted => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection of MQTT could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let (app, hub, tls) = (Arc::clone(&app), Arc::clone(&hub), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => connection::serve(stream, &app, &hub).await,
                Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                    Ok(Ok(stream)) => connection::serve(stream, &app, &hub).await,
                    Ok(Err(error)) => tracing::debug!(%error, "no TLS with a client of MQTT"),
                    Err(_) => tracing::debug!("a client of MQTT did not finish the handshake"),
                },
            }
            drop(place);
        });
    }
    announcing.abort();
    expiring.abort();
}

async fn expire(hub: Arc<Hub>) {
    loop {
        tokio::time::sleep(EXPIRE_EVERY).await;
        hub.expire(crate::http::now());
    }
}
