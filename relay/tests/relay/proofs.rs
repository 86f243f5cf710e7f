//! Who makes the music himself shows that it is the session's, by the real program.

use std::time::{Duration, SystemTime};

use auralis_engine::session::{Proof, SessionFile};
use auralis_engine::{Frame, SOUND_VERSION};
use serde_json::{Value, json};
use tungstenite::Message;

use crate::support::Relay;
use crate::support::client::{Client, rendered};

const SPAN: u64 = 220_500;

fn proof_of(file: &SessionFile, frame: u64) -> String {
    let mut proof = Proof::new(file.session.rate);
    let samples = rendered(file, frame, SPAN as usize);
    proof.take(Frame(frame), samples.as_chunks().0.iter().copied());
    let (proved, hash) = proof.last().unwrap();
    assert_eq!(proved, Frame(frame));
    hash.to_string()
}

/// Whether it is told to hear the relay before its next status.
fn moved(client: &mut Client, proof: &Value) -> Option<Value> {
    client.say(proof);
    client.say(&json!({ "type": "status_request" }));
    loop {
        let Message::Text(text) = client.message() else { panic!("text") };
        let message: Value = serde_json::from_str(&text).unwrap();
        match message["type"].as_str() {
            Some("status") => return None,
            Some("move") => {
                client.hear("status");
                return Some(message);
            }
            _ => {}
        }
    }
}

#[test]
fn what_is_not_the_session_is_to_be_heard_from_the_relay() {
    let relay = Relay::start();
    // As long as somebody listens, every span is known.
    let mut pcm = Client::connect(&relay, "?transport=pcm");
    let begun = SystemTime::now();
    while begun.elapsed().unwrap() < Duration::from_secs(11) {
        pcm.message();
    }
    let mut client = Client::connect(&relay, "?transport=score");
    let file = client.session();
    let proof =
        |hash: &str| json!({ "type": "proof", "sound_version": SOUND_VERSION, "frame": SPAN, "hash": hash });
    let right = proof_of(&file, SPAN);
    for hash in [&right, "1", &right, "not a number", &right] {
        assert_eq!(moved(&mut client, &proof(hash)), None, "right, or wrong but once");
    }
    assert_eq!(moved(&mut client, &proof("1")), None);
    let told = moved(&mut client, &proof("1")).unwrap();
    assert_eq!(told["transport"], "opus");
    assert!(told["message"].as_str().unwrap().contains("not the session"), "{told}");
    assert_eq!(moved(&mut client, &proof("1")), None, "once is enough");

    let mut other = Client::connect(&relay, "?transport=score");
    let old = json!({ "type": "proof", "sound_version": SOUND_VERSION - 1, "frame": 0, "hash": "0" });
    assert!(moved(&mut other, &old).unwrap()["message"].as_str().unwrap().contains("of version"));
}

#[test]
fn who_proves_has_the_session_rendered() {
    let relay = Relay::start();
    let mut client = Client::connect(&relay, "?transport=score");
    let file = client.session();
    let status = |client: &mut Client| {
        client.say(&json!({ "type": "status_request" }));
        client.hear("status")
    };
    assert_eq!(status(&mut client)["buffer_depth_ms"], 0.0, "nobody listens");
    let proof = |frame: u64, hash: &str| json!({ "type": "proof", "sound_version": SOUND_VERSION, "frame": frame, "hash": hash });
    assert_eq!(moved(&mut client, &proof(0, "1")), None, "nobody knows");
    // Two spans later there is one that the relay has rendered as a whole.
    let wrong = (1..).find(|n| {
        std::thread::sleep(Duration::from_millis(500));
        moved(&mut client, &proof(SPAN * (n / 10_u64).saturating_sub(1), "1")).is_some() || *n > 60
    });
    assert!(wrong.unwrap() < 60);
    let answer = status(&mut client);
    assert!(answer["buffer_depth_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(answer["active_clients"], 0, "who makes it himself is no listener");
    assert!(!proof_of(&file, 0).is_empty());
}
