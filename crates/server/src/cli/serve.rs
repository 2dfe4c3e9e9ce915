//! `yiwang serve`.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use yiwang_server::basemap::Basemap;
use yiwang_server::data_dir;
use yiwang_server::http::{self, App, AppOptions};
use yiwang_store::basemap::BasemapStore;
use yiwang_store::{Options, Store};

use super::Context;

/// Serve the city: pages, HTTP interface, map and trail.
///
/// Prints `listening on http://ADDRESS` on standard output once it answers.
/// SIGINT (Ctrl-C) and SIGTERM stop it; what was acknowledged is in the record.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Serve {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.serve(context))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(self, context: &Context) -> anyhow::Result<()> {
        let store = Store::open(&context.data, Options::default())?;
        let key = Arc::new(data_dir::trail_key(&context.data, "yiwang.local/trail")?);
        let base_map = Arc::new(Basemap::new(BasemapStore::new(&context.data)));
        let options = AppOptions {
            max_body: 1 << 20,
            session_hours: 12,
            secure_cookie: false,
        };
        store.sign(&key).await?;
        let app = Arc::new(App::new(store, key, base_map, options)?);
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        let address = listener.local_addr()?;
        let mut out = std::io::stdout();
        writeln!(out, "listening on http://{address}")?;
        out.flush()?;
        http::serve(listener, Arc::clone(&app), stop).await;
        app.store.sign(&app.key).await?;
        Ok(())
    }
}
