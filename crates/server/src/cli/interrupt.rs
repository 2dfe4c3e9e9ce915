//! Ctrl-C and SIGTERM.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Exit code of work that was stopped before it was done.
pub(crate) const STOPPED: u8 = 130;

/// Both signals, heard from now on.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(crate) fn hear() -> std::io::Result<Signals> {
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next of them.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Whether someone asked to stop: work looks at it between two steps.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Hears signals from now on. The first asks to stop, the second ends the
    /// process at once.
    pub(crate) fn hear() -> std::io::Result<Interrupt> {
        let mut signals = Signals::hear()?;
        let asked = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&asked);
        tokio::spawn(async move {
            signals.next().await;
            set.store(true, Ordering::Relaxed);
            eprintln!("stopping after this batch; once more stops at once");
            signals.next().await;
            std::process::exit(i32::from(STOPPED));
        });
        Ok(Interrupt(asked))
    }

    pub(crate) fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
