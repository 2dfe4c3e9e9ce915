//! `yiwang serve`.

use std::fs::Permissions;
use std::io::IsTerminal as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio::net::{TcpListener, UnixListener};
use tracing_subscriber::EnvFilter;
use yiwang_cases::StoreError;
use yiwang_cases::figures::FigureStore as _;
use yiwang_outgoing::Reach;
use yiwang_server::basemap::Basemap;
use yiwang_server::callers;
use yiwang_server::config::{Config, Settings};
use yiwang_server::data_dir;
use yiwang_server::duplicates;
use yiwang_server::http::{self, App, AppOptions};
use yiwang_server::judging::teach;
use yiwang_server::mqtt;
use yiwang_server::sensing::Retention;
use yiwang_server::webhooks::{self, HookOptions, Tries};
use yiwang_store::Store;
use yiwang_store::basemap::BasemapStore;

use super::interrupt::Signals;
use super::{Context, output};

/// Serve the city: pages, HTTP interface, map and trail
///
/// Prints `listening on http://ADDRESS` on standard output once it answers; the
/// log goes to standard error. Ctrl-C or SIGTERM stops it: answers under way
/// are finished, and what was acknowledged is in the record.
///
/// The tree over the record is signed when the server starts and stops, within
/// sign_every_seconds of a new entry, and whenever someone asks for a
/// checkpoint or a proof.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang serve
  yiwang serve --data city --listen 0.0.0.0:8080
  YIWANG_LOG=debug yiwang serve --listen 127.0.0.1:0")]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Let the sample city's devices go on sending, each what it sent a week before
    ///
    /// For demonstrations: without it nothing comes in once the sample city is made,
    /// and its rules find that its gauges have fallen silent. Other devices are left
    /// alone.
    #[arg(long)]
    replay_sample: bool,
}

impl Serve {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let mut sources = context.sources.clone();
        if let Some(listen) = &self.listen {
            sources.set("listen", listen, "--listen")?;
        }
        let config = Config::load(&sources)?;
        start_log(&config.settings.log)?;
        for name in sources.unused_variables() {
            tracing::warn!(name, "this variable of the environment is not a setting");
        }
        context.block_on(serve(context, &config, self.replay_sample))??;
        Ok(ExitCode::SUCCESS)
    }
}

/// Sends log lines to standard error.
pub(super) fn start_log(filter: &str) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    Ok(())
}

async fn serve(context: &Context, config: &Config, replay_sample: bool) -> anyhow::Result<()> {
    let settings = &config.settings;
    let mut signals = Signals::hear()?;
    let (store, key) = context.open(config)?;
    store.sign(&key).await?;
    let base_map = Arc::new(Basemap::new(BasemapStore::new(&context.data)));
    let app = Arc::new(App::new(
        store,
        key,
        base_map,
        options(settings),
        data_dir::caller_key(&context.data)?,
    )?);
    if Retention::stored(&app.store)?.is_none() {
        app.sensing
            .set_retention(Retention::usual(settings.readings_days));
    }
    yiwang_server::alerting::start(&app)?;
    say_what_is_missing(&app.store, &app)?;
    if !settings.listen.ip().is_loopback() && !settings.secure_cookie {
        tracing::warn!(
            "others can reach this address, and sign-ins are not protected: put TLS in front and set secure_cookie"
        );
    }
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, data = %context.data.display(), entries = *app.store.durable().borrow(), "the server is ready");
    serve_mqtt(&app, settings).await?;
    if !settings.mqtt_broker.is_empty() {
        let outside = mqtt::Outside::new(
            &settings.mqtt_broker,
            &settings.mqtt_broker_user,
            &settings.mqtt_broker_password,
            &settings.mqtt_broker_certificates,
        )?;
        tokio::spawn(mqtt::follow(outside, Arc::clone(&app)));
    }
    output::line(&format!("listening on http://{address}"))?;
    let every = Duration::from_secs(settings.sign_every_seconds);
    let teaching = tokio::spawn(teach(Arc::clone(&app)));
    let signing = tokio::spawn(sign_now_and_then(Arc::clone(&app), every));
    let counting = tokio::spawn(keep_figures(Arc::clone(&app)));
    let keeping = tokio::spawn(duplicates::keep(Arc::clone(&app)));
    let sealing = tokio::spawn(yiwang_server::sensing::keep(Arc::clone(&app)));
    let callers = tokio::spawn(callers::follow(Arc::clone(&app), app.callers.clone()));
    let (stop_hooks, stopped) = tokio::sync::oneshot::channel::<()>();
    let hooks = tokio::spawn(webhooks::follow(
        Arc::clone(&app),
        HookOptions {
            reach: reach(settings),
            tries: Tries {
                most: settings.webhook_attempts,
                pause: Duration::from_secs(settings.webhook_retry_seconds),
            },
        },
        app.hooks(),
        async move { drop(stopped.await) },
    ));
    let flows = tokio::spawn(yiwang_server::flows::run(Arc::clone(&app)));
    let alerts = tokio::spawn(yiwang_server::flows::alerts::follow(Arc::clone(&app)));
    let replaying =
        replay_sample.then(|| tokio::spawn(yiwang_server::flows::sample::replay(Arc::clone(&app))));
    let control = control_socket(&context.data);
    http::serve(listener, control, Arc::clone(&app), async move {
        signals.next().await
    })
    .await;
    if let Some(replaying) = replaying {
        replaying.abort();
    }
    keeping.abort();
    sealing.abort();
    app.sensing.history.keep_spans()?;
    let judged = Arc::clone(&app);
    tokio::task::spawn_blocking(move || judged.alerting.stop()).await?;
    signing.abort();
    counting.abort();
    teaching.abort();
    callers.abort();
    drop(stop_hooks);
    // What it was doing when it stopped is done again when it starts.
    let _ = hooks.await;
    flows.abort();
    alerts.abort();
    // Whoever finds it could not reach anybody.
    let _ = std::fs::remove_file(context.data.join(data_dir::CONTROL));
    app.store.sign(&app.key).await?;
    tracing::info!(
        entries = *app.store.durable().borrow(),
        "the server has stopped"
    );
    Ok(())
}

