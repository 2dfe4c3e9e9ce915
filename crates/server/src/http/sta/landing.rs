//! The landing page: which sets there are, and what is implemented.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use yiwang_sensing::registry::Kind;
use yiwang_sta::{Links, names};

use super::answer::links;
use crate::http::state::App;
use crate::mqtt::read_address;

/// By what a service says that it speaks MQTT.
const BY_MQTT: [&str; 2] = [
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-observations-via-mqtt/observations-creation",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/receive-updates-via-mqtt/receive-updates",
];

/// Anyone may see what there is; what is in it needs a sign-in.
pub(super) async fn landing(State(app): State<Arc<App>>, headers: HeaderMap) -> Json<Value> {
    let links = links(&headers);
    let sets = Kind::ALL.map(|kind| {
        let name = names::set(kind);
        json!({"name": name, "url": format!("{}/{name}", links.root())})
    });
    let mut conformance = names::CONFORMANCE.to_vec();
    let mut settings = json!({});
    if let Some(url) = app
        .mqtt
        .listening
        .get()
        .and_then(|url| reached(url, &links))
    {
        conformance.extend(BY_MQTT);
        for name in BY_MQTT {
            settings[name] = json!({"endpoints": [url]});
        }
    }
    settings["conformance"] = json!(conformance);
    Json(json!({"value": sets, "serverSettings": settings}))
}

/// The broker's address as a caller reaches it: by the host that it called, where the
/// broker listens to all.
fn reached(url: &str, links: &Links) -> Option<String> {
    let (_, host, port) = read_address(url)?;
    if host != "0.0.0.0" && host != "::" {
        return Some(url.to_owned());
    }
    let (scheme, _) = url.split_once("://")?;
    let (_, called) = links.root().split_once("://")?;
    let called = called.split('/').next()?;
    let called = match called.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => called,
    };
    Some(format!("{scheme}://{called}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_that_listens_to_all_is_reached_by_the_host_that_was_called() {
        for (url, root, expected) in [
            (
                "mqtt://127.0.0.1:1883",
                "http://city.example/sta/v1.1",
                "mqtt://127.0.0.1:1883",
            ),
            (
                "mqtts://0.0.0.0:8883",
                "https://city.example:8443/sta/v1.1",
                "mqtts://city.example:8883",
            ),
            (
                "mqtt://[::]:1883",
                "http://[::1]:8080/sta/v1.1",
                "mqtt://[::1]:1883",
            ),
            (
                "mqtt://[::]:1883",
                "http://[::1]/sta/v1.1",
                "mqtt://[::1]:1883",
            ),
        ] {
            assert_eq!(
                reached(url, &Links::new(root)).as_deref(),
                Some(expected),
                "{url}"
            );
        }
    }
}
