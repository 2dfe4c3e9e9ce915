//! Whatever is sent, the answer is a problem that says what is wrong.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Client, Town, text, town};

/// What the server answers to these bytes, and whatever comes before it closes.
fn raw(town: &Town, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&town.server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    // The server may answer and close before all is sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status_of(answer: &str) -> u16 {
    let status = answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    status
        .unwrap_or_else(|| panic!("no answer: {answer:?}"))
        .parse()
        .unwrap()
}

fn problem_of(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

fn alive(town: &Town) {
    assert_eq!(town.nobody().get("/healthz").status, 200);
}

#[test]
fn a_field_at_fault_is_named_in_both_languages() {
    let town = Town::new();
    let place = json!({"address": "春风路"});
    let table = [
        (json!({}), "field.missing", "words", Value::Null),
        (json!({"words": "x"}), "field.missing", "place", Value::Null),
        (
            json!({"words": "", "place": place}),
            "field.missing",
            "words",
            Value::Null,
        ),
        (
            json!({"words": " \n", "place": place}),
            "field.missing",
            "words",
            Value::Null,
        ),
        (
            json!({"words": 7, "place": place}),
            "field.invalid",
            "words",
            json!("integer `7`"),
        ),
        (
            json!({"words": null, "place": place}),
            "field.invalid",
            "words",
            json!("null"),
        ),
        (
            json!({"words": "x".repeat(4001), "place": place}),
            "field.too-long",
            "words",
            json!("4001"),
        ),
        (
            json!({"words": "a\u{7}b", "place": place}),
            "field.control-character",
            "words",
            Value::Null,
        ),
        (
            json!({"words": "x", "place": {}}),
            "field.missing",
            "place",
            Value::Null,
        ),
        (
            json!({"words": "x", "place": []}),
            "field.invalid",
            "place",
            json!("sequence"),
        ),
        (
            json!({"words": "x", "place": {"address": "路".repeat(301)}}),
            "field.too-long",
            "place.address",
            json!("301"),
        ),
        (
            json!({"words": "x", "place": {"point": {"lon": 1}}}),
            "field.missing",
            "place.point.lat",
            Value::Null,
        ),
        (
            json!({"words": "x", "place": {"point": [1, 2]}}),
            "field.invalid",
            "place.point",
            json!("sequence"),
        ),
        (
            json!({"words": "x", "place": {"point": {"lon": 181, "lat": 0}}}),
            "point.off-map",
            "place.point.lon",
            json!("longitude is between -180 and 180 degrees, found 181"),
        ),
        (
            json!({"words": "x", "place": place, "reporter": {"email": "a@b"}}),
            "field.unknown",
            "reporter.email",
            json!("email"),
        ),
        (
            json!({"words": "x", "place": place, "urgent": true}),
            "field.unknown",
            "urgent",
            json!("urgent"),
        ),
        (
            json!({"words": "x", "place": place, "category": "Nope!"}),
            "code.malformed",
            "category",
            json!("Nope!"),
        ),
        (
            json!({"words": "x", "place": place, "category": "unknown"}),
            "category.unknown",
            "category",
            json!("unknown"),
        ),
        (
            json!({"words": "x", "place": place, "channel": "fax"}),
            "field.invalid",
            "channel",
            json!("fax"),
        ),
    ];
    for (body, code, field, found) in table {
        let en = town
            .nobody()
            .post("/api/v1/requests", &body)
            .refused(422, code);
        assert_eq!(
            (&en["field"], &en["found"]),
            (&json!(field), &found),
            "{en}"
        );
        let zh = town
            .nobody()
            .in_chinese()
            .post("/api/v1/requests", &body)
            .refused(422, code);
        assert_eq!(zh["field"], en["field"]);
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(
            chinese(&text(&zh["detail"])) && chinese(&text(&zh["title"])),
            "{zh}"
        );
        assert!(
            !chinese(&text(&en["detail"])) && !chinese(&text(&en["title"])),
            "{en}"
        );
    }
    let staff_only = json!({"words": "x", "place": place, "channel": "hotline"});
    town.nobody()
        .post("/api/v1/requests", &staff_only)
        .refused(403, "channel.staff-only");
    assert_eq!(
        town.person("operator")
            .get("/api/v1/cases/counts")
            .expect(200)["total"],
        0
    );
}

#[test]
fn what_is_no_json_is_refused_as_such() {
    let town = Town::new();
    let nobody = town.nobody();
    let send = |kind: &str, bytes: &[u8]| {
        nobody.send(
            Method::POST,
            "/api/v1/requests",
            &[],
            Some((kind, bytes.to_vec())),
        )
    };
    let deep = [b"[".repeat(200_000), b"{\"words\":".repeat(50_000)];
    let table: [(&[u8], u16); 11] = [
        (b"", 400),
        (b"{", 400),
        (b"\x00", 400),
        (b"{\"words\":\"\xff\xfe\"}", 400),
        (b"{\"words\":\"\\ud800\"}", 400),
        (b"{\"words\":\"a\nb\"}", 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"{\"words\":\"x\",\"place\":{\"address\":\"y\"}} x", 400),
        (b"{\"words\":\"x\",\"words\":\"y\"}", 422),
        (&deep[0], 422),
        (&deep[1], 422),
    ];
    for (bytes, status) in table {
        let answer = send("application/json", bytes);
        assert_eq!(
            answer.status,
            status,
            "{:.60}: {}",
            String::from_utf8_lossy(bytes),
            answer.text()
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let good = br#"{"words":"x","place":{"address":"y"}}"#;
    for kind in [
        "",
        "text/json",
        "application/jsonx",
        "application/x-json; charset=utf-8",
    ] {
        let problem = send(kind, good).refused(415, "body.content-type");
        assert_eq!(problem["allowed"], json!(["application/json"]));
    }
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        send(kind, good).expect(201);
    }
    alive(&town);
}

#[test]
fn too_much_is_refused_before_it_is_read() {
    let town = Town::new();
    let post = "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n";
    let announced = raw(
        &town,
        format!("{post}Content-Length: 99999999999\r\n\r\n{{").as_bytes(),
    );
    assert_eq!(
        problem_of(&announced)["code"],
        "body.too-large",
        "{announced}"
    );
    assert_eq!(status_of(&announced), 413);
    let mut body = format!("{post}Content-Length: 2000000\r\n\r\n").into_bytes();
    body.resize(body.len() + 2_000_000, b'x');
    assert_eq!(status_of(&raw(&town, &body)), 413);
    let mut chunks = format!("{post}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..200 {
        chunks.extend_from_slice(b"4000\r\n");
        chunks.resize(chunks.len() + 0x4000, b'x');
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(status_of(&raw(&town, &chunks)), 413);

    let headers = [("X-Much", "x".repeat(40_000))];
    let problem = town
        .nobody()
        .call(Method::GET, "/healthz", &headers, None)
        .refused(431, "headers.too-large");
    assert_eq!(problem["allowed"], json!(["1–32768"]));
    let address = format!("/{}", "a".repeat(9000));
    town.nobody().get(&address).refused(414, "address.too-long");
    town.nobody()
        .get(&format!("/api/v1/cases?q={}", "a".repeat(9000)))
        .refused(414, "address.too-long");
    // What HTTP itself cannot read has no language: a bare status.
    for head in [
        format!(
            "GET /healthz HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
            "x".repeat(300_000)
        ),
        format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(70_000)),
        format!(
            "GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n",
            "X: y\r\n".repeat(500)
        ),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
        "GET /\u{0}x HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n".to_owned(),
    ] {
        let answer = raw(&town, head.as_bytes());
        assert!(
            (400..500).contains(&status_of(&answer)),
            "{:.60}: {answer}",
            head
        );
    }
    alive(&town);
}

#[test]
fn a_body_that_comes_too_slowly_or_not_at_all_does_not_hold_the_server() {
    let town = Town::new();
    let head = "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
    // Cut off in the middle: the server is none the worse for it.
    for _ in 0..50 {
        let mut stream = TcpStream::connect(&town.server.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"{\"words\"").unwrap();
    }
    let slow = std::thread::scope(|scope| {
        let slow = scope.spawn(|| raw(&town, format!("{head}{{").as_bytes()));
        town.submit("别人照样可以上报", town::WEST);
        slow.join().unwrap()
    });
    assert_eq!(status_of(&slow), 408, "{slow}");
    assert_eq!(problem_of(&slow)["code"], "body.late");
    assert_eq!(
        town.person("operator")
            .get("/api/v1/cases/counts")
            .expect(200)["total"],
        1
    );
}

#[test]
fn who_sends_the_wrong_type_slowly_can_go_on_over_the_same_connection() {
    let town = Town::new();
    let body = "{\"words\":\"x\"}";
    let mut stream = TcpStream::connect(&town.server.address).unwrap();
    let head = format!(
        "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A server that refuses what it has not read closes the connection now.
    std::thread::sleep(Duration::from_millis(200));
    let next = "GET /api/v1/city HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let _ = stream.write_all(format!("{body}{next}").as_bytes());
    let mut answers = String::new();
    let _ = stream.read_to_string(&mut answers);
    assert_eq!(status_of(&answers), 415, "{answers}");
    assert!(answers.contains("HTTP/1.1 200"), "{answers}");
}

#[test]
fn no_path_leads_out_of_what_is_served() {
    let town = Town::new();
    let admin = town.person("admin");
    for path in [
        "/../Cargo.toml",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../Cargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/..%2f..%2fetc%2fpasswd",
        "/%00",
        "/a%00.js",
        "/..\\..\\etc",
        "/%ff%fe",
        "//etc/passwd.x",
        "/./x.js",
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/cases",
        "/%61pi/v1/cases",
        "/trail",
        "/tiles",
        "/trail/../api/v1/cases",
        "/api/v1/cases/../../../etc/passwd",
        "/.env",
        "/index.html/..",
    ] {
        let answer = raw(
            &town,
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        assert_eq!(status_of(&answer), 404, "{path}: {answer:.300}");
        assert!(problem_of(&answer)["code"].is_string(), "{path}");
    }
    for id in [
        "..",
        "%2e%2e",
        "C1%00",
        "C-1",
        "0",
        "C0",
        "1e3",
        "C99999999999999999999",
        "%E8%B7%AF",
        "C1'--",
        "%ff",
    ] {
        for rest in ["", "/proof"] {
            let answer = admin.get(&format!("/api/v1/cases/{id}{rest}"));
            assert!(
                matches!(answer.status, 400 | 404),
                "{id}: {}",
                answer.text()
            );
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
    }
}

#[test]
fn every_answer_is_guarded_and_has_an_id() {
    let town = Town::new();
    let (nobody, operator) = (town.nobody(), town.person("operator"));
    let mut ids = std::collections::BTreeSet::new();
    let paths = [
        "/",
        "/healthz",
        "/api/v1/city",
        "/api/v1/cases",
        "/nothing.js",
        "/trail/checkpoint",
        "/tiles/base/0/0/0.mvt",
    ];
    for client in [&nobody, &operator] {
        for path in paths {
            let answer = client.get(path);
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            assert!(
                answer
                    .header("content-security-policy")
                    .contains("frame-ancestors 'none'"),
                "{path}"
            );
            ids.insert(answer.header("x-request-id").to_owned());
        }
    }
    assert_eq!(ids.len(), 2 * paths.len(), "each call has its own id");
}

#[test]
fn long_answers_are_compressed_for_those_who_take_it() {
    let town = Town::new();
    for _ in 0..50 {
        town.submit("路灯不亮,请尽快修理", town::WEST);
    }
    let operator = town.person("operator");
    let plain = operator.get("/api/v1/cases");
    assert_eq!(plain.header("content-encoding"), "");
    let gzip = [("Accept-Encoding", "gzip".to_owned())];
    let packed = operator.call(Method::GET, "/api/v1/cases", &gzip, None);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(
        packed.body.len() * 3 < plain.body.len(),
        "{} of {}",
        packed.body.len(),
        plain.body.len()
    );
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    let unpacked: Value = serde_json::from_slice(&unpacked).unwrap();
    assert_eq!(unpacked["cases"], plain.json()["cases"]);
    let _: Client = operator;
}
