//! `GET /metrics`: figures for whoever watches over the server, in the text form that
//! Prometheus and OpenMetrics collectors read.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use yiwang_base::Refusal;
use yiwang_mqtt::Cause;
use yiwang_sensing::alert::Alert;

use super::problem::Answer;
use super::session::Visitor;
use super::state::App;
use crate::policy::Right;

/// Requests that were answered, by the first digit of their status.
#[derive(Debug, Default)]
pub(super) struct Requests {
    by_class: [AtomicU64; 5],
    micros: AtomicU64,
}

impl Requests {
    fn answered(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, self.by_class.len());
        self.by_class[class - 1].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Counts a request once its answer begins.
pub(super) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let response = next.run(request).await;
    app.requests.answered(response.status(), begun.elapsed());
    response
}

/// The figures, each since the server started unless its help says otherwise.
pub(super) async fn read(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Response> {
    visitor.may(Right::ReadMetrics)?;
    let text = figures(&app)?;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

fn figures(app: &App) -> Result<String, Refusal> {
    let mut text = Text::default();
    let senders = app.sensing.devices.list();
    let sum = |of: fn(&crate::sensing::DeviceCounts) -> u64| -> u64 {
        senders.iter().map(|(_, _, counts)| of(counts)).sum()
    };
    text.counter(
        "yiwang_readings_received",
        "Readings that came.",
        sum(|c| c.readings),
    );
    text.counter(
        "yiwang_readings_refused",
        "Readings that were refused.",
        sum(|c| c.refused),
    );
    let malformed = sum(|counts| counts.malformed);
    text.counter(
        "yiwang_messages_malformed",
        "Messages that could not be read.",
        malformed,
    );
    let devices = senders.iter().filter_map(|(_, device, _)| device.as_ref());
    let quarantined = devices.filter(|device| device.quarantine.is_some()).count();
    text.gauge(
        "yiwang_devices_quarantined",
        "Devices from which nothing is taken.",
        quarantined as u64,
    );

    let standing = app.alerting.standing();
    let judging = u64::from(standing.judging);
    text.gauge(
        "yiwang_judging",
        "Whether readings are judged: 1 or 0.",
        judging,
    );
    let judged = "Readings that were judged, since the city's first.";
    text.counter("yiwang_readings_judged", judged, standing.counts.judged);
    let not_judged = "Readings that were kept and not judged, since the city's first.";
    let counts = standing.counts;
    let causes = [
        ("late", counts.late),
        ("repeated", counts.repeated),
        ("unknown_stream", counts.unknown),
        ("no_number", counts.impossible),
    ];
    text.counters("yiwang_readings_not_judged", not_judged, "cause", &causes);
    text.gauge(
        "yiwang_readings_waiting",
        "Readings that wait to be judged.",
        standing.waiting,
    );
    let pending = "Findings that wait to become alerts.";
    text.gauge("yiwang_findings_pending", pending, standing.pending);
    let open = app.store.count_open_sheets::<Alert>()?;
    text.gauge(
        "yiwang_alerts_open",
        "Alerts with which something is to be done.",
        open,
    );

    let (usage, connected) = app.mqtt.hub.usage(None);
    text.gauge(
        "yiwang_mqtt_connected",
        "Clients of the broker.",
        connected as u64,
    );
    text.gauge(
        "yiwang_mqtt_sessions",
        "Sessions, also of clients that are away.",
        usage.sessions as u64,
    );
    text.gauge(
        "yiwang_mqtt_kept_bytes",
        "Bytes kept for clients.",
        usage.bytes as u64,
    );
    let causes = Cause::ALL.map(|cause| (cause.word(), usage.dropped.by(cause)));
    let dropped = "Messages the broker dropped.";
    text.counters("yiwang_mqtt_dropped", dropped, "cause", &causes);
    let devices = app.sensing.devices.list();
    let gateways = devices
        .iter()
        .filter_map(|(name, _, counts)| Some((&**name, counts.gateway?)));
    let gateways: Vec<_> = gateways.collect();
    if !gateways.is_empty() {
        let dropped: Vec<_> = gateways
            .iter()
            .map(|(name, g)| (*name, g.dropped))
            .collect();
        let help = "Readings that gateways did not pass on: more waited than their buffers hold.";
        text.counters("yiwang_gateway_dropped", help, "gateway", &dropped);
    }
    if let Some(outside) = app.mqtt.outside() {
        let up = u64::from(outside.connected);
        text.gauge(
            "yiwang_mqtt_outside_connected",
            "Whether the outside broker is: 1 or 0.",
            up,
        );
        let taken = "Messages taken from the outside broker.";
        text.counter("yiwang_mqtt_outside_messages", taken, outside.messages);
        let broken = "Connections to the outside broker that broke.";
        text.counter("yiwang_mqtt_outside_broken", broken, outside.broken);
        if let Some(dropped) = outside.dropped {
            let help = "Messages the outside broker dropped, as it says itself.";
            text.counter("yiwang_mqtt_outside_dropped", help, dropped);
        }
    }

    let entries = *app.store.durable().borrow();
    text.gauge("yiwang_record_entries", "Entries of the record.", entries);
    text.gauge(
        "yiwang_record_waiting",
        "Changes that wait for the record.",
        app.store.waiting(),
    );
    let load = |of: &AtomicU64| of.load(Ordering::Relaxed);
    let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];
    let answered: Vec<(&str, u64)> = classes
        .into_iter()
        .zip(app.requests.by_class.iter().map(load))
        .collect();
    text.counters(
        "yiwang_http_requests",
        "Requests that were answered.",
        "status",
        &answered,
    );
    let seconds = load(&app.requests.micros) as f64 / 1e6;
    text.begin(
        "yiwang_http_request_seconds",
        "Time until answers began, seconds.",
        "counter",
    );
    let _ = writeln!(text.0, "yiwang_http_request_seconds_total {seconds}");
    Ok(text.0)
}

/// The text form: for each figure its help, its type and its samples.
#[derive(Default)]
struct Text(String);

impl Text {
    fn begin(&mut self, name: &str, help: &str, kind: &str) {
        let total = if kind == "counter" { "_total" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(
            self.0,
            "# HELP {name}{total} {help}\n# TYPE {name}{total} {kind}"
        );
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.begin(name, help, "gauge");
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.begin(name, help, "counter");
        let _ = writeln!(self.0, "{name}_total {value}");
    }

    fn counters(&mut self, name: &str, help: &str, label: &str, values: &[(&str, u64)]) {
        self.begin(name, help, "counter");
        for (of, value) in values {
            let _ = writeln!(self.0, "{name}_total{{{label}=\"{of}\"}} {value}");
        }
    }
}
