//! `yiwang edge`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use yiwang_journal::VerifierKey;
use yiwang_server::basemap::Basemap;
use yiwang_server::config::Config;
use yiwang_server::data_dir;
use yiwang_server::edge::{self, Link, Plan};
use yiwang_server::http::App;
use yiwang_store::basemap::BasemapStore;

use super::interrupt::Signals;
use super::serve::{mqtt_listener, options, start_log};
use super::{Context, output};

/// Run a gateway: judge readings beside the devices, and pass them on
///
/// Devices connect to the setting mqtt_listen with accounts of this data
/// directory (`yiwang user add`, `yiwang user key`). Rules come from the city as
/// a bundle that its key has signed. What is found is printed as JSON, one a
/// line, and published under alerts/RULE. Cut off from the city, the gateway
/// goes on with the bundle it has and keeps readings until the city takes them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  curl https://city.example/trail/vkey >city.vkey
  yiwang edge --data gateway --city https://city.example --trust city.vkey \\
      --key gateway.key --set mqtt_listen=127.0.0.1:1883")]
pub(crate) struct Edge {
    /// The city's address
    #[arg(long, value_name = "URL")]
    city: String,
    /// File with the city's verifier key: no bundle without its signature is used
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// File with the key of the gateway's account at the city
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Most readings that wait for the city: of more, the oldest are not passed on, stay on
    /// the gateway, and are counted
    #[arg(long, value_name = "READINGS", default_value_t = 10_000_000,
        value_parser = clap::value_parser!(u64).range(1..))]
    buffer: u64,
}

impl Edge {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        start_log(&config.settings.log)?;
        context.block_on(self.serve(context, &config))??;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(self, context: &Context, config: &Config) -> anyhow::Result<()> {
        let mut signals = Signals::hear()?;
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).with_context(|| path.display().to_string())
        };
        let trust: VerifierKey = read(&self.trust)?.trim().parse()?;
        let link = Link::new(&self.city, read(&self.key)?.trim());
        if self.city.starts_with("http://") {
            tracing::warn!("the way to the city is not protected: take https");
        }
        let (store, key) = context.open(config)?;
        let app = Arc::new(App::new(
            store,
            key,
            Arc::new(Basemap::new(BasemapStore::new(&context.data))),
            options(&config.settings),
            data_dir::caller_key(&context.data)?,
        )?);
        let (listener, tls, url) = mqtt_listener(&config.settings)
            .await?
            .context("a gateway needs the setting mqtt_listen")?;
        let plan = Plan {
            data: context.data.clone(),
            link,
            trust,
            listener,
            tls,
            buffer: self.buffer,
        };
        let stop = async move { signals.next().await };
        let ready = || output::line(&format!("listening on {url}"));
        edge::run(plan, app, stop, ready, |finding| {
            if let Err(error) = output::line(&finding.to_string()) {
                tracing::warn!(%error, "a finding could not be printed");
            }
        })
        .await
    }
}
