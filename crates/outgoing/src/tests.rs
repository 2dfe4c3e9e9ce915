use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::*;

const HOUSE: Reach = Reach { private: true };
const WORLD: Reach = Reach { private: false };

/// A receiver that answers each call with the next of these; gives what it heard.
fn receiver(answers: &'static [&'static str]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = vec![0; 4096];
            let mut text = String::new();
            while !text.ends_with("{\"a\":1}") {
                let read = stream.read(&mut bytes).unwrap();
                text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
            stream.write_all(answer.as_bytes()).unwrap();
            heard.push(text.to_lowercase());
        }
        heard
    });
    (url, heard)
}

#[test]
fn a_call_brings_body_and_headers_and_takes_the_status() {
    let (url, heard) = receiver(&["HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"]);
    let caller = Caller::new(HOUSE);
    assert_eq!(
        caller.post(&url, &[("webhook-id", "x1")], b"{\"a\":1}"),
        Ok(204)
    );
    let heard = heard.join().unwrap();
    assert!(heard[0].starts_with("post /hook http/1.1\r\n"));
    for header in [
        "webhook-id: x1",
        "content-type: application/json",
        "user-agent: yiwang",
    ] {
        assert!(heard[0].contains(header), "{header} is not in {}", heard[0]);
    }
}

#[test]
fn failures_and_redirects_are_answers_that_are_not_followed() {
    let (url, heard) = receiver(&[
        "HTTP/1.1 500 Oh\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 307 There\r\nlocation: http://127.0.0.1:9/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ]);
    let caller = Caller::new(HOUSE);
    assert_eq!(caller.post(&url, &[], b"{\"a\":1}"), Ok(500));
    let redirected = caller.post(&url, &[], b"{\"a\":1}").unwrap();
    assert!((300..400).contains(&redirected), "{redirected}");
    assert_eq!(heard.join().unwrap().len(), 2);
}

#[test]
fn nobody_at_home_is_an_error_that_says_so() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = Caller::new(HOUSE).post(&format!("http://{gone}/"), &[], b"{}");
    assert!(matches!(error, Err(CallError::Unreachable(_))), "{error:?}");
}

#[test]
fn without_leave_no_call_reaches_the_inside() {
    let caller = Caller::new(WORLD);
    for url in [
        "https://127.0.0.1:1/",
        "https://localhost:1/",
        "https://[::1]:1/",
    ] {
        assert_eq!(
            caller.post(url, &[], b"{}"),
            Err(CallError::NotPublic),
            "{url}"
        );
    }
    let plain = caller.post("http://127.0.0.1:1/", &[], b"{}");
    assert!(plain.is_err());
}

#[test]
fn addresses_are_looked_at_before_they_are_kept() {
    for url in ["https://example.org/hook", "https://8.8.8.8:8443/x?y=z"] {
        assert_eq!(check_url(url, WORLD), Ok(()), "{url}");
    }
    let long = format!("https://example.org/{}", "x".repeat(500));
    for url in [
        "",
        "hook",
        "/hook",
        "example.org",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://me:secret@example.org/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://a.localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        &long,
    ] {
        let refusal = check_url(url, WORLD).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            ("url.not-allowed", Some("url")),
            "{url}"
        );
        assert_eq!(refusal.allowed, ["https://example.org/hook"]);
    }
    for url in [
        "http://127.0.0.1:8080/hook",
        "http://hooks.internal/",
        "https://10.0.0.1/",
    ] {
        assert_eq!(check_url(url, HOUSE), Ok(()), "{url}");
    }
    assert!(check_url("gopher://10.0.0.1/", HOUSE).is_err());
}
