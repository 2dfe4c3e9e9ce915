//! Tells cargo that the binary carries the pages.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