/// Starts the MQTT broker where one is configured.
async fn serve_mqtt(app: &Arc<App>, settings: &Settings) -> anyhow::Result<()> {
    if let Some((listener, tls, url)) = mqtt_listener(settings).await? {
        tracing::info!(url, "the MQTT broker is ready");
        output::line(&format!("listening on {url}"))?;
        // It is said once.
        let _ = app.mqtt.listening.set(url);
        let hub = Arc::clone(&app.mqtt.hub);
        tokio::spawn(mqtt::serve(listener, tls, Arc::clone(app), hub));
    }
    Ok(())
}

/// Where MQTT is listened to, with which TLS and under which address; none where
/// it is not.
pub(super) async fn mqtt_listener(
    settings: &Settings,
) -> anyhow::Result<Option<(TcpListener, Option<mqtt::TlsAcceptor>, String)>> {
    let Some(listen) = settings.mqtt_listen else {
        return Ok(None);
    };
    let (certificate, key) = (&settings.mqtt_certificate, &settings.mqtt_key);
    let has = |path: &Path| !path.as_os_str().is_empty();
    let tls = match (has(certificate), has(key)) {
        (false, false) => None,
        (true, true) => Some(mqtt::acceptor(certificate, key)?),
        _ => anyhow::bail!("mqtt_certificate and mqtt_key go together: set both or none"),
    };
    if tls.is_none() && !listen.ip().is_loopback() {
        tracing::warn!(
            "others can reach the MQTT broker, and keys are not protected: set mqtt_certificate and mqtt_key"
        );
    }
    let listener = TcpListener::bind(listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {listen}"))?;
    let scheme = if tls.is_some() { "mqtts" } else { "mqtt" };
    let url = format!("{scheme}://{}", listener.local_addr()?);
    Ok(Some((listener, tls, url)))
}

fn reach(settings: &Settings) -> Reach {
    Reach {
        private: settings.webhook_private,
    }
}

/// The socket by which the command line reaches this server, for its owner only;
/// the lock on the data directory makes sure that one of before is nobody's.
fn control_socket(data: &Path) -> Option<UnixListener> {
    let path = data.join(data_dir::CONTROL);
    let _ = std::fs::remove_file(&path);
    let bound = UnixListener::bind(&path).and_then(|listener| {
        std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(listener)
    });
    match bound {
        Ok(listener) => Some(listener),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "the command line cannot reach this server: accounts are kept over HTTP only");
            None
        }
    }
}

pub(super) fn options(settings: &Settings) -> AppOptions {
    AppOptions {
        max_body: settings.max_body_bytes,
        session_hours: settings.session_hours,
        secure_cookie: settings.secure_cookie,
        hook_reach: reach(settings),
    }
}

/// Signs the tree some time after it has grown, so that whoever reads the
/// record without this server finds nearly all of it signed.
async fn sign_now_and_then(app: Arc<App>, every: Duration) {
    let mut durable = app.store.durable();
    while durable.changed().await.is_ok() {
        tokio::time::sleep(every).await;
        match app.store.sign(&app.key).await {
            Ok(_) => tracing::debug!(entries = *durable.borrow_and_update(), "the tree is signed"),
            Err(error) => {
                tracing::warn!(%error, "the tree could not be signed; it is tried again after the next entry")
            }
        }
    }
}

/// How often the figures follow the record while nobody asks for them.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);
/// How long to wait before they are tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Keeps the figures as the record is. Boards say that they are loading until
/// it is read.
async fn keep_figures(app: Arc<App>) {
    while let Err(error) = follow(&app).await {
        tracing::warn!(
            %error,
            "the figures cannot be read from the record; it is tried again in a while"
        );
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Returns when nothing is written any more.
async fn follow(app: &App) -> Result<(), StoreError> {
    let mut durable = app.store.durable();
    if !app.store.progress().ready {
        let began = std::time::Instant::now();
        app.store.load_figures().await?;
        let cases = app.store.progress().total;
        let duration_ms = began.elapsed().as_millis() as u64;
        tracing::info!(cases, duration_ms, "the figures are read from the record");
    }
    while durable.changed().await.is_ok() {
        app.store.follow_figures().await?;
        tokio::time::sleep(FOLLOW_EVERY).await;
    }
    Ok(())
}

/// A city that is empty, or that nobody can sign in to, says how to go on.
fn say_what_is_missing(store: &Store, app: &App) -> anyhow::Result<()> {
    if app.city().rules.categories.is_empty() {
        tracing::warn!(
            "the city has no categories yet: `yiwang sample-city` makes one up, `yiwang import` brings one in"
        );
    }
    if store.accounts()?.is_empty() {
        tracing::warn!(
            "nobody can sign in yet: `yiwang user add NAME --role operator` adds someone"
        );
    }
    Ok(())
}
