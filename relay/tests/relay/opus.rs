//! Opus over WebSockets, by the real program.

use auralis_protocol::frame::{Header, Payload, packets};
use tungstenite::Message;

use crate::support::client::Client;
use crate::support::sound::{decoded, is_the_session};
use crate::support::{Relay, folder_with_site, program};

const LOCAL: &[&str] = &["--host", "127.0.0.1", "--port", "0"];

fn start(arguments: &[&str]) -> Relay {
    let folder = folder_with_site();
    let command = program(folder.path());
    Relay::start_with(command, folder, &[LOCAL, arguments].concat())
}

/// The next binary frame, and what its header says.
fn bundle(client: &mut Client) -> (Header, Vec<u8>) {
    loop {
        if let Message::Binary(bytes) = client.message() {
            let (header, payload) = Header::read(&bytes).unwrap();
            assert_eq!((header.payload, header.channels), (Payload::Opus, 2));
            return (header, payload.to_vec());
        }
    }
}

fn packets_hold_the_music(rate: u32) {
    let relay = start(&["--sample-rate", &rate.to_string()]);
    let session = Client::connect(&relay, "?transport=score").session();
    let hear = |client: &mut Client, bundles: usize| {
        let all: Vec<_> = (0..bundles).map(|_| bundle(client)).collect();
        for pair in all.windows(2) {
            let frames = packets(&pair[0].1).count() as u64 * u64::from(rate / 50);
            assert_eq!(pair[1].0.frame, pair[0].0.frame + frames, "each begins where the last one ended");
            assert_eq!(pair[1].0.chunk_index, pair[0].0.chunk_index + 1);
            assert_eq!(packets(&pair[1].1).count(), 5, "100 ms");
        }
        assert!(all.iter().all(|(header, _)| header.sample_rate == rate));
        all
    };
    let check = |all: &[(Header, Vec<u8>)]| {
        let heard = decoded(all.iter().flat_map(|(_, payload)| packets(payload)));
        is_the_session(&session, all[0].0.frame, &heard);
    };
    let mut first = Client::connect(&relay, "?transport=opus");
    check(&hear(&mut first, 25));
    // Who comes later hears the very same packets, and his decoder soon the music.
    let mut second = Client::connect(&relay, "?transport=opus");
    let late = hear(&mut second, 15);
    check(&late);
    let mut same = bundle(&mut first);
    while same.0.chunk_index < late[0].0.chunk_index {
        same = bundle(&mut first);
    }
    assert!(same == late[0]);
}

#[test]
fn packets_hold_the_music_at_44100() {
    packets_hold_the_music(44_100);
}

#[test]
fn packets_hold_the_music_at_48000() {
    packets_hold_the_music(48_000);
}

#[test]
fn chunks_that_are_no_whole_packets_do_not_matter() {
    let relay = start(&["--chunk-duration-ms", "33"]);
    let session = Client::connect(&relay, "?transport=score").session();
    let mut client = Client::connect(&relay, "?transport=opus");
    let all: Vec<_> = (0..45).map(|_| bundle(&mut client)).collect();
    for pair in all.windows(2) {
        assert_eq!(pair[1].0.frame, pair[0].0.frame + 882 * packets(&pair[0].1).count() as u64);
    }
    is_the_session(&session, all[0].0.frame, &decoded(all.iter().flat_map(|(_, payload)| packets(payload))));
}

#[test]
fn twenty_listeners_hear_the_same_packets() {
    let relay = start(&["--max-clients", "21"]);
    let mut clients: Vec<_> = (0..20).map(|_| Client::connect(&relay, "?transport=opus")).collect();
    // One who does not read holds up nobody.
    let _idle = Client::connect(&relay, "?transport=opus");
    let wanted: Vec<_> = (0..12).map(|_| bundle(&mut clients[0])).collect();
    for client in &mut clients[1..] {
        let mut heard = bundle(client);
        while heard.0.chunk_index < wanted[6].0.chunk_index {
            heard = bundle(client);
        }
        for wanted in &wanted[6..] {
            assert!(&heard == wanted);
            heard = bundle(client);
        }
    }
}

#[test]
fn a_relay_without_opus_says_so() {
    let relay = start(&["--enable-opus", "false"]);
    let url = format!("ws://127.0.0.1:{}/ws/stream?transport=opus", relay.port);
    let tungstenite::Error::Http(response) = tungstenite::connect(url).unwrap_err() else { panic!() };
    assert_eq!(response.status(), 422);
    let body = String::from_utf8(response.body().clone().unwrap_or_default()).unwrap();
    assert!(body.contains("allowed: json, pcm, score"), "{body}");
    assert_eq!(relay.get("/stream.opus", &[]).status(), 404);
    let playlist = relay.get("/stream.m3u", &[]).body_mut().read_to_string().unwrap();
    assert!(playlist.ends_with(&format!("http://127.0.0.1:{}/stream.wav?session=main\n", relay.port)));
}
