//! The kinds of entities, their fields and relations (18-088, tables 2 to 15).

use serde::{Deserialize, Serialize};

/// What sort of entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something in the world that has datastreams (物).
    Thing,
    /// Where a thing is (位置).
    Location,
    /// Where a thing was from some time on (历史位置).
    HistoricalLocation,
    /// Readings of one property by one sensor (数据流).
    Datastream,
    /// What measures (传感器).
    Sensor,
    /// What is measured (观测属性).
    ObservedProperty,
    /// One reading (观测).
    Observation,
    /// What a reading is about (观测对象).
    FeatureOfInterest,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Text.
    Text,
    /// A JSON object.
    Object,
    /// Any JSON value but null.
    Any,
    /// A time, RFC 3339.
    Time,
    /// A time or two with `/` between.
    Period,
    /// Computed: what a caller says is not kept.
    Computed,
}

/// A field of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub sort: Sort,
    /// Whether it must be there.
    pub required: bool,
}

/// A relation of a kind to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// Its name.
    pub name: &'static str,
    /// The other kind.
    pub to: Kind,
    /// Whether there may be several, and not exactly one.
    pub many: bool,
}

const fn must(name: &'static str, sort: Sort) -> Field {
    Field {
        name,
        sort,
        required: true,
    }
}

const fn may(name: &'static str, sort: Sort) -> Field {
    Field {
        name,
        sort,
        required: false,
    }
}

const fn one(name: &'static str, to: Kind) -> Relation {
    Relation {
        name,
        to,
        many: false,
    }
}

const fn many(name: &'static str, to: Kind) -> Relation {
    Relation {
        name,
        to,
        many: true,
    }
}

const NAME: Field = must("name", Sort::Text);
const DESCRIPTION: Field = must("description", Sort::Text);
const ENCODING: Field = must("encodingType", Sort::Text);
const PROPERTIES: Field = may("properties", Sort::Object);

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 8] = [
        Kind::Thing,
        Kind::Location,
        Kind::HistoricalLocation,
        Kind::Datastream,
        Kind::Sensor,
        Kind::ObservedProperty,
        Kind::Observation,
        Kind::FeatureOfInterest,
    ];

    /// The word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Thing => "thing",
            Kind::Location => "location",
            Kind::HistoricalLocation => "historical_location",
            Kind::Datastream => "datastream",
            Kind::Sensor => "sensor",
            Kind::ObservedProperty => "observed_property",
            Kind::Observation => "observation",
            Kind::FeatureOfInterest => "feature_of_interest",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// A small number for tables.
    pub fn number(self) -> u8 {
        match self {
            Kind::Thing => 1,
            Kind::Location => 2,
            Kind::HistoricalLocation => 3,
            Kind::Datastream => 4,
            Kind::Sensor => 5,
            Kind::ObservedProperty => 6,
            Kind::Observation => 7,
            Kind::FeatureOfInterest => 8,
        }
    }

    /// The kind of a number.
    pub fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Its fields, in the standard's order.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Kind::Thing => const { &[NAME, DESCRIPTION, PROPERTIES] },
            Kind::Location => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        ENCODING,
                        must("location", Sort::Any),
                        PROPERTIES,
                    ]
                }
            }
            Kind::HistoricalLocation => const { &[must("time", Sort::Time)] },
            Kind::Datastream => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        must("unitOfMeasurement", Sort::Object),
                        must("observationType", Sort::Text),
                        may("observedArea", Sort::Computed),
                        may("phenomenonTime", Sort::Computed),
                        may("resultTime", Sort::Computed),
                        PROPERTIES,
                    ]
                }
            }
            Kind::Sensor => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        ENCODING,
                        must("metadata", Sort::Any),
                        PROPERTIES,
                    ]
                }
            }
            Kind::ObservedProperty => {
                const {
                    &[
                        NAME,
                        must("definition", Sort::Text),
                        DESCRIPTION,
                        PROPERTIES,
                    ]
                }
            }
            Kind::Observation => {
                const {
                    &[
                        may("phenomenonTime", Sort::Period),
                        may("resultTime", Sort::Time),
                        must("result", Sort::Any),
                        may("resultQuality", Sort::Any),
                        may("validTime", Sort::Period),
                        may("parameters", Sort::Object),
                    ]
                }
            }
            Kind::FeatureOfInterest => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        ENCODING,
                        must("feature", Sort::Any),
                        PROPERTIES,
                    ]
                }
            }
        }
    }

    /// A field by its name.
    pub fn field(self, name: &str) -> Option<Field> {
        self.fields()
            .iter()
            .find(|field| field.name == name)
            .copied()
    }

    /// Its relations.
    pub fn relations(self) -> &'static [Relation] {
        match self {
            Kind::Thing => {
                const {
                    &[
                        many("Datastreams", Kind::Datastream),
                        many("Locations", Kind::Location),
                        many("HistoricalLocations", Kind::HistoricalLocation),
                    ]
                }
            }
            Kind::Location => {
                const {
                    &[
                        many("Things", Kind::Thing),
                        many("HistoricalLocations", Kind::HistoricalLocation),
                    ]
                }
            }
            Kind::HistoricalLocation => {
                const { &[one("Thing", Kind::Thing), many("Locations", Kind::Location)] }
            }
            Kind::Datastream => {
                const {
                    &[
                        one("Thing", Kind::Thing),
                        one("Sensor", Kind::Sensor),
                        one("ObservedProperty", Kind::ObservedProperty),
                        many("Observations", Kind::Observation),
                    ]
                }
            }
            Kind::Sensor | Kind::ObservedProperty => {
                const { &[many("Datastreams", Kind::Datastream)] }
            }
            Kind::Observation => {
                const {
                    &[
                        one("Datastream", Kind::Datastream),
                        one("FeatureOfInterest", Kind::FeatureOfInterest),
                    ]
                }
            }
            Kind::FeatureOfInterest => const { &[many("Observations", Kind::Observation)] },
        }
    }

    /// The relation to another kind; there is at most one.
    pub fn relation_to(self, to: Kind) -> Option<Relation> {
        self.relations().iter().find(|r| r.to == to).copied()
    }

    /// The kinds whose links stand with an entity of this kind, rather than
    /// with the other. A feature of interest is linked to the location it was
    /// made from, or to datastreams whose observations name it; the standard has
    /// no names for these.
    pub fn owns_links_to(self) -> &'static [Kind] {
        match self {
            Kind::Thing => const { &[Kind::Location] },
            Kind::HistoricalLocation => const { &[Kind::Thing, Kind::Location] },
            Kind::Datastream => const { &[Kind::Thing, Kind::Sensor, Kind::ObservedProperty] },
            Kind::FeatureOfInterest => const { &[Kind::Location, Kind::Datastream] },
            _ => const { &[] },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_relation_has_one_back_and_one_owner() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
            assert_eq!(Kind::from_number(kind.number()), Some(kind));
            for relation in kind.relations() {
                assert!(relation.to.relation_to(kind).is_some());
                if kind != Kind::Observation && relation.to != Kind::Observation {
                    let own = kind.owns_links_to().contains(&relation.to);
                    let other = relation.to.owns_links_to().contains(&kind);
                    assert!(own ^ other, "{kind:?} {relation:?}");
                }
            }
        }
    }
}
