//! The HTTP interface through real clients.

mod openapi;
