//! The HTTP interface: the router is its table of contents.

mod accounts;
mod aggregates;
mod alert_case;
mod alerts;
mod answers;
mod assets;
mod attempts;
mod baseline;
mod batch;
mod body;
mod calendar;
mod callers;
mod cap;
mod cases;
mod commands;
pub mod control;
pub mod control_import;
mod coverage;
mod cursor;
mod devices;
mod dossiers;
mod duplicates;
mod edge;
mod events;
mod exports;
mod features;
mod figures;
mod files;
mod filter;
mod follow;
#[cfg(test)]
mod fuzz;
mod grid;
mod hooks;
mod kept;
mod mappings;
mod metrics;
mod near;
mod open311;
mod openapi;
mod organization;
mod parameters;
mod patrol;
mod place;
mod problem;
mod queue;
mod readings;
mod requests;
mod retention;
mod roster;
mod rules;
mod scenarios;
mod seats;
mod serve;
mod session;
mod settings;
mod similar;
mod sta;
mod state;
mod studies;
mod suggestions;
mod table;
mod templates;
mod tiles;
mod topics;
mod trail;
mod views;
mod warning_settings;
mod warnings;
mod whistle_filter;
mod whistles;

pub(crate) use commands::code as read_code;
pub use openapi::document;
pub use problem::Problem;
pub use serve::serve;
pub(crate) use session::Session;
pub use session::{COOKIE, hash_password, new_token, token_hash};
pub(crate) use state::now;
pub use state::{App, AppOptions};

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Everything the server answers.
pub fn router(app: Arc<App>) -> Router {
    let (api, _) = api_router().split_for_parts();
    other_routes()
        .into_iter()
        .fold(api, |router, (path, route)| router.route(path, route))
        .fallback(assets::serve)
        .layer(DefaultBodyLimit::max(app.options.max_body))
        .layer(from_fn(problem::boundary))
        .layer(from_fn_with_state(Arc::clone(&app), metrics::count))
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .with_state(app)
}

/// What OpenAPI does not describe: other standards describe tiles, trail, Open311,
/// SensorThings and OGC API Features.
fn other_routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    let document = openapi::document();
    let mut routes = vec![
        (
            "/api/v1/openapi.json",
            get(move || openapi::serve(document.clone())),
        ),
        ("/tiles/base/{z}/{x}/{y}", get(tiles::base)),
        ("/tiles/cases/{z}/{x}/{y}", get(tiles::cases)),
        ("/trail/vkey", get(trail::verifier_key)),
        ("/trail/{*path}", get(trail::read)),
        ("/cap/feed.atom", get(cap::feed)),
        ("/cap/{message}", get(cap::message)),
        ("/healthz", get(state::health)),
        ("/metrics", get(metrics::read)),
    ];
    routes.extend(open311::routes());
    routes.extend(sta::routes());
    routes.extend(features::routes());
    routes
}

/// Addresses that the OpenAPI document does not name.
pub fn other_paths() -> Vec<&'static str> {
    other_routes().into_iter().map(|(path, _)| path).collect()
}

/// Short answers gain nothing, and a live stream must not wait for more.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(SizeAbove::new(1024))
}

