//! Sample city.
mod dice;
mod land;
