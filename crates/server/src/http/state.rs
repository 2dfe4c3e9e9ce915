//! What handlers share.

use std::sync::{Arc, RwLock};

use axum::extract::State;
use tokio::sync::{Semaphore, watch};
use yiwang_base::{Refusal, Timestamp, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::SigningKey;
use yiwang_store::Store;

use super::attempts::Attempts;
use super::problem::Answer;
use crate::basemap::Basemap;
use crate::city::City;

/// Settings of the HTTP interface.
#[derive(Debug, Clone, Copy)]
pub struct AppOptions {
    /// Largest body, bytes.
    pub max_body: usize,
    /// How long a sign-in lasts, hours.
    pub session_hours: u32,
    /// Whether the cookie is sent over TLS only.
    pub secure_cookie: bool,
}

/// What handlers share.
pub struct App {
    /// The record.
    pub store: Store,
    /// Signs the trail.
    pub key: Arc<SigningKey>,
    /// The base map; the file may come later.
    pub base_map: Arc<Basemap>,
    /// Settings.
    pub options: AppOptions,
    city: RwLock<Arc<City>>,
    stopping: watch::Sender<bool>,
    /// Who has lately been failing to sign in.
    pub(super) attempts: Attempts,
    /// Hashing a password takes a whole core for a while: two at once at most.
    pub(super) sign_ins: Semaphore,
}

impl App {
    /// Opens for business.
    ///
    /// # Errors
    /// When the city cannot be loaded.
    pub fn new(
        store: Store,
        key: Arc<SigningKey>,
        base_map: Arc<Basemap>,
        options: AppOptions,
    ) -> Result<App, StoreError> {
        let city = RwLock::new(Arc::new(City::load(&store)?));
        Ok(App {
            store,
            key,
            base_map,
            options,
            city,
            stopping: watch::Sender::new(false),
            attempts: Attempts::new(),
            sign_ins: Semaphore::new(2),
        })
    }

    /// Ends answers that have no end of their own.
    pub(super) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Waits until the server stops.
    pub(super) async fn stopped(&self) {
        let _ = self
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await;
    }

    /// The city as it is now.
    pub fn city(&self) -> Arc<City> {
        let city = self
            .city
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&city)
    }
}

/// The one clock of the interface.
pub(super) fn now() -> Timestamp {
    truncate_millis(Timestamp::now())
}

/// Whether the server can read its record.
pub(super) async fn health(State(app): State<Arc<App>>) -> Answer<String> {
    app.store
        .changes_from(u64::MAX >> 1, 1)
        .await
        .map_err(Refusal::from)?;
    Ok(format!("ok {}\n", *app.store.durable().borrow()))
}
