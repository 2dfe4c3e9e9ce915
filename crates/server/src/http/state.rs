//! What handlers share.

use std::sync::{Arc, RwLock};

use axum::extract::State;
use tokio::sync::{Mutex, MutexGuard, Semaphore, watch};
use yiwang_base::{Refusal, Timestamp, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::SigningKey;
use yiwang_outgoing::Reach;
use yiwang_store::{Item, Store};

use super::attempts::Attempts;
use super::metrics::Requests;
use super::problem::Answer;
use crate::alerting::{Alerting, Pace};
use crate::basemap::Basemap;
use crate::callers::CallerKey;
use crate::city::City;
use crate::duplicates::Duplicates;
use crate::figures::Formulas;
use crate::judging::Judging;
use crate::mqtt::Doors;
use crate::sensing::Sensing;

/// Settings of the HTTP interface.
#[derive(Debug, Clone, Copy)]
pub struct AppOptions {
    /// Largest body, bytes.
    pub max_body: usize,
    /// How long a sign-in lasts, hours.
    pub session_hours: u32,
    /// Whether the cookie is sent over TLS only.
    pub secure_cookie: bool,
    /// How far webhooks may go.
    pub hook_reach: Reach,
}

/// What handlers share.
pub struct App {
    /// The record.
    pub store: Store,
    /// Signs the trail.
    pub key: Arc<SigningKey>,
    /// The base map; the file may come later.
    pub base_map: Arc<Basemap>,
    /// What is known of duplicates.
    pub duplicates: Arc<Duplicates>,
    /// Readings, and the devices that send them.
    pub sensing: Arc<Sensing>,
    /// Settings.
    pub options: AppOptions,
    /// Knows callers again.
    pub callers: CallerKey,
    /// Rules at work.
    pub alerting: Alerting,
    /// How MQTT stands.
    pub mqtt: Doors,
    city: RwLock<Arc<City>>,
    /// Held by whoever changes what the city is made of: one at a time.
    changing: Mutex<()>,
    formulas: RwLock<Arc<Formulas>>,
    /// Held while a version of a formula is added, so that no two get one number.
    pub(super) adding_formula: tokio::sync::Mutex<()>,
    judging: RwLock<Arc<Judging>>,
    stopping: watch::Sender<bool>,
    /// Counts how often webhooks were set or resent.
    hooks: watch::Sender<u64>,
    /// Who has lately been failing to sign in.
    pub(super) attempts: Attempts,
    /// Hashing a password takes a whole core for a while: two at once at most.
    pub(super) sign_ins: Semaphore,
    /// Trying a rule on the past reads much: one at a time.
    pub(crate) previews: Arc<Semaphore>,
    /// The one that is under way.
    pub(super) trial: RwLock<Option<Trial>>,
    /// Requests that were answered.
    pub(super) requests: Requests,
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
        callers: CallerKey,
    ) -> Result<App, StoreError> {
        let city = City::load(&store)?;
        let judging = RwLock::new(Arc::new(Judging::untaught(&city)));
        let formulas = RwLock::new(Arc::new(Formulas::load(&store)?));
        // Names of the base map are learnt in the background.
        let gazetteer =
            crate::duplicates::names_of(&city).map_err(|e| StoreError::Broken(e.to_string()))?;
        let duplicates = Arc::new(Duplicates::new(gazetteer));
        duplicates.set_limits(crate::duplicates::read_limits(&store)?);
        let sensing = Arc::new(Sensing::open(&store)?);
        Ok(App {
            sensing,
            store,
            key,
            base_map,
            duplicates,
            options,
            callers,
            alerting: Alerting::default(),
            mqtt: Doors::default(),
            city: RwLock::new(Arc::new(city)),
            changing: Mutex::new(()),
            formulas,
            adding_formula: tokio::sync::Mutex::default(),
            judging,
            stopping: watch::Sender::new(false),
            hooks: watch::Sender::new(0),
            attempts: Attempts::new(),
            sign_ins: Semaphore::new(2),
            previews: Arc::new(Semaphore::new(1)),
            trial: RwLock::default(),
            requests: Requests::default(),
        })
    }

    /// The formulas as they are now.
    pub fn formulas(&self) -> Arc<Formulas> {
        let formulas = self
            .formulas
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&formulas)
    }

    /// Reads the formulas from the record again.
    pub(super) fn reload_formulas(&self) -> Result<Arc<Formulas>, StoreError> {
        let read = Arc::new(Formulas::load(&self.store)?);
        let mut formulas = self
            .formulas
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *formulas = Arc::clone(&read);
        Ok(read)
    }

    /// Ends answers that have no end of their own.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Waits until the server stops.
    pub(crate) async fn stopped(&self) {
        let _ = self
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await;
    }

    /// Lets the followers of webhooks know that there is something new.
    pub(super) fn hooks_changed(&self) {
        self.hooks.send_modify(|count| *count += 1);
    }

    /// Hears of changes of webhooks.
    pub fn hooks(&self) -> watch::Receiver<u64> {
        self.hooks.subscribe()
    }

    /// The city as it is now.
    pub fn city(&self) -> Arc<City> {
        let city = self
            .city
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&city)
    }

    /// The judgement as it is now.
    pub fn judging(&self) -> Arc<Judging> {
        let judging = self
            .judging
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&judging)
    }

    /// From now on judges so.
    pub fn set_judging(&self, judging: Judging) {
        let mut current = self
            .judging
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *current = Arc::new(judging);
    }
}

/// A rule that is being tried on the past.
pub(super) struct Trial {
    /// Who tries it.
    pub(super) by: String,
    /// How far it is.
    pub(super) pace: Arc<Pace>,
}

/// The turn to change what the city is made of.
pub(super) struct CityChange<'a>(
    #[expect(dead_code, reason = "held, not read")] MutexGuard<'a, ()>,
);

impl App {
    /// Waits for the turn to change what the city is made of.
    pub(super) async fn city_change(&self) -> CityChange<'_> {
        CityChange(self.changing.lock().await)
    }

    /// Sets items of the city; decisions look them up from then on. Returns how
    /// many were changed.
    pub(super) async fn set_items(
        &self,
        _turn: &CityChange<'_>,
        items: Vec<Item>,
        by: String,
        grounds: Option<String>,
    ) -> Result<usize, StoreError> {
        let changed = self.store.set_items(items, by, grounds, now()).await?;
        let loaded = Arc::new(City::load(&self.store)?);
        let city = self.city.write();
        *city.unwrap_or_else(std::sync::PoisonError::into_inner) = loaded;
        self.alerting.city_changed();
        Ok(changed)
    }
}

/// The one clock of the interface.
pub(crate) fn now() -> Timestamp {
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

impl AsRef<Store> for App {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}
