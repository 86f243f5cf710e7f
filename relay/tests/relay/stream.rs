//! Sessions over WebSockets, by the real program and a client of another make.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use auralis_protocol::frame::{Header, Payload};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tempfile::TempDir;
use tungstenite::Message;

use crate::support::client::{Client, reference, time_of};
use crate::support::{Relay, folder_with_site, program};

const LOCAL: &[&str] = &["--host", "127.0.0.1", "--port", "0"];

#[test]
fn a_client_of_the_json_transport_hears_the_session() {
    let relay = Relay::start();
    let session = Client::connect(&relay, "?transport=score").session();
    let mut client = Client::connect(&relay, "");
    let first = client.hear("audio");
    let mut next = first["chunk_index"].as_u64().unwrap();
    let mut heard = STANDARD.decode(first["data"].as_str().unwrap()).unwrap();
    for _ in 0..20 {
        let chunk = client.hear("audio");
        next += 1;
        assert_eq!(chunk["chunk_index"], next, "no chunk is missing, and none comes twice");
        assert_eq!(
            (&chunk["sample_rate"], &chunk["channels"], &chunk["format"]),
            (&json!(44100), &json!(2), &json!("int16_le"))
        );
        heard.extend(STANDARD.decode(chunk["data"].as_str().unwrap()).unwrap());
    }
    let frames = heard.len() / 4;
    assert_eq!(frames, 21 * 4410);
    let from = first["chunk_index"].as_u64().unwrap() * 4410;
    assert!(heard == reference(&session, from, frames), "the engine's own samples");
}

#[test]
fn binary_chunks_are_at_their_place_and_in_time() {
    let relay = Relay::start();
    let mut score = Client::connect(&relay, "?transport=score");
    let said = score.hear("session");
    let mut clients = [(); 3].map(|()| Client::connect(&relay, "?session=main&transport=pcm"));
    let mut first = Vec::new();
    for client in &mut clients {
        let Message::Binary(bytes) = client.message() else { panic!("a chunk") };
        let (header, payload) = Header::read(&bytes).unwrap();
        assert_eq!(
            (header.payload, header.channels, header.frame),
            (Payload::Pcm, 2, header.chunk_index * 4410)
        );
        assert_eq!(payload.len(), 4 * 4410);
        first.push((header.frame, payload.to_vec()));
    }
    // Everybody hears the same; who came later has been sent what still lies ahead.
    let mut begun = time_of(&said["began"]);
    begun += Duration::from_secs_f64(first[0].0 as f64 / 44100.0);
    let ahead = begun.duration_since(SystemTime::now()).unwrap_or_default();
    assert!(ahead < Duration::from_secs(1), "{ahead:?} ahead");
    let last = first[2].0;
    let mut bytes = first[0].clone();
    while bytes.0 < last {
        let Message::Binary(frame) = clients[0].message() else { panic!("a chunk") };
        let (header, payload) = Header::read(&frame).unwrap();
        bytes = (header.frame, payload.to_vec());
    }
    assert!(bytes == first[2]);
}

#[test]
fn a_change_is_everybodys_and_is_heard_at_its_frame() {
    let relay = Relay::start();
    let mut score = Client::connect(&relay, "?transport=score");
    let before = score.session();
    let mut json = Client::connect(&relay, "");
    let mut pcm = Client::connect(&relay, "?transport=pcm");
    let first = json.hear("audio")["chunk_index"].as_u64().unwrap();
    pcm.say(&json!({ "type": "control", "intensity": 0.9, "bpm": 80, "unknown": [1], "timestamp": 5 }));
    let update = pcm.hear("generation_update");
    assert!((update["intensity"].as_f64().unwrap() - 0.5).abs() < 0.41, "{update}");
    json.hear("generation_update");
    let change = score.hear("change");
    assert_eq!((&change["place"], &change["change"]["bpm"]), (&json!(0), &json!(80.0)));
    // What comes is the session with that change in it.
    let after = Client::connect(&relay, "?transport=score").session();
    assert_eq!((before.log.changes().len(), after.log.changes().len()), (0, 1));
    let frame = after.log.changes()[0].frame.0;
    assert_eq!(change["change"]["frame"], frame);
    let mut heard = Vec::new();
    let mut from = None;
    loop {
        let chunk = json.hear("audio");
        let index = chunk["chunk_index"].as_u64().unwrap();
        from.get_or_insert(index * 4410);
        heard.extend(STANDARD.decode(chunk["data"].as_str().unwrap()).unwrap());
        if index * 4410 > frame + 44_100 {
            break;
        }
    }
    assert!(first * 4410 < frame);
    assert!(heard == reference(&after, from.unwrap(), heard.len() / 4), "with the change, to the bit");
}

