//! People who sign in.

use serde_json::json;

use crate::binary::Place;

const PASSWORD: &str = "correct horse";

fn add(place: &Place, arguments: &[&str]) -> crate::binary::Done {
    let mut all = vec!["user", "add"];
    all.extend(arguments);
    place.run_with_input(&all, &format!("{PASSWORD}\n"))
}

#[test]
fn someone_who_is_added_can_sign_in_until_disabled() {
    let place = Place::city();
    add(&place, &["li.na", "--role", "operator", "--name", "李娜"]).ok();
    add(&place, &["roads1", "--role", "unit", "--unit", "pwdx"]).ok();
    let list = place.run(&["user", "list", "--json"]).ok().json();
    let expected = json!([
        {"name": "li.na", "display_name": "李娜", "role": "operator", "disabled": false},
        {"name": "roads1", "display_name": "roads1", "role": "unit", "unit": "pwdx", "disabled": false}
    ]);
    assert_eq!(list, expected);
    let signs_in = |password: &str| {
        let server = place.serve(&[]);
        let yes = server.signs_in("li.na", password);
        server.stop("TERM");
        yes
    };
    assert!(signs_in(PASSWORD));
    let made = place
        .run(&["user", "password", "li.na", "--generate", "--json"])
        .ok()
        .json();
    let made = made["password"].as_str().unwrap();
    assert!(signs_in(made) && !signs_in(PASSWORD));
    place.run(&["user", "disable", "li.na"]).ok();
    assert!(!signs_in(made));
    assert!(place.run(&["user", "list"]).ok().out.contains("disabled"));
    place.run(&["user", "enable", "li.na"]).ok();
    assert!(signs_in(made));
    assert!(place.run(&["verify"]).ok().out.contains("sound"));
    let disk = std::fs::read(place.path("data/record.sqlite")).unwrap();
    let password = PASSWORD.as_bytes();
    assert!(!disk.windows(password.len()).any(|bytes| bytes == password));
}

#[test]
fn what_is_no_account_is_refused_in_words() {
    let place = Place::city();
    add(&place, &["li.na", "--role", "operator"]).ok();
    let said = ["li.na", "yiwang user password li.na"];
    add(&place, &["li.na", "--role", "leader"]).refused(1, &said);
    let said = ["no such role", "found:   boss", "operator, unit"];
    add(&place, &["x", "--role", "boss"]).refused(1, &said);
    add(&place, &["Li Na", "--role", "operator"]).refused(1, &["sign-in name", "a-z"]);
    let said = ["no such unit", "found:   nobody", "pwdx"];
    add(&place, &["x", "--role", "unit", "--unit", "nobody"]).refused(1, &said);
    add(&place, &["x", "--role", "unit"]).refused(1, &["name it", "pwdx"]);
    let said = ["works for a street or a community", "found:   pwdx"];
    add(&place, &["x", "--role", "verifier", "--unit", "pwdx"]).refused(1, &said);
    let said = ["only the roles unit and verifier"];
    add(&place, &["x", "--role", "leader", "--unit", "pwdx"]).refused(1, &said);
    add(&place, &["x", "--role", "leader", "--name", ""]).refused(1, &["--name"]);
    let add_x = ["user", "add", "x", "--role", "leader"];
    place
        .run_with_input(&add_x, "short\n")
        .refused(1, &["8 to 128"]);
    place.run_with_input(&add_x, "").refused(1, &["--generate"]);
    for command in ["password", "disable", "enable"] {
        let said = ["no such user", "li.na"];
        place.run(&["user", command, "nobody"]).refused(1, &said);
    }
    let list = place.run(&["user", "list", "--json"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 1, "nothing was added");
}

#[test]
fn beside_a_server_accounts_are_changed_by_it() {
    let place = Place::city();
    add(&place, &["li.na", "--role", "operator"]).ok();
    let server = place.serve(&[]);
    assert!(place.run(&["user", "list"]).ok().out.contains("li.na"));
    let added = [
        "user",
        "add",
        "wang.wu",
        "--role",
        "leader",
        "--generate",
        "--json",
    ];
    let added = place.run(&added).ok().json();
    let password = added["password"].as_str().unwrap();
    assert!(server.signs_in("wang.wu", password));
    place.run(&["user", "disable", "wang.wu"]).ok();
    assert!(!server.signs_in("wang.wu", password));
    place.run(&["user", "enable", "wang.wu"]).ok();
    assert!(server.signs_in("wang.wu", password));
    let said = ["there is a wang.wu already", "NAME"];
    place
        .run(&["user", "add", "wang.wu", "--role", "leader", "--generate"])
        .refused(1, &said);
    let new = place.run_with_input(&["user", "password", "wang.wu"], "another one 12\n");
    new.ok();
    assert!(server.signs_in("wang.wu", "another one 12"));
    let key = place.run(&["user", "key", "wang.wu", "--json"]).ok().json();
    assert_eq!(key["name"], "wang.wu");
    server.stop("TERM");
    place.run(&["user", "disable", "li.na"]).ok();
    // The record says who did it, whichever way.
    let by: Vec<String> = place
        .sql()
        .prepare("SELECT body FROM entry WHERE case_id IS NULL ORDER BY seq")
        .unwrap()
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap()
        .map(|body| String::from_utf8(body.unwrap()).unwrap())
        .filter(|body| body.contains("account/wang.wu"))
        .collect();
    assert_eq!(by.len(), 4);
    assert!(
        by.iter()
            .all(|body| body.contains("\"system:command-line\"")),
        "{by:?}"
    );
}
