//! `$batch`.

use yiwang_sta::{BatchItem, boundary_of, read_batch, write_batch};

const BATCH: &str = "preamble\r\n--b1\r\nContent-Type: application/http\r\n\r\nGET Things(1) HTTP/1.1\r\nHost: x\r\n\r\n\r\n--b1\r\nContent-Type: multipart/mixed; boundary=\"c 2\"\r\n\r\n--c 2\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nPOST /sta/v1.1/Things HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{\"name\":\"t\"}\r\n--c 2\r\nContent-Type: application/http\r\n\r\nDELETE $1 HTTP/1.1\r\n\r\n--c 2--\r\n--b1--\r\n";

#[test]
fn a_batch_has_calls_and_changesets() {
    let boundary = boundary_of("multipart/mixed;boundary=b1").unwrap();
    let items = read_batch(BATCH.as_bytes(), &boundary).unwrap();
    let [BatchItem::One(get), BatchItem::Changeset(changes)] = items.as_slice() else {
        panic!("{items:?}");
    };
    assert_eq!(
        (get.method.as_str(), get.target.as_str()),
        ("GET", "Things(1)")
    );
    let [post, delete] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(post.content_id.as_deref(), Some("1"));
    assert_eq!(post.body, br#"{"name":"t"}"#);
    assert_eq!(
        (delete.method.as_str(), delete.target.as_str()),
        ("DELETE", "$1")
    );
}

#[test]
fn a_batch_that_is_cut_off_or_holds_something_else_is_refused() {
    for body in [
        &BATCH[..BATCH.len() - 6],
        "--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1--",
        "--b1\r\nno head\r\n--b1--",
        "",
    ] {
        assert!(read_batch(body.as_bytes(), "b1").is_err(), "{body}");
    }
    assert_eq!(boundary_of("application/json"), None);
    assert_eq!(boundary_of("multipart/mixed"), None);
}

#[test]
fn answers_are_parts_in_their_order() {
    let one = Ok((200, None, b"{}".to_vec()));
    let many = Err(vec![(
        201,
        Some("http://x/Things(1)".to_owned()),
        Vec::new(),
    )]);
    let text = String::from_utf8(write_batch(&[one, many], "b")).unwrap();
    assert!(text.contains("HTTP/1.1 200 "));
    assert!(text.contains("boundary=b-1") && text.contains("Location: http://x/Things(1)"));
    assert!(text.ends_with("--b--\r\n"));
}