#[test]
fn what_cannot_be_followed_is_said_and_the_connection_stays() {
    let relay = Relay::start();
    let mut client = Client::connect(&relay, "?transport=score");
    for (message, part) in [
        ("nonsense".to_owned(), "JSON"),
        (json!({ "type": "dance" }).to_string(), "dance"),
        (
            json!({ "type": "control" }).to_string(),
            "control cannot be \"nothing\"; allowed: any of preset, key",
        ),
        (json!({ "type": "control", "bpm": 39 }).to_string(), "bpm cannot be \"39\"; allowed: 40 to"),
        (json!({ "type": "control", "key": "H minor" }).to_string(), "H minor"),
    ] {
        client.0.send(Message::text(message)).unwrap();
        let error = client.hear("error");
        assert_eq!((&error["code"], &error["severity"]), (&json!("INVALID_CONTROL"), &json!("error")));
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
    client.0.send(Message::binary(vec![1, 2, 3])).unwrap();
    assert_eq!(client.hear("error")["code"], "INVALID_CONTROL");
    client.say(&json!({ "type": "ping", "client_time": { "mine": 1 } }));
    let pong = client.hear("pong");
    assert_eq!(pong["client_time"], json!({ "mine": 1 }));
    time_of(&pong["server_time"]);
    client.say(&json!({ "type": "status_request" }));
    assert_eq!(client.hear("status")["active_clients"], 0);
    for (query, status) in [("?session=nobody", 404), ("?transport=smoke", 422)] {
        let error =
            tungstenite::connect(format!("ws://127.0.0.1:{}/ws/stream{query}", relay.port)).unwrap_err();
        let tungstenite::Error::Http(response) = error else { panic!("{error}") };
        assert_eq!(response.status(), status);
    }
}

#[test]
fn one_more_than_there_is_room_for_is_told_so() {
    let folder = folder_with_site();
    let command = program(folder.path());
    let relay = Relay::start_with(command, folder, &[LOCAL, &["--max-clients", "2"]].concat());
    let mut clients = [(); 2].map(|()| Client::connect(&relay, ""));
    clients[0].hear("audio");
    let mut third = Client::connect(&relay, "?transport=pcm");
    assert_eq!(third.hear("error")["code"], "SERVER_OVERLOAD");
    assert_eq!(third.close_code(), 1013);
    // Who synthesizes counts apart.
    Client::connect(&relay, "?transport=score").session();
    drop(clients);
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let mut client = Client::connect(&relay, "?transport=json");
        if let Message::Text(text) = client.message()
            && text.contains("\"audio\"")
        {
            break;
        }
        assert!(Instant::now() < until, "a place that was left is free again");
    }
}

