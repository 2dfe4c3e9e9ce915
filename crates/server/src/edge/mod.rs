//! The edge (边缘): the city's rules on a gateway beside the devices.
//!
//! A gateway takes readings over MQTT, judges them at once by the rules of a
//! *bundle* that the city has signed, and passes every reading on to the city.
//! Cut off, it goes on with the bundle that it has, and keeps what it cannot
//! pass on yet.
//!
//! **Invariants**
//! - No bundle is used that the city's key has not signed, and none that is
//!   older than the one in use.
//! - A reading is acknowledged to its device once it is on the gateway's disk,
//!   and passed over in the queue once the city has it on its own.
//! - What is sent, and under which key, is on the disk before it is sent: sent
//!   again after a crash, it is the same under the same key, and kept once.
//! - Where more waits than the buffer holds, the oldest is not passed on: it stays in the
//!   gateway's own history, is counted, and the city is told how many.

mod bundle;
mod forward;
mod judge;
mod link;
mod standing;
mod state;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use yiwang_journal::VerifierKey;

pub use bundle::{Bundle, Signed};
pub use link::Link;

use crate::http::App;
use crate::mqtt::{self, Hub, TlsAcceptor};
use forward::Queue;
use judge::Watch;

/// What a gateway is told.
pub struct Plan {
    /// The data directory.
    pub data: PathBuf,
    /// The city.
    pub link: Link,
    /// Whose signature a bundle must have.
    pub trust: VerifierKey,
    /// Where devices connect, and the TLS that is spoken there.
    pub listener: TcpListener,
    /// See there.
    pub tls: Option<TlsAcceptor>,
    /// Most readings that wait for the city, beside those that are under way.
    pub buffer: u64,
}

/// Under which topic a finding of a rule is published at the gateway.
pub fn alert_topic(rule: &str) -> String {
    format!("alerts/{rule}")
}

/// All of them, as a filter.
pub const ALERTS_FILTER: &str = "alerts/#";

/// Runs a gateway until it is told to stop; `ready` is called when devices are
/// heard. Findings go to `tell`, one each.
///
/// # Errors
/// When what it keeps on the disk cannot be read or is not the city's.
pub async fn run(
    plan: Plan,
    app: Arc<App>,
    stop: impl Future<Output = ()>,
    ready: impl FnOnce() -> std::io::Result<()>,
    tell: impl Fn(&serde_json::Value) + Send + Sync + 'static,
) -> anyhow::Result<()> {
    let state = state::State::load(&plan.data, plan.link.city())?;
    let hub = Arc::new(Hub::default());
    let watch = Arc::new(Watch::new(Arc::clone(&app), Arc::clone(&hub), tell));
    if let Some(signed) = &state.bundle {
        let bundle = signed.open(&plan.trust)?;
        watch.follow(&bundle).await?;
    } else {
        tracing::warn!("there is no bundle of the city's yet: readings are kept, and not judged");
    }
    let untold = watch.begin(state::judged(&plan.data))?;
    ready()?;
    watch.found(untold, true);
    let most_per_minute = Arc::clone(&watch.most_per_minute);
    let link = Arc::new(plan.link);
    let state = Arc::new(tokio::sync::Mutex::new(state));
    let changed = Arc::new(tokio::sync::Notify::new());
    let tasks = [
        tokio::spawn(crate::sensing::keep(Arc::clone(&app))),
        tokio::spawn(judge::tick(Arc::clone(&watch), plan.data)),
        tokio::spawn(bundle::renew(
            Arc::clone(&link),
            plan.trust,
            Arc::clone(&state),
            Arc::clone(&watch),
        )),
        tokio::spawn(standing::tell(
            Arc::clone(&link),
            Arc::clone(&state),
            Arc::clone(&app),
            plan.buffer,
            Arc::clone(&changed),
        )),
        tokio::spawn(forward::follow(
            Queue {
                link,
                state,
                app: Arc::clone(&app),
                buffer: plan.buffer,
                changed,
            },
            most_per_minute,
        )),
    ];
    let serving = tokio::spawn(mqtt::serve(
        plan.listener,
        plan.tls,
        Arc::clone(&app),
        Arc::clone(&hub),
    ));
    stop.await;
    app.stop();
    serving.await?;
    tasks.iter().for_each(|task| task.abort());
    app.sensing.history.keep_spans()?;
    Ok(())
}
