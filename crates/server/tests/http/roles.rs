//! Who may call what: every address, every method, every role, and nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{self, Client, Town, text, town};
use crate::files::PNG;

/// Columns of the table.
const WHO: [&str; 10] = [
    "nobody",
    "operator",
    "unit",
    "verifier",
    "leader",
    "steward",
    "auditor",
    "admin",
    "partner",
    "contributor",
];

/// What each gets. A command that is allowed answers 412 here, since the
/// version named is never the case's: so nothing changes while the table is read.
const TABLE: &[(&str, &str)] = &[
    //                                           nobody op. unit ver. lead stew audi admin partner contributor
    ("GET /", "200 200 200 200 200 200 200 200 200 200"),
    (
        "GET /api/v1/cases/breakdown",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/views",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/views",
        "401 412 412 412 412 412 412 412 403 403",
    ),
    (
        "GET /api/v1/studies",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/studies/{study}",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    // What is sent here says no reason.
    (
        "PUT /api/v1/studies/{study}",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "POST /api/v1/studies/{study}/end",
        "401 403 403 403 403 404 403 403 403 403",
    ),
    (
        "GET /api/v1/scenarios",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/scenarios/{scenario}",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    // What is sent here names no category.
    (
        "PUT /api/v1/scenarios/{scenario}",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "GET /api/v1/scenarios/{scenario}/history",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "POST /api/v1/scenarios/{scenario}/drills",
        "401 404 404 403 403 404 403 403 403 403",
    ),
    (
        "PUT /api/v1/scenarios/{scenario}/rating",
        "401 404 404 404 403 403 403 403 403 403",
    ),
    (
        "PUT /api/v1/scenarios/{scenario}/acceptance",
        "401 403 403 403 404 403 403 403 403 403",
    ),
    (
        "GET /api/v1/scenario-coverage",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/scenario-coverage/export",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/city/domains",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/city/domains/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/domains",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/rules",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "POST /api/v1/rules",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/rules/preview",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // What is sent here ends when it begins.
    (
        "POST /api/v1/rules/preview",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/judging",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/rules/{rule}/history",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "GET /api/v1/alerts",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/alerts/{alert}",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "POST /api/v1/alerts/{alert}/steps",
        "401 404 404 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/alerts/{alert}/reports",
        "401 404 404 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/alerts/{alert}/case",
        "401 404 404 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/warnings",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // What is sent here says no ground.
    (
        "POST /api/v1/warnings",
        "401 422 403 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/warnings/{warning}",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "POST /api/v1/warnings/{warning}/steps",
        "401 404 403 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/warning-settings",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // What is sent here names no sender.
    (
        "PUT /api/v1/warning-settings",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "GET /api/v1/warning-settings/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // What is sent here would hold for longer than warnings may.
    (
        "POST /api/v1/warnings/cap",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/public-warnings",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /cap/feed.atom",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /cap/{message}",
        "404 404 404 404 404 404 404 404 404 404",
    ),
    ("GET /healthz", "200 200 200 200 200 200 200 200 200 200"),
    ("GET /metrics", "401 403 403 403 403 200 200 200 403 403"),
    (
        "GET /api/v1/openapi.json",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /api/v1/city",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /api/v1/areas.geojson",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /api/v1/session",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "POST /api/v1/session",
        "401 401 401 401 401 401 401 401 401 401",
    ),
    (
        "POST /api/v1/requests",
        "201 201 201 201 201 201 201 201 201 201",
    ),
    // An empty list is no list.
    (
        "POST /api/v1/requests/batch",
        "401 422 403 403 403 403 403 403 422 403",
    ),
    (
        "GET /api/v1/follow/{code}",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "POST /api/v1/follow/{code}/call-back",
        "409 409 409 409 409 409 409 409 409 409",
    ),
    (
        "POST /api/v1/follow/{code}/reopen",
        "409 409 409 409 409 409 409 409 409 409",
    ),
    (
        "POST /api/v1/follow/{code}/answer-question",
        "409 409 409 409 409 409 409 409 409 409",
    ),
    // A resident may withdraw at any time: what is sent here says no reason.
    (
        "POST /api/v1/follow/{code}/withdraw",
        "422 422 422 422 422 422 422 422 422 422",
    ),
    // Nine files are as many as a resident may send: the tenth is too many.
    (
        "POST /api/v1/follow/{code}/attach",
        "200 200 200 200 200 200 200 200 200 413",
    ),
    (
        "GET /api/v1/follow/{code}/files/{seq}",
        "404 404 404 404 404 404 404 404 404 404",
    ),
    (
        "GET /api/v1/cases",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/cases/counts",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // Whoever is bound to no unit names one; an empty list is no list.
    (
        "GET /api/v1/queue",
        "401 422 200 422 422 422 422 422 403 403",
    ),
    (
        "POST /api/v1/cases/batch",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/cases/{id}",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/cases/{id}/proof",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/cases/{id}/suggestion",
        "401 200 200 200 200 403 403 403 403 403",
    ),
    (
        "POST /api/v1/suggestions",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    // Nobody has said near which place.
    (
        "GET /api/v1/near",
        "422 422 422 422 422 422 422 422 422 422",
    ),
    (
        "GET /api/v1/cases/recurring",
        "401 200 200 200 200 403 403 403 403 403",
    ),
    (
        "GET /api/v1/figures/load",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/topics",
        "401 200 200 200 200 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/accept",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/decline",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/dispatch",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/start",
        "401 403 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/report-back",
        "401 403 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/verify",
        "401 412 403 412 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/close",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/call-back",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/reopen",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/erase",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/return",
        "401 403 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/recall",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/redirect",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    // The unit leads, and the desk chooses who assists it: it may do neither.
    (
        "POST /api/v1/cases/{id}/add-unit",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/remove-unit",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/report-part",
        "401 403 403 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/cases/{id}/duplicates",
        "401 200 200 200 200 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/merge",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/unmerge",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/duplicates/clusters",
        "401 200 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/similar",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "POST /api/v1/similar/{offer}/join",
        "404 404 404 404 404 404 404 404 404 404",
    ),
    (
        "GET /api/v1/whistles",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // A unit has the right to call if it is a street or a community; this one is not.
    (
        "POST /api/v1/whistles",
        "401 201 403 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/whistles/check-ins",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/whistles/{whistle}",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // The desk blew it and called the unit.
    (
        "POST /api/v1/whistles/{whistle}/call-unit",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/check-in",
        "401 403 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/refuse",
        "401 403 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/reach",
        "401 412 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/reopen",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/confirm",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/score",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/close",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/withdraw",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/whistles/{whistle}/erase",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/seats",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/city/seats",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/seats",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/city/seats/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/roster",
        "401 200 200 403 403 200 403 403 403 403",
    ),
    (
        "GET /api/v1/roster/{unit}",
        "401 200 200 403 403 200 403 403 403 403",
    ),
    (
        "POST /api/v1/roster/{unit}",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "POST /api/v1/roster/{unit}/swap",
        "401 403 412 403 403 412 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/settle-due",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/city/units",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/units/{unit}",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/areas/{area}/history",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "GET /api/v1/city/units/{unit}/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/city/categories",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/categories/{category}",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/city/categories/{category}/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/city/settings",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/settings",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/city/settings/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/city/automatic",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/automatic",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/city/automatic/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/city/duplicates",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/duplicates",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/city/duplicates/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "POST /api/v1/city/limits/try",
        "401 403 403 403 403 200 403 403 403 403",
    ),
    (
        "POST /api/v1/city/automatic/train",
        "401 403 403 403 403 200 403 403 403 403",
    ),
    (
        "GET /api/v1/calendar",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/calendar/{year}/history",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "PUT /api/v1/calendar/{year}",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/areas/coverage",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/areas/coverage.geojson",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/authority",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/authority/ladder",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/figures",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/figures/export",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/cases/export",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/figures/cases",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // The usual formula counts turns.
    (
        "GET /api/v1/figures/calls",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/formulas",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // A version that is there already: nobody adds one while the table is read.
    (
        "POST /api/v1/formulas",
        "401 403 403 403 403 409 403 403 403 403",
    ),
    (
        "POST /api/v1/formulas/try",
        "401 403 403 403 403 409 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/ask-extension",
        "401 403 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/extend",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/refuse-extension",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/shelve",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/ask-resident",
        "401 412 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/answer-question",
        "401 412 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/resume",
        "401 412 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/supervise",
        "401 412 412 403 412 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/answer-supervision",
        "401 403 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/release",
        "401 412 412 403 412 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/score",
        "401 412 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/comment",
        "401 412 412 412 412 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/withdraw",
        "401 412 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/cases/{id}/attach",
        "401 412 412 412 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/cases/{id}/files/{seq}",
        "401 404 404 404 404 403 403 403 403 403",
    ),
    // What is no Base64 is no file.
    (
        "POST /api/v1/requests/table",
        "401 422 403 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/callers",
        "401 200 403 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/webhooks",
        "401 403 403 403 403 200 403 403 403 403",
    ),
    // An address inside the house.
    (
        "POST /api/v1/webhooks",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "GET /api/v1/webhooks/{hook}/dead",
        "401 403 403 403 403 404 403 403 403 403",
    ),
    (
        "POST /api/v1/webhooks/{hook}/resend",
        "401 403 403 403 403 404 403 403 403 403",
    ),
    (
        "GET /api/v1/city/templates",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "PUT /api/v1/city/templates/{template}",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /api/v1/city/templates/{template}/history",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    // No street is named.
    (
        "GET /api/v1/city/templates/{template}/preview",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/city/reorganizations",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "POST /api/v1/city/reorganizations",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "POST /api/v1/city/reorganizations/{reorganization}/undo",
        "401 403 403 403 403 404 403 403 403 403",
    ),
    (
        "GET /api/v1/grid/layers",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/grid/layers/{layer}",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "PUT /api/v1/grid/layers/{layer}",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "GET /api/v1/grid/layers/{layer}/history",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "POST /api/v1/grid/layers/{layer}/set-back",
        "401 403 403 403 403 404 403 403 403 403",
    ),
    (
        "GET /api/v1/grid/preview",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/grid/preview.geojson",
        "401 422 422 422 422 422 422 422 403 403",
    ),
    (
        "GET /api/v1/grid/merges",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/grid/merges/{merge}",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "POST /api/v1/grid/merges",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "POST /api/v1/grid/merges/{merge}/undo",
        "401 403 403 403 403 404 403 403 403 403",
    ),
    (
        "GET /api/v1/accounts",
        "401 403 403 403 403 403 403 200 403 403",
    ),
    (
        "POST /api/v1/accounts",
        "401 403 403 403 403 403 403 409 403 403",
    ),
    (
        "GET /api/v1/accounts/{user}/history",
        "401 403 403 403 403 403 403 404 403 403",
    ),
    (
        "POST /api/v1/accounts/{user}/password",
        "401 403 403 403 403 403 403 404 403 403",
    ),
    (
        "POST /api/v1/accounts/{user}/disable",
        "401 403 403 403 403 403 403 404 403 403",
    ),
    (
        "POST /api/v1/accounts/{user}/enable",
        "401 403 403 403 403 403 403 404 403 403",
    ),
    (
        "POST /api/v1/accounts/{user}/key",
        "401 403 403 403 403 403 403 404 403 403",
    ),
    // A deliberation of the unit `lights`: no vote is held in it, and it has no credit.
    (
        "GET /api/v1/dossiers",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "POST /api/v1/dossiers",
        "201 201 201 201 201 201 201 201 201 201",
    ),
    (
        "GET /api/v1/dossiers/{dossier}",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "POST /api/v1/dossiers/{dossier}",
        "401 412 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/dossiers/{dossier}/cases",
        "401 412 412 403 403 403 403 403 403 403",
    ),
    (
        "POST /api/v1/dossiers/{dossier}/erase",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "POST /api/v1/dossiers/{dossier}/voices",
        "422 422 422 422 422 422 422 422 422 422",
    ),
    (
        "POST /api/v1/dossiers/{dossier}/remarks",
        "409 409 409 409 409 409 409 409 409 409",
    ),
    (
        "GET /api/v1/dossiers/{dossier}/credit",
        "401 404 404 404 404 404 404 404 403 403",
    ),
    (
        "POST /api/v1/proposals/scan",
        "401 200 403 403 403 403 403 403 403 403",
    ),
    (
        "GET /api/v1/disputes/signals",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/needs",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /api/v1/contributions",
        "401 200 200 200 200 200 200 200 403 200",
    ),
    (
        "GET /api/v1/events",
        "401 200 200 200 200 200 200 200 403 403",
    ),
    (
        "GET /tiles/base/{z}/{x}/{y}",
        "204 204 204 204 204 204 204 204 204 204",
    ),
    (
        "GET /tiles/cases/{z}/{x}/{y}",
        "401 200 200 200 200 403 403 403 403 403",
    ),
    ("GET /trail/vkey", "200 200 200 200 200 200 200 200 200 200"),
    (
        "GET /trail/checkpoint",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /trail/tile/0/000.p/1",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /trail/tile/entries/000.p/1",
        "401 403 403 403 403 200 200 200 403 403",
    ),
    // Open311 knows people by their key, not by a session: the suite for it has the rest.
    (
        "GET /open311/discovery.xml",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/discovery.json",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/services.xml",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/services.json",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/services/{file}",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/requests.xml",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/requests.json",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/requests/{file}",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/tokens/{file}",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/servicerequestupdates.xml",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /open311/v2/servicerequestupdates.json",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "POST /open311/v2/requests.xml",
        "400 400 400 400 400 400 400 400 400 400",
    ),
    (
        "POST /open311/v2/requests.json",
        "400 400 400 400 400 400 400 400 400 400",
    ),
    (
        "POST /open311/v2/servicerequestupdates.xml",
        "400 400 400 400 400 400 400 400 400 400",
    ),
    (
        "POST /open311/v2/servicerequestupdates.json",
        "400 400 400 400 400 400 400 400 400 400",
    ),
    (
        "GET /api/v1/nothing",
        "404 404 404 404 404 404 404 404 404 404",
    ),
    (
        "GET /assets/nothing.js",
        "404 404 404 404 404 404 404 404 404 404",
    ),
    // What the standard answers a malformed body or address with is 400.
    ("GET /sta/v1.1", "200 200 200 200 200 200 200 200 200 200"),
    ("GET /sta/v1.1/", "200 200 200 200 200 200 200 200 200 200"),
    (
        "GET /sta/v1.1/Things",
        "401 200 200 200 200 200 200 200 200 403",
    ),
    (
        "POST /sta/v1.1/Things",
        "401 403 403 403 403 400 403 403 400 403",
    ),
    (
        "PUT /sta/v1.1/Things",
        "401 403 403 403 403 400 403 403 400 403",
    ),
    (
        "DELETE /sta/v1.1/Things",
        "401 403 403 403 403 400 403 403 400 403",
    ),
    (
        "PATCH /sta/v1.1/Things",
        "401 415 415 415 415 415 415 415 415 403",
    ),
    (
        "POST /sta/v1.1/CreateObservations",
        "401 403 403 403 403 403 403 403 400 403",
    ),
    (
        "POST /sta/v1.1/$batch",
        "401 400 400 400 400 400 400 400 400 403",
    ),
    (
        "GET /api/v1/devices",
        "401 200 200 200 200 200 200 200 200 403",
    ),
    (
        "PUT /api/v1/devices/{device}",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "POST /api/v1/devices/{device}/key",
        "401 403 403 403 403 409 403 403 403 403",
    ),
    // This device's account was there before it.
    (
        "GET /api/v1/devices/{device}/keys",
        "401 403 403 403 403 409 403 403 403 403",
    ),
    (
        "DELETE /api/v1/devices/{device}/keys/{key}",
        "401 403 403 403 403 409 403 403 403 403",
    ),
    (
        "GET /api/v1/devices/{device}/history",
        "401 403 403 403 403 200 200 200 403 403",
    ),
    (
        "GET /api/v1/edge/bundle",
        "401 403 403 403 403 403 403 403 200 403",
    ),
    (
        "POST /api/v1/edge/standing",
        "401 403 403 403 403 403 403 403 200 403",
    ),
    (
        "GET /api/v1/mqtt",
        "401 200 200 200 200 200 200 200 200 403",
    ),
    (
        "GET /api/v1/mqtt/mappings",
        "401 403 403 403 403 200 403 403 403 403",
    ),
    (
        "PUT /api/v1/mqtt/mappings/{mapping}",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "GET /api/v1/mqtt/mappings/{mapping}/history",
        "401 403 403 403 403 404 403 403 403 403",
    ),
    (
        "POST /api/v1/mqtt/mappings/try",
        "401 403 403 403 403 422 403 403 403 403",
    ),
    (
        "POST /api/v1/devices/{device}/release",
        "401 403 403 403 403 200 403 403 403 403",
    ),
    (
        "GET /api/v1/readings/summaries",
        "401 422 422 422 422 422 422 422 422 403",
    ),
    (
        "GET /api/v1/readings/baseline",
        "401 422 422 422 422 422 422 422 422 403",
    ),
    (
        "GET /api/v1/readings/export",
        "401 422 422 422 422 422 422 422 422 403",
    ),
    (
        "GET /api/v1/readings/aggregates",
        "401 200 200 200 200 200 200 200 200 403",
    ),
    (
        "GET /api/v1/readings/retention",
        "401 200 200 200 200 200 200 200 200 403",
    ),
    (
        "GET /api/v1/readings/retention/history",
        "401 200 200 200 200 200 200 200 200 403",
    ),
    (
        "PUT /api/v1/readings/retention",
        "401 403 403 403 403 412 403 403 403 403",
    ),
    (
        "GET /ogc/features",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /ogc/features/",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /ogc/features/api",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /ogc/features/conformance",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /ogc/features/collections",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /ogc/features/collections/{collection}",
        "200 200 200 200 200 200 200 200 200 200",
    ),
    (
        "GET /ogc/features/collections/{collection}/items",
        "401 200 200 200 200 200 200 200 200 403",
    ),
    (
        "GET /ogc/features/collections/{collection}/items/{feature}",
        "401 404 404 404 404 404 404 404 404 403",
    ),
    ("POST /", "405 405 405 405 405 405 405 405 405 405"),
    // Signing out ends the session that the rows before it use: it comes last.
    (
        "DELETE /api/v1/session",
        "204 204 204 204 204 204 204 204 204 204",
    ),
];

/// Every call there is: what OpenAPI describes, and the other addresses.
fn calls() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&yiwang_server::http::document()).unwrap();
    let mut calls = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            calls.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    for path in yiwang_server::http::other_paths() {
        // The trail's one address serves three sorts of file, each with its own row.
        let rows: &[&str] = match path {
            "/trail/{*path}" => &[
                "/trail/checkpoint",
                "/trail/tile/0/000.p/1",
                "/trail/tile/entries/000.p/1",
            ],
            // One address serves all sets, their entities and properties.
            "/sta/v1.1/{*path}" => &["/sta/v1.1/Things"],
            "/sta/v1.1/CreateObservations" | "/sta/v1.1/$batch" => &[],
            _ => &[path],
        };
        if path == "/sta/v1.1/{*path}" {
            let methods = ["POST", "PUT", "PATCH", "DELETE"].iter();
            calls.extend(methods.map(|method| format!("{method} /sta/v1.1/Things")));
        } else if path.starts_with("/sta/v1.1/") && rows.is_empty() {
            calls.insert(format!("POST {path}"));
        }
        calls.extend(rows.iter().map(|row| format!("GET {row}")));
        if path.contains("/requests.") || path.contains("/servicerequestupdates.") {
            calls.insert(format!("POST {path}"));
        }
    }
    calls
}

fn body(path: &str) -> Value {
    if path.contains("/whistles") {
        return whistle_body(path);
    }
    if path.contains("/dossiers") {
        return dossier_body(path);
    }
    if path.contains("/mqtt/mappings") {
        let mapping =
            json!({"active": true, "topic": "gauges/7", "streams": {"": 404}, "result": "/level"});
        return match path.ends_with("/try") {
            true => json!({"mapping": mapping, "topic": "gauges/7", "message": "1"}),
            false => json!({"value": mapping}),
        };
    }
    if ["/rules", "/alerts", "/warning"]
        .iter()
        .any(|part| path.contains(part))
    {
        return sensing_body(path);
    }
    match path.trim_end_matches("/try").rsplit('/').next().unwrap() {
        "views" => json!({"views": []}),
        "accounts" => json!({"name": "operator", "role": "operator"}),
        "police" => json!({"type": "FeatureCollection", "features": []}),
        "merges" => json!({"layers": ["moon"], "fingerprint": "x"}),
        "6-2" => json!({"value": {
            "name": {"zh": "一室", "en": "One office"},
            "parts": [{"code": "one", "name": {"zh": "一室", "en": "One"}, "kind": "office"}],
        }}),
        "reorganizations" => json!({
            "template": "6-2", "street": "moon", "hand_over": true, "fingerprint": "x"
        }),
        "2027" => json!({"year": 2027, "source": "x", "make_up_days": [],
            "holidays": [{"name": {"zh": "元旦", "en": "New Year"}, "from": "2027-01-01", "to": "2027-01-01"}]}),
        "session" => json!({"user": "operator", "password": "wrong"}),
        "standing" => json!({"waiting": 0, "buffer": 1, "dropped": 0, "refused": 0}),
        "settings" => json!({"value": settings_body()}),
        "retention" => {
            json!({"value": {"readings_days": 0, "minute_days": 0, "hour_days": 0}})
        }
        "automatic" => json!({"value": {"from_permille": 900}}),
        "set-back" => json!({"version": 0}),
        "seats" => json!({"value": {"units": ["lights"]}}),
        "duplicates" => json!({"value": {
            "shown_permille": 350, "sure_permille": 620, "window_days": 45,
        }}),
        "lights" if path.contains("/city/units/") => json!({"value": {
            "name": {"zh": "照明", "en": "Lighting"}, "kind": "department", "duties": ["light"],
            "areas": [],
        }}),
        "light" => json!({"value": {
            "name": {"zh": "路灯", "en": "Street light"}, "group": {"zh": "设施", "en": "Facilities"},
            "limits": {
                "grade": "ordinary",
                "respond": {"measure": "clock", "amount": 60},
                "resolve": {"measure": "working_days", "amount": 3},
            },
        }}),
        "requests" => json!({"words": "路灯不亮", "place": {"address": "春风路"}}),
        "suggestions" => json!({"words": "路灯不亮"}),
        "batch" => json!([]),
        "table" => json!({"name": "x", "content": "?", "dry_run": true}),
        "release" if path.contains("/devices/") => json!({"reason": "x"}),
        "key" => json!({}),
        "partner" => json!({"things": [], "most_per_minute": 1}),
        "callers" => json!({"phone": "19900001234"}),
        "webhooks" => {
            json!({"code": "x", "url": "https://127.0.0.1/", "purpose": "notify", "active": true})
        }
        "domains" => json!({"value": {"categories": {"elder_care": ["light"]}}}),
        "lifts" => json!({"value": {
            "name": {"zh": "x", "en": "x"}, "serves": {"zh": "x", "en": "x"},
            "domain": "elder_care", "categories": [], "gates": {
                "answers": 30, "days": 180, "drill_days": 365, "liked_percent": 60, "people": 3,
                "raters": 5, "satisfied_percent": 80, "used_percent": 20,
            },
        }}),
        "spring" => json!({
            "name": {"zh": "x", "en": "x"}, "control_percent": 50, "aim_percent": 20,
            "away_minutes": 15, "grounds": "",
        }),
        "end" if path.contains("/studies/") => json!({"grounds": "x"}),
        "drills" => json!({"on": "2026-01-01", "units": ["lights"], "evidence": "x",
            "steps": [{"name": "x", "passed": true}]}),
        "rating" => json!({"rating": 5}),
        "acceptance" => json!({"accepted": false, "grounds": "x"}),
        "accept" => json!({"category": "light"}),
        "decline" => json!({"reason": "no_request", "note": "x"}),
        "dispatch" => json!({"unit": "lights"}),
        "report-back" | "reopen" => json!({"note": "x"}),
        "verify" => json!({"pass": true}),
        "call-back" if path.contains("follow") => json!({"solved": true}),
        "call-back" => json!({"reached": false}),
        "erase" => json!({"ground": "x"}),
        "return" => json!({"reason": "not_our_duty", "note": "x"}),
        "redirect" => json!({"unit": "roads-east", "reason": "x"}),
        "add-unit" => json!({"unit": "roads-east"}),
        "remove-unit" => json!({"unit": "roads-east", "reason": "x"}),
        "withdraw" if path.contains("follow") => json!({"note": ""}),
        "report-part" | "ask-resident" | "answer-question" | "answer-supervision" | "comment"
        | "withdraw" => json!({"note": "x"}),
        "ask-extension" => json!({"resolve_by": "2099-01-01T00:00:00Z", "reason": "x"}),
        "extend" | "refuse-extension" => json!({"reason": "x"}),
        "shelve" => json!({
            "reason": "awaiting_funds", "review_by": "2099-01-01T00:00:00Z", "note": "x"
        }),
        "supervise" => json!({
            "level": "key", "answer_by": "2099-01-01T00:00:00Z", "note": "x"
        }),
        "score" => json!({"unit": "lights", "score": 3, "reason": "x"}),
        "formulas" => json!({
            "code": "response", "version": 1, "name": {"zh": "x", "en": "x"}, "counted": "turns",
            "dated": "closed", "better": "higher", "enough": 30, "exclusions": [],
            "met": {"all": ["solved"]}, "grounds": "x"
        }),
        "merge" => json!({"into": "C1"}),
        "unmerge" => json!({"reason": "x"}),
        "similar" => json!({"words": "路灯不亮"}),
        "swap" => json!({"first": 0, "second": 1}),
        _ if path.contains("/roster/") => json!({"shifts": []}),
        _ => json!({}),
    }
}

/// All that a city can be set to.
pub(super) fn settings_body() -> Value {
    let hour = json!({"measure": "clock", "amount": 60});
    let both = json!({"respond": hour, "resolve": hour});
    json!({
        "name": {"zh": "云陵", "en": "Yunling"},
        "calendar": {
            "zone": "Asia/Shanghai", "hours": {"open": 540, "close": 1050}, "breaks": [],
            "weekdays": [{"day": "sat", "hours": [{"open": 540, "close": 720}]}],
            "holidays": ["2026-06-30"], "make_up_days": [], "unlisted_years": "plain_week",
        },
        "limits": {
            "desk": {"accept": hour, "dispatch": hour, "verify": hour, "close": hour},
            "whistle": {"daily": hour, "campaign": hour, "emergency": hour},
            "grades": {"emergency": both, "supply": both, "ordinary": both, "complex": both},
            "allowance": {
                "extensions": 1, "extended_percent": 150, "shelve_days": 90, "answer": hour,
                "questions": 2,
            },
        },
    })
}

/// Of a micro-project, which anyone may propose, and of a deliberation.
fn dossier_body(path: &str) -> Value {
    match path.rsplit('/').next().unwrap() {
        "dossiers" => json!({"micro_project": {"propose": {"area": "west", "words": "长椅"}}}),
        "cases" => json!({"words": "划线", "address": "春风路", "category": "road"}),
        "erase" => json!({"ground": "x"}),
        "voices" => json!({"options": [0]}),
        "remarks" => json!({"words": "x"}),
        _ => json!({"deliberation": {"add_step": {"title": {"zh": "走访"}, "on": "2030-01-05"}}}),
    }
}

fn sensing_body(path: &str) -> Value {
    let words = json!({"zh": "x", "en": "x"});
    match path.trim_start_matches("/api/v1/") {
        "rules" => json!({"code": "high", "rule": {
            "name": words, "cause": "x",
            "when": {"one": {
                "measure": {"value": {}}, "levels": [{"at": 1, "colour": "blue"}],
                "streams": {"properties": ["x"]},
            }},
        }}),
        "rules/preview" => json!({
            "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z",
            "rule": sensing_body("rules")["rule"],
        }),
        "warnings" => json!({"ground": "", "status": "test", "content": {
            "area_words": words, "colour": "blue", "description": words, "event": "x",
            "event_name": words, "expires": "2030-01-01T00:00:00Z", "instruction": words,
        }}),
        "warning-settings" => {
            json!({"value": {"sender": {"code": "", "sender": ""}, "tables": []}})
        }
        "warnings/cap" => {
            json!({"status": "test", "content": sensing_body("warnings")["content"]})
        }
        path if path.ends_with("/case") => json!({"reason": "x"}),
        path if path.starts_with("warnings/") => json!({"action": "issue"}),
        _ => json!({"action": "acknowledge"}),
    }
}

fn whistle_body(path: &str) -> Value {
    match path.rsplit('/').next().unwrap() {
        "whistles" => json!({
            "kind": "daily", "words": "请到场", "area": "west", "calls": [{"unit": "lights"}]
        }),
        "call-unit" => json!({"unit": "roads-east"}),
        "check-in" => json!({"person": "x", "place": {"address": "x"}}),
        "refuse" | "withdraw" => json!({"reason": "x"}),
        "reach" => json!({"milestone": 0}),
        "reopen" => json!({"milestone": 0, "reason": "x"}),
        "score" => json!({"unit": "lights", "score": 5}),
        "erase" => json!({"ground": "x"}),
        _ => json!({}),
    }
}

/// The status alone: a live feed has no end to wait for.
fn status(client: &Client, method: &str, path: &str) -> u16 {
    let method: Method = method.parse().unwrap();
    let headers = [("If-Match", "\"99\"".to_owned())];
    if path.ends_with("/attach") {
        let picture = ("image/png", PNG.to_vec());
        return client.send(method, path, &headers, Some(picture)).status;
    }
    let writes = method == Method::POST || method == Method::PUT;
    let body = writes.then(|| body(path));
    client.status(method, path, &headers, body.as_ref())
}

#[test]
fn each_role_may_call_what_the_table_says_and_nothing_else() {
    let town = Town::new();
    let id = town.case_at("dispatched");
    let operator = town.person("operator");
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    let code = text(&case["follow_code"]);
    let whistle = operator.post("/api/v1/whistles", &whistle_body("/whistles"));
    let whistle = text(&whistle.expect(201)["id"]);
    let convene = json!({"deliberation": {"convene": {
        "title": {"zh": "停车"}, "agenda": {"zh": "车位怎么分"}, "area": "west", "unit": "lights",
        "form": "meeting", "parties": [{"zh": "居民代表"}],
    }}});
    let dossier = operator.post("/api/v1/dossiers", &convene);
    let dossier = text(&dossier.expect(201)["id"]);
    let seen = [("If-Match", "\"0\"".to_owned())];
    let device = body("/api/v1/devices/partner");
    let steward = town.person("steward");
    let registered = steward.call(Method::PUT, "/api/v1/devices/partner", &seen, Some(&device));
    registered.expect(200);
    town.nobody().get("/trail/checkpoint");
    let mut wrong = BTreeMap::new();
    for &(call, row) in TABLE {
        let (method, path) = call.split_once(' ').unwrap();
        let path = path
            .replace("{id}", &id)
            .replace("{scenario}", "lifts")
            .replace("{study}", "spring")
            .replace("{whistle}", &whistle)
            .replace("{dossier}", &dossier)
            .replace("{unit}", "lights")
            .replace("{offer}", "no-such-offer-was-made-x")
            .replace("{code}", &code)
            .replace("{category}", "light")
            .replace("{year}", "2027")
            .replace("{rule}", "none")
            .replace("{alert}", "99")
            .replace("{warning}", "99")
            .replace("{message}", "none.xml")
            .replace("{hook}", "none")
            .replace("{device}", "partner")
            .replace("{key}", "0123456789abcdef")
            .replace("{collection}", "things")
            .replace("{feature}", "9")
            .replace("{layer}", "police")
            .replace("{merge}", "7")
            .replace("{template}", "6-2")
            .replace("{reorganization}", "7")
            .replace("{user}", "king")
            .replace("{z}/{x}/{y}", "0/0/0.mvt")
            .replace("{seq}", "0")
            .replace("services/{file}", "services/light.xml")
            .replace("{file}", &format!("{id}.json"));
        if call == "GET /" && !common::pages_are_built() {
            println!("skipped: {call}: the pages are not built");
            continue;
        }
        let expected = row.split(' ').map(|status| status.parse::<u16>().unwrap());
        let answers = expected.clone().count();
        assert_eq!(answers, WHO.len(), "{call} has one answer for each");
        for (who, expected) in WHO.into_iter().zip(expected) {
            let client = match who {
                "nobody" => town.nobody(),
                who => town.person(who),
            };
            let found = status(&client, method, &path);
            if found != expected {
                wrong.insert(format!("{call} for {who}"), (expected, found));
            }
        }
    }
    assert!(wrong.is_empty(), "(expected, found): {wrong:#?}");
}

#[test]
fn the_table_names_every_call_there_is() {
    let named: BTreeSet<String> = TABLE.iter().map(|(call, _)| (*call).to_owned()).collect();
    let calls = calls();
    let missing: Vec<_> = calls.difference(&named).collect();
    assert!(missing.is_empty(), "who may call these? {missing:?}");
    let gone: Vec<_> = named.difference(&calls).cloned().collect();
    let extra = [
        "GET /",
        "GET /api/v1/nothing",
        "GET /assets/nothing.js",
        "POST /",
    ];
    assert_eq!(gone, extra, "these are not calls any more");
}

#[test]
fn methods_that_a_call_does_not_have_are_refused() {
    let town = Town::new();
    let calls = calls();
    let paths: BTreeSet<&str> = calls
        .iter()
        .map(|call| call.split_once(' ').unwrap().1)
        .collect();
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
            if calls.contains(&format!("{method} {path}")) {
                continue;
            }
            let address = path
                .replace("{z}/{x}/{y}", "0/0/0.mvt")
                .replace(['{', '}'], "");
            // A connection of its own: the server may close it, having not read on.
            let admin = town.person("admin");
            let answer = admin.send(method.parse().unwrap(), &address, &[], None);
            answer.refused(405, "method.not-allowed");
            assert!(!answer.header("allow").is_empty(), "{method} {path}");
        }
    }
}

#[test]
fn an_account_whose_role_nobody_knows_may_do_nothing() {
    let directory = crate::common::Directory::new();
    town::found(&directory.path());
    pollster::block_on(async {
        let options = yiwang_store::Options::default();
        let store = yiwang_store::Store::open(&directory.path(), options).unwrap();
        let now = yiwang_base::Timestamp::now();
        let later = yiwang_base::from_millis(yiwang_base::to_millis(now) + 3_600_000);
        for (name, role) in [("king", "king"), ("loose", "unit")] {
            let mut account = town::account("operator", false);
            account.name = name.parse().unwrap();
            account.role = role.into();
            store
                .set_account(account, "x".into(), "system:test".into(), now)
                .await
                .unwrap();
            let hash = town::token_hash(name);
            store
                .open_session(hash, name.parse().unwrap(), now, later)
                .await
                .unwrap();
        }
    });
    let server = crate::common::Server::on(&directory.path());
    let king = Client::person(&server.address, "king");
    king.get("/api/v1/cases").refused(401, "session.none");
    // Staff of a unit who have no unit see no case at all.
    let loose = Client::person(&server.address, "loose");
    for path in [
        "/api/v1/cases",
        "/api/v1/cases/counts",
        "/api/v1/cases/export",
        "/api/v1/figures/cases",
        "/api/v1/events",
        "/tiles/cases/0/0/0.mvt",
    ] {
        loose.get(path).refused(403, "policy.forbidden");
    }
}
