//! Sample city.
mod dice;
mod land;
mod name;

/// The city's name, Chinese and English.
pub(crate) const CITY: (&str, &str) = ("云陵市", "Yunling");
