//! Files beside cases.

use serde_json::json;
use ureq::http::Method;

use crate::common::{Answer, Client, Town, text, town};

/// A picture of one grey point, with a text that names its author.
#[rustfmt::skip]
pub(crate) const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b,
    0x55, 0x00, 0x00, 0x00, 0x0e, 0x74, 0x45, 0x58, 0x74, 0x41, 0x75, 0x74, 0x68, 0x6f, 0x72, 0x00,
    0x57, 0x61, 0x6e, 0x67, 0x20, 0x58, 0x4d, 0x94, 0xbd, 0xec, 0x16, 0x00, 0x00, 0x00, 0x0a, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xcd, 0x72,
    0xb6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];
/// The author's name as it stands in the picture.
const AUTHOR: &[u8] = b"Wang XM";

fn send(client: &Client, path: &str, version: u64, kind: &str, bytes: &[u8]) -> Answer {
    let headers = [("If-Match", format!("\"{version}\""))];
    client.send(Method::POST, path, &headers, Some((kind, bytes.to_vec())))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_picture_is_kept_without_what_tells_who_took_it_and_served_so_that_nothing_runs() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("in_progress");
    assert!(holds(PNG, AUTHOR));
    let path = format!("/api/v1/cases/{id}/attach?name=%E7%81%AF.png");
    let case = send(&operator, &path, 4, "image/png", PNG).expect(200);
    let file = &case["files"][0];
    assert_eq!(
        (&file["name"], &file["kind"], &file["for_resident"]),
        (&json!("灯.png"), &json!("png"), &json!(false))
    );
    let address = format!("/api/v1/cases/{id}/files/{}", file["seq"]);
    let served = operator.get(&address);
    assert_eq!(served.status, 200);
    assert!(served.body.starts_with(b"\x89PNG") && !holds(&served.body, AUTHOR));
    assert_eq!(file["bytes"], served.body.len());
    for (header, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "private, no-store"),
        (
            "content-disposition",
            "inline; filename*=UTF-8''%E7%81%AF%2Epng",
        ),
    ] {
        assert_eq!(served.header(header), value, "{header}");
    }
    town.person("auditor")
        .get(&address)
        .refused(403, "policy.forbidden");
    town.person("crew")
        .get(&address)
        .refused(404, "case.not-found");
    operator
        .get(&format!("/api/v1/cases/{id}/files/0"))
        .refused(404, "file.not-found");
    let seen = town.person("auditor").get(&format!("/api/v1/cases/{id}"));
    assert_eq!(seen.expect(200)["files"], json!([]));
}

#[test]
fn a_resident_attaches_by_the_follow_code_and_sees_what_is_shown() {
    let town = Town::new();
    let operator = town.person("operator");
    let receipt = town.submit("路灯不亮", town::WEST);
    let (id, code) = (text(&receipt["id"]), text(&receipt["follow_code"]));
    let own = format!("/api/v1/follow/{code}");
    let sent = send(
        &town.nobody(),
        &format!("{own}/attach?name=a.png"),
        0,
        "image/png",
        PNG,
    );
    let sent = sent.expect(200);
    assert_eq!(sent["files"][0]["own"], true);
    let seq = sent["files"][0]["seq"].to_string();
    let file = town.nobody().get(&format!("{own}/files/{seq}"));
    assert_eq!(
        (file.status, file.header("content-type")),
        (200, "image/png")
    );

    let pdf = b"%PDF-1.7 plan";
    let between = format!("/api/v1/cases/{id}/attach");
    send(&operator, &between, 2, "application/pdf", pdf).expect(200);
    let shown = format!("{between}?for_resident=true");
    let case = send(&operator, &shown, 3, "application/pdf", pdf).expect(200);
    let seen = town.nobody().get(&own).expect(200);
    assert_eq!(seen["files"].as_array().unwrap().len(), 2);
    let hidden = format!("{own}/files/{}", case["files"][1]["seq"]);
    town.nobody().get(&hidden).refused(404, "file.not-found");
    let document = town
        .nobody()
        .get(&format!("{own}/files/{}", case["files"][2]["seq"]));
    assert_eq!((document.status, document.body.as_slice()), (200, &pdf[..]));
    assert!(
        document
            .header("content-disposition")
            .starts_with("attachment")
    );
}

#[test]
fn what_is_no_picture_is_refused_by_what_it_is() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("in_progress");
    let path = format!("/api/v1/cases/{id}/attach");
    let html = b"<script>alert(1)</script>";
    for kind in ["image/svg+xml", "text/html", "application/json"] {
        let refusal = send(&operator, &path, 4, kind, html).refused(415, "attach.kind");
        assert_eq!(
            refusal["allowed"],
            json!(["image/jpeg", "image/png", "application/pdf"])
        );
    }
    for kind in ["image/jpeg", "image/png", "application/pdf"] {
        send(&operator, &path, 4, kind, html).refused(422, "attach.not-readable");
    }
    let unknown = send(&operator, &format!("{path}?title=x"), 4, "image/png", PNG);
    assert_eq!(
        unknown.refused(422, "query.invalid")["allowed"],
        json!(["name", "for_resident"])
    );
    let unclear = send(
        &operator,
        &format!("{path}?for_resident=maybe"),
        4,
        "image/png",
        PNG,
    );
    assert_eq!(
        unclear.refused(422, "query.invalid")["field"],
        "for_resident"
    );
    let cut = &PNG[..PNG.len() - 20];
    send(&operator, &path, 4, "image/png", cut).refused(422, "attach.not-readable");
    let mut large = b"%PDF-".to_vec();
    large.resize((8 << 20) + 1, b' ');
    send(&operator, &path, 4, "application/pdf", &large).refused(413, "body.too-large");
    large.truncate(8 << 20);
    send(&operator, &path, 4, "application/pdf", &large).expect(200);
}

#[test]
fn erasing_a_case_erases_its_files() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("in_progress");
    let path = format!("/api/v1/cases/{id}/attach?name=a.png");
    let case = send(&operator, &path, 4, "image/png", PNG).expect(200);
    let address = format!("/api/v1/cases/{id}/files/{}", case["files"][0]["seq"]);
    let steward = town.person("steward");
    steward
        .act(&id, "erase", 5, &json!({"ground": "article 47"}))
        .expect(200);
    operator.get(&address).refused(404, "file.not-found");
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(
        (&case["files"][0]["erased"], &case["files"][0]["name"]),
        (&json!(true), &json!(null))
    );
}

#[test]
fn the_same_upload_made_twice_is_kept_once() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("in_progress");
    let path = format!("/api/v1/cases/{id}/attach?name=a.png");
    let headers = [
        ("If-Match", "\"4\"".to_owned()),
        ("Idempotency-Key", "upload-1".to_owned()),
    ];
    let upload = |name: &str| {
        let path = path.replace("a.png", name);
        let body = Some(("image/png", PNG.to_vec()));
        operator.send(Method::POST, &path, &headers, body)
    };
    assert_eq!(upload("a.png").expect(200)["version"], 5);
    let again = upload("a.png").expect(200);
    assert_eq!(
        (&again["version"], again["files"].as_array().unwrap().len()),
        (&json!(5), 1)
    );
    upload("b.png").refused(422, "idempotency.key-reused");
}
