//! The REST interface, by the real program.

use serde_json::{Value, json};
use ureq::Body;
use ureq::http::Response;

use crate::support::{Relay, folder_with_site, program};

struct Answer {
    status: u16,
    body: Value,
}

fn answer(mut response: Response<Body>) -> Answer {
    let text = response.body_mut().read_to_string().unwrap();
    Answer { status: response.status().as_u16(), body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

fn address(relay: &Relay, path: &str) -> String {
    format!("http://127.0.0.1:{}/api/v1/{path}", relay.port)
}

fn get(relay: &Relay, path: &str) -> Answer {
    answer(relay.agent.get(address(relay, path)).call().unwrap())
}

fn post(relay: &Relay, path: &str, token: Option<&str>, body: &str) -> Answer {
    let mut request = relay.agent.post(address(relay, path)).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    answer(request.send(body).unwrap())
}

fn delete(relay: &Relay, path: &str, token: Option<&str>) -> Answer {
    let mut request = relay.agent.delete(address(relay, path));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    answer(request.call().unwrap())
}

#[test]
fn a_session_is_looked_at_and_steered() {
    let relay = Relay::start();
    let status = get(&relay, "status").body;
    assert_eq!(
        (&status["session"], &status["key"], &status["bpm"]),
        (&json!("main"), &json!("A minor"), &json!(70.0))
    );
    assert_eq!((&status["intensity"], &status["active_clients"]), (&json!(0.5), &json!(0)));
    let answer =
        post(&relay, "control", None, &json!({ "bpm": 55, "key": "Eb major", "other": 1 }).to_string());
    assert_eq!((answer.status, &answer.body["type"]), (200, &json!("generation_update")));
    let shown = get(&relay, "sessions/main").body;
    assert_eq!((&shown["changes"], &shown["open"]), (&json!(1), &json!(true)));
    assert_eq!(get(&relay, "ready").status, 204);
    assert_eq!(get(&relay, "status?session=nobody").status, 404);
}

#[test]
fn a_value_that_cannot_be_had_is_named() {
    let relay = Relay::start();
    for (body, field, value, allowed) in [
        (json!({ "bpm": 39 }), "bpm", "39", "40 to"),
        (json!({ "bpm": "NaN" }), "bpm", "NaN", "40 to"),
        (json!({ "intensity": 1.1 }), "intensity", "1.1", "0 to 1"),
        (json!({ "key": "H minor" }), "key", "H minor", "a tonic"),
        (json!({ "preset": "loud" }), "preset", "loud", "one of focus"),
        (json!({ "layers": 1 }), "layers", "1", "an object"),
        (json!({ "layers": { "drone": 2 } }), "layers.drone", "2", "0 to 1"),
        (json!({ "shoe": 1 }), "control", "nothing", "bpm"),
    ] {
        let Answer { status, body: told } = post(&relay, "control", None, &body.to_string());
        assert_eq!(status, 422, "{body}");
        assert_eq!((&told["field"], &told["value"]), (&json!(field), &json!(value)), "{told}");
        assert!(told["allowed"].as_str().unwrap().contains(allowed), "{told}");
        assert!(told["message"].as_str().unwrap().contains(field), "{told}");
    }
    let told = post(&relay, "control", None, "{");
    assert_eq!(told.status, 422);
    assert!(told.body["message"].as_str().unwrap().contains("JSON"), "{}", told.body);
    assert_eq!(get(&relay, "sessions/main").body["changes"], 0, "nothing was changed");
}

#[test]
fn sessions_begin_and_end() {
    let folder = folder_with_site();
    let command = program(folder.path());
    let relay =
        Relay::start_with(command, folder, &["--host", "127.0.0.1", "--port", "0", "--max-sessions", "3"]);
    let wanted = json!({
        "name": "late-night", "seed": "18446744073709551615", "sample_rate": 48000, "settings": { "preset": "sleep", "bpm": 44 },
    });
    let begun = post(&relay, "sessions", None, &wanted.to_string());
    assert_eq!(begun.status, 201);
    let session = &begun.body["session"];
    assert_eq!((&session["seed"], &session["sample_rate"]), (&wanted["seed"], &wanted["sample_rate"]));
    assert_eq!((&session["settings"]["bpm"], &begun.body["host_token"]), (&json!(44.0), &Value::Null));
    // A host's own.
    let begun = post(&relay, "sessions", None, &json!({ "name": "mine", "open": false }).to_string());
    let token = begun.body["host_token"].as_str().unwrap().to_owned();
    let steer = |token| post(&relay, "control?session=mine", token, "{\"bpm\": 50}").status;
    assert_eq!([steer(None), steer(Some("guessed")), steer(Some(&token))], [403, 403, 200]);
    let names: Vec<_> =
        get(&relay, "sessions").body.as_array().unwrap().iter().map(|s| s["name"].clone()).collect();
    assert_eq!(names, ["late-night", "main", "mine"]);

    for (body, status, part) in [
        (json!({ "name": "one-more" }), 409, "3 sessions"),
        (json!({ "name": "mine" }), 409, "already"),
        (json!({ "name": "no spaces" }), 422, "letters"),
        (json!({ "name": "" }), 422, "letters"),
        (json!({ "name": "x", "seed": "-1" }), 422, "decimal"),
        (json!({ "name": "x", "sample_rate": 96000 }), 422, "44100"),
        (json!({ "name": "x", "settings": { "bpm": 1 } }), 422, "40"),
        (json!({ "seed": "1" }), 422, "name"),
    ] {
        let Answer { status: got, body: told } = post(&relay, "sessions", None, &body.to_string());
        assert_eq!(got, status, "{body}: {told}");
        assert!(told["message"].as_str().unwrap().contains(part), "{told}");
    }

    assert_eq!(delete(&relay, "sessions/mine", None).status, 403);
    assert_eq!(delete(&relay, "sessions/mine", Some(&token)).status, 204);
    assert_eq!(delete(&relay, "sessions/mine", Some(&token)).status, 404);
    assert_eq!(delete(&relay, "sessions/main", None).status, 409);
    assert_eq!(post(&relay, "sessions", None, &json!({ "name": "one-more" }).to_string()).status, 201);
}

#[test]
fn the_document_and_its_page_are_in_the_program() {
    let relay = Relay::start();
    let document = get(&relay, "openapi.json").body;
    for path in ["control", "status", "ready", "sessions", "sessions/{name}"] {
        assert!(document["paths"][format!("/api/v1/{path}")].is_object(), "{path}");
    }
    for path in ["/stream.opus", "/stream.wav", "/stream.m3u"] {
        assert!(document["paths"][path]["get"].is_object(), "{path}");
    }
    let page = relay.get("/api/v1/docs/", &[]).body_mut().read_to_string().unwrap();
    assert!(page.contains("swagger") && !page.contains("https://"), "nothing is fetched from elsewhere");
}