/// The calls that OpenAPI describes.
fn api_router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(
            session::current,
            session::sign_in,
            session::sign_out
        ))
        .routes(routes!(place::city))
        .routes(routes!(place::area_outlines))
        .routes(routes!(calendar::read))
        .routes(routes!(calendar::set_year))
        .routes(routes!(calendar::history))
        .routes(routes!(organization::coverage))
        .routes(routes!(organization::coverage_outlines))
        .routes(routes!(organization::list_unclear))
        .routes(routes!(organization::read_ladder))
        .routes(routes!(settings::area_history))
        .routes(routes!(settings::units))
        .routes(routes!(settings::set_unit))
        .routes(routes!(settings::unit_history))
        .routes(routes!(settings::categories))
        .routes(routes!(settings::set_category))
        .routes(routes!(settings::category_history))
        .routes(routes!(settings::city, settings::set_city))
        .routes(routes!(settings::city_history))
        .routes(routes!(settings::try_limits))
        .routes(routes!(settings::automatic, settings::set_automatic))
        .routes(routes!(settings::automatic_history))
        .routes(routes!(settings::duplicates, settings::set_duplicates))
        .routes(routes!(settings::duplicates_history))
        .routes(routes!(settings::train))
        .routes(routes!(templates::list))
        .routes(routes!(templates::set_one))
        .routes(routes!(templates::versions))
        .routes(routes!(templates::try_on_street))
        .routes(routes!(templates::applied, templates::apply))
        .routes(routes!(templates::undo))
        .routes(routes!(grid::layers))
        .routes(routes!(grid::layer, grid::set_layer))
        .routes(routes!(grid::layer_history))
        .routes(routes!(grid::set_layer_back))
        .routes(routes!(grid::preview))
        .routes(routes!(grid::preview_outlines))
        .routes(routes!(grid::merges, grid::adopt))
        .routes(routes!(grid::crosswalk))
        .routes(routes!(grid::undo))
        .routes(routes!(accounts::list, accounts::add))
        .routes(routes!(accounts::history))
        .routes(routes!(accounts::set_password))
        .routes(routes!(accounts::disable))
        .routes(routes!(accounts::enable))
        .routes(routes!(accounts::make_key))
        .routes(routes!(requests::submit))
        .routes(routes!(batch::requests::submit_many))
        .routes(routes!(table::submit_table))
        .routes(routes!(follow::read))
        .routes(routes!(follow::answer))
        .routes(routes!(follow::reopen))
        .routes(routes!(follow::answer_question))
        .routes(routes!(follow::withdraw))
        .routes(routes!(files::attach_own))
        .routes(routes!(files::read_own))
        .routes(routes!(cases::list))
        .routes(routes!(cases::counts))
        .routes(routes!(cases::breakdown))
        .routes(routes!(views::list, views::set))
        .routes(routes!(queue::read))
        .routes(routes!(seats::read))
        .routes(routes!(seats::chosen, seats::choose))
        .routes(routes!(seats::chosen_before))
        .routes(routes!(batch::commands::act_on_many))
        .routes(routes!(cases::read))
        .routes(routes!(cases::proof))
        .routes(routes!(suggestions::for_case))
        .routes(routes!(suggestions::for_words))
        .routes(routes!(topics::list))
        .routes(routes!(near::done))
        .routes(routes!(patrol::places))
        .routes(routes!(patrol::loads))
        .routes(routes!(commands::road::accept))
        .routes(routes!(commands::road::decline))
        .routes(routes!(commands::road::dispatch))
        .routes(routes!(commands::road::start))
        .routes(routes!(commands::road::report_back))
        .routes(routes!(commands::road::verify))
        .routes(routes!(commands::road::close))
        .routes(routes!(commands::road::call_back))
        .routes(routes!(commands::road::reopen))
        .routes(routes!(commands::erase))
        .routes(routes!(commands::duty::give_back))
        .routes(routes!(commands::duty::redirect))
        .routes(routes!(commands::duty::recall))
        .routes(routes!(commands::duty::add_unit))
        .routes(routes!(commands::duty::remove_unit))
        .routes(routes!(commands::duty::report_part))
        .routes(routes!(duplicates::read))
        .routes(routes!(duplicates::merge))
        .routes(routes!(duplicates::unmerge))
        .routes(routes!(duplicates::clusters))
        .routes(routes!(similar::find))
        .routes(routes!(similar::join))
        .routes(routes!(whistles::list, whistles::blow))
        .routes(routes!(whistles::check_ins))
        .routes(routes!(whistles::read))
        .routes(routes!(whistles::call_unit))
        .routes(routes!(whistles::check_in))
        .routes(routes!(whistles::refuse))
        .routes(routes!(whistles::reach))
        .routes(routes!(whistles::unreach))
        .routes(routes!(whistles::confirm))
        .routes(routes!(whistles::score))
        .routes(routes!(whistles::close))
        .routes(routes!(whistles::withdraw))
        .routes(routes!(whistles::erase))
        .routes(routes!(roster::now_on_duty))
        .routes(routes!(roster::read, roster::set))
        .routes(routes!(roster::swap))
        .routes(routes!(commands::duty::settle_due))
        .routes(routes!(exports::cases))
        .routes(routes!(figures::board))
        .routes(routes!(exports::board))
        .routes(routes!(figures::behind))
        .routes(routes!(figures::calls))
        .routes(routes!(figures::formulas, figures::add_formula))
        .routes(routes!(figures::try_formula))
        .routes(routes!(scenarios::list))
        .routes(routes!(scenarios::read, scenarios::set))
        .routes(routes!(scenarios::history))
        .routes(routes!(scenarios::drill))
        .routes(routes!(scenarios::rate))
        .routes(routes!(scenarios::accept))
        .routes(routes!(coverage::read))
        .routes(routes!(coverage::export))
        .routes(routes!(coverage::domains, coverage::set_domains))
        .routes(routes!(coverage::domains_history))
        .routes(routes!(studies::list))
        .routes(routes!(studies::read, studies::begin))
        .routes(routes!(studies::end))
        .routes(routes!(commands::life::ask_extension))
        .routes(routes!(commands::life::extend))
        .routes(routes!(commands::life::refuse_extension))
        .routes(routes!(commands::life::shelve))
        .routes(routes!(commands::life::ask_resident))
        .routes(routes!(commands::life::answer_question))
        .routes(routes!(commands::life::resume))
        .routes(routes!(commands::life::supervise))
        .routes(routes!(commands::life::answer_supervision))
        .routes(routes!(commands::life::release))
        .routes(routes!(commands::life::score))
        .routes(routes!(commands::life::comment))
        .routes(routes!(commands::life::withdraw))
        .routes(routes!(files::attach))
        .routes(routes!(files::read))
        .routes(routes!(events::stream))
        .routes(routes!(callers::know))
        .routes(routes!(hooks::list, hooks::set))
        .routes(routes!(hooks::dead))
        .routes(routes!(hooks::resend))
        .routes(routes!(dossiers::list, dossiers::step::open))
        .routes(routes!(dossiers::read, dossiers::step::step))
        .routes(routes!(dossiers::step::open_case))
        .routes(routes!(dossiers::step::erase))
        .routes(routes!(dossiers::voices::say))
        .routes(routes!(dossiers::voices::remark))
        .routes(routes!(dossiers::insight::party_credit))
        .routes(routes!(dossiers::insight::scan))
        .routes(routes!(dossiers::insight::signals))
        .routes(routes!(dossiers::insight::needs))
        .routes(routes!(dossiers::contributions::read))
        .routes(routes!(devices::list))
        .routes(routes!(devices::set))
        .routes(routes!(devices::release))
        .routes(routes!(devices::key))
        .routes(routes!(devices::keys))
        .routes(routes!(devices::end_key))
        .routes(routes!(devices::history))
        .routes(routes!(mappings::list))
        .routes(routes!(devices::mqtt))
        .routes(routes!(edge::bundle))
        .routes(routes!(edge::standing))
        .routes(routes!(mappings::set))
        .routes(routes!(mappings::history))
        .routes(routes!(mappings::try_on))
        .routes(routes!(readings::summaries))
        .routes(routes!(baseline::read))
        .routes(routes!(readings::export))
        .routes(routes!(aggregates::aggregates))
        .routes(routes!(retention::read, retention::write))
        .routes(routes!(retention::versions))
        .routes(routes!(rules::list, rules::set))
        .routes(routes!(rules::history))
        .routes(routes!(rules::trial, rules::preview))
        .routes(routes!(rules::judging))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::show))
        .routes(routes!(alerts::step))
        .routes(routes!(alert_case::reports))
        .routes(routes!(alert_case::make))
        .routes(routes!(warnings::list, warnings::draft))
        .routes(routes!(warnings::show))
        .routes(routes!(warnings::step))
        .routes(routes!(warnings::cap))
        .routes(routes!(warning_settings::read, warning_settings::set))
        .routes(routes!(warning_settings::history))
        .routes(routes!(warnings::public))
}
