//! The OpenAPI document is committed: the pages' client is generated from it.

use std::path::Path;

#[test]
fn the_committed_document_is_what_the_server_serves() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let served = yiwang_server::http::document() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &served).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == served,
        "docs/openapi.json is not what the server serves; \
         update it with: UPDATE=1 cargo test -p yiwang-server --test http openapi"
    );
}

#[test]
fn each_call_has_a_name_of_its_own() {
    let document: serde_json::Value =
        serde_json::from_str(&yiwang_server::http::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let calls = paths.flat_map(|path| path.as_object().unwrap().values());
    let names: Vec<&str> = calls
        .map(|call| call["operationId"].as_str().unwrap())
        .collect();
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
}
