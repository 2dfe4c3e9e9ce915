//! How things are called on the wire in SensorThings 1.1. The next version
//! (23-019) renames them; nothing else in this crate spells them out.

use yiwang_sensing::registry::Kind;

/// The version as it stands in addresses.
pub const VERSION: &str = "v1.1";
/// An entity's number.
pub const ID: &str = "@iot.id";
/// An entity's own address.
pub const SELF_LINK: &str = "@iot.selfLink";
/// How many there are.
pub const COUNT: &str = "@iot.count";
/// Where the next page is.
pub const NEXT_LINK: &str = "@iot.nextLink";
/// Appended to a relation: where it leads.
pub const NAVIGATION_LINK: &str = "@iot.navigationLink";
/// The members of a set.
pub const VALUE: &str = "value";
/// The rows of a data array.
pub const DATA_ARRAY: &str = "dataArray";
/// How many rows of a data array.
pub const DATA_ARRAY_COUNT: &str = "dataArray@iot.count";
/// The columns of a data array.
pub const COMPONENTS: &str = "components";
/// The call that takes data arrays.
pub const CREATE_OBSERVATIONS: &str = "CreateObservations";
/// The column with the number of a feature of interest.
pub const FEATURE_ID: &str = "FeatureOfInterest/id";

/// What is implemented, as the landing page says it.
pub const CONFORMANCE: [&str; 12] = [
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/resource-path/resource-path-to-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/create-entity",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/link-to-existing-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/deep-insert",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/deep-insert-status-code",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/update-entity",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/delete-entity",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/historical-location-auto-creation",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/batch-request/batch-request",
];

/// The name of a kind's set.
pub fn set(kind: Kind) -> &'static str {
    match kind {
        Kind::Thing => "Things",
        Kind::Location => "Locations",
        Kind::HistoricalLocation => "HistoricalLocations",
        Kind::Datastream => "Datastreams",
        Kind::Sensor => "Sensors",
        Kind::ObservedProperty => "ObservedProperties",
        Kind::Observation => "Observations",
        Kind::FeatureOfInterest => "FeaturesOfInterest",
    }
}

/// The name of a relation to one entity of a kind.
pub fn one(kind: Kind) -> &'static str {
    match kind {
        Kind::Thing => "Thing",
        Kind::Location => "Location",
        Kind::HistoricalLocation => "HistoricalLocation",
        Kind::Datastream => "Datastream",
        Kind::Sensor => "Sensor",
        Kind::ObservedProperty => "ObservedProperty",
        Kind::Observation => "Observation",
        Kind::FeatureOfInterest => "FeatureOfInterest",
    }
}

/// The kind of a set's name.
pub fn kind_of_set(name: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| set(*kind) == name)
}

/// Whether a name is that of an entity's number: in expressions both are used.
pub fn is_id(name: &str) -> bool {
    matches!(name, "id" | ID)
}