#[test]
fn a_change_is_kept_even_if_whoever_asked_has_gone() {
    let relay = Relay::start();
    let mut score = Client::connect(&relay, "?transport=score");
    score.session();
    let body = "{\"bpm\": 77}";
    for _ in 0..20 {
        let mut stream = TcpStream::connect(("127.0.0.1", relay.port)).unwrap();
        write!(
            stream,
            "POST /api/v1/control HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        // Gone without a look at the answer.
    }
    score.say(&json!({ "type": "control", "bpm": 78 }));
    while score.hear("change")["change"]["bpm"] != 78.0 {}
    // What those who have gone asked for may come after it.
    let log = Client::connect(&relay, "?transport=score").session().log;
    assert!(log.changes().iter().any(|change| change.patch.bpm.is_some_and(|bpm| bpm.get() == 78.0)));
    // The audio goes on.
    Client::connect(&relay, "").hear("audio");
}

#[test]
fn who_is_in_a_session_that_ends_is_told_so() {
    let relay = Relay::start();
    let url = format!("http://127.0.0.1:{}/api/v1/sessions", relay.port);
    let begun = relay
        .agent
        .post(&url)
        .header("content-type", "application/json")
        .send("{\"name\": \"brief\"}")
        .unwrap();
    assert_eq!(begun.status(), 201);
    let mut client = Client::connect(&relay, "?session=brief");
    client.hear("audio");
    assert_eq!(relay.agent.delete(format!("{url}/brief")).call().unwrap().status(), 204);
    assert_eq!(client.close_code(), 1000);
}

#[cfg(unix)]
#[test]
fn a_relay_that_is_killed_goes_on_with_the_same_music() {
    let data = tempfile::tempdir().unwrap();
    let start = |data: &TempDir| {
        let folder = folder_with_site();
        let command = program(folder.path());
        Relay::start_with(command, folder, &[LOCAL, &["--data-dir", data.path().to_str().unwrap()]].concat())
    };
    let mut relay = start(&data);
    let mut score = Client::connect(&relay, "?transport=score");
    score.session();
    for bpm in [60, 61, 62, 63] {
        score.say(&json!({ "type": "control", "bpm": bpm }));
        score.hear("generation_update");
    }
    let before = Client::connect(&relay, "?transport=score").session();
    // In the middle of more changes, of which nothing was acknowledged.
    score.say(&json!({ "type": "control", "bpm": 64 }));
    let killed = Command::new("kill").args(["-9", &relay.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    relay.child.wait().unwrap();

    let relay = start(&data);
    let mut client = Client::connect(&relay, "?transport=score");
    let said = client.hear("session");
    let after = Client::connect(&relay, "?transport=score").session();
    assert_eq!(after.session, before.session);
    assert_eq!(&after.log.changes()[..4], before.log.changes());
    let mut pcm = Client::connect(&relay, "?transport=pcm");
    let Message::Binary(bytes) = pcm.message() else { panic!("a chunk") };
    let (header, payload) = Header::read(&bytes).unwrap();
    let due = time_of(&said["began"]) + Duration::from_secs_f64(header.frame as f64 / 44_100.0);
    let off = due
        .duration_since(SystemTime::now())
        .map_or_else(|e| -e.duration().as_secs_f64(), |d| d.as_secs_f64());
    assert!((-0.5..1.0).contains(&off), "where the clock says it is: {off} s");
    assert!(payload == reference(&after, header.frame, payload.len() / 4), "to the bit");
}

#[cfg(unix)]
#[test]
fn who_listens_is_told_when_the_relay_stops() {
    let mut relay = Relay::start();
    let mut client = Client::connect(&relay, "");
    client.hear("audio");
    let sent = Command::new("kill").args(["-TERM", &relay.child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(client.close_code(), 1012);
    assert!(relay.child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn who_speaks_while_the_relay_stops_is_told_so_too() {
    let mut relay = Relay::start();
    let mut client = Client::connect(&relay, "?transport=score");
    // The relay's own ping is answered with that: afterwards the client writes nothing by itself.
    client.say(&json!({ "type": "status_request" }));
    client.hear("status");
    for _ in 0..100 {
        client.say(&json!({ "type": "ping", "client_time": 1 }));
    }
    assert!(relay.signal("-TERM").success());
    assert_eq!(client.close_code(), 1012);
}
