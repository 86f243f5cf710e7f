//! Plain HTTP audio, by the real program: what a player of web radios gets.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use auralis_protocol::frame::{Header, packets};
use serde_json::{Value, json};
use tungstenite::Message;
use ureq::Body;
use ureq::http::Response;

use crate::support::client::{Client, reference};
use crate::support::sound::{SETTLING, decoded, is_the_session};
use crate::support::{Relay, folder_with_site, header, program};

/// The next so many bytes of an answer that does not end.
fn read(response: &mut Response<Body>, bytes: usize) -> Vec<u8> {
    let mut read = vec![0; bytes];
    response.body_mut().as_reader().read_exact(&mut read).unwrap();
    read
}

/// The next binary frame of a WebSocket, from its beginning.
fn frame(client: &mut Client) -> (Header, Vec<u8>) {
    loop {
        if let Message::Binary(bytes) = client.message() {
            let (header, payload) = Header::read(&bytes).unwrap();
            return (header, payload.to_vec());
        }
    }
}

/// A page of an Ogg file.
struct Page {
    flags: u8,
    granule: u64,
    serial: u32,
    sequence: u32,
    packets: Vec<Vec<u8>>,
}

/// The checksum of an Ogg page (RFC 3533, section 6).
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 }
        })
    })
}

/// The next page, read by the specification alone.
fn page(response: &mut Response<Body>) -> Page {
    let mut bytes = read(response, 27);
    assert_eq!(&bytes[..5], b"OggS\0");
    let lacing = read(response, bytes[26].into());
    let mut body = read(response, lacing.iter().map(|length| usize::from(*length)).sum());
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let granule = u64::from_le_bytes(bytes[6..14].try_into().unwrap());
    let (flags, serial, sequence, sum) = (bytes[5], number(14), number(18), number(22));
    bytes[22..26].fill(0);
    assert_eq!(checksum(&[&bytes[..], &lacing, &body].concat()), sum, "the checksum");
    let (mut packets, mut length) = (Vec::new(), 0);
    for segment in lacing {
        length += usize::from(segment);
        if segment < 255 {
            packets.push(body.drain(..length).collect());
            length = 0;
        }
    }
    assert_eq!(length, 0, "no packet goes on on the next page");
    Page { flags, granule, serial, sequence, packets }
}

/// Listens to `/stream.opus` for so many pages: checks each, and gives the title and the packets.
fn listen(relay: &Relay, query: &str, pages: usize) -> (String, Vec<Vec<u8>>) {
    let mut response = relay.get(&format!("/stream.opus{query}"), &[]);
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type"), "audio/ogg; codecs=opus");
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert!(header(&response, "icy-name").starts_with("Auralis: "));
    let head = page(&mut response);
    assert_eq!((head.flags, head.granule, head.sequence, head.packets.len()), (2, 0, 0, 1));
    let packet = &head.packets[0];
    assert_eq!((&packet[..10], &packet[16..]), (&b"OpusHead\x01\x02"[..], &[0, 0, 0][..]));
    let skip = u16::from_le_bytes([packet[10], packet[11]]);
    assert_eq!(usize::from(skip), SETTLING, "80 ms, in which a decoder finds its way");
    let tags = page(&mut response);
    assert_eq!((tags.flags, tags.granule, tags.sequence, tags.packets.len()), (0, 0, 1, 1));
    let title = title(&tags);
    let mut all = Vec::new();
    for sequence in 2..2 + pages as u32 {
        let page = page(&mut response);
        all.extend(page.packets);
        let wanted = (0, sequence, head.serial, 960 * all.len() as u64);
        assert_eq!((page.flags, page.sequence, page.serial, page.granule), wanted);
    }
    (title, all)
}

#[test]
fn ogg_opus_begins_for_everybody_and_holds_the_session() {
    let relay = Relay::start();
    let session = Client::connect(&relay, "?transport=score").session();
    let mut client = Client::connect(&relay, "?transport=opus");
    let (first, _) = frame(&mut client);
    // Two who come at different times.
    for _ in 0..2 {
        let (title, heard) = listen(&relay, "", 18);
        assert_eq!(title, "A minor", "no preset was chosen");
        // The packets are those of everybody: where they are in the session is said there.
        let mut known = Vec::new();
        let begin = loop {
            let (header, payload) = frame(&mut client);
            known.extend(packets(&payload).map(<[u8]>::to_vec).zip((header.frame..).step_by(882)));
            if let Some((_, frame)) = known.iter().find(|(packet, _)| *packet == heard[1]) {
                break frame - 882;
            }
        };
        assert!(begin > first.frame);
        is_the_session(&session, begin, &decoded(heard.iter().map(Vec::as_slice)));
    }
}

#[test]
fn wav_holds_the_sessions_own_samples() {
    for rate in [44_100, 48_000] {
        let folder = folder_with_site();
        let command = program(folder.path());
        let rate_text = rate.to_string();
        let options = ["--host", "127.0.0.1", "--port", "0", "--sample-rate", &rate_text];
        let relay = Relay::start_with(command, folder, &options);
        let session = Client::connect(&relay, "?transport=score").session();
        let mut client = Client::connect(&relay, "?transport=pcm");
        let mut response = relay.get("/stream.wav?session=main", &[]);
        assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, "audio/wav"));
        assert_eq!(header(&response, "cache-control"), "no-store");
        let mut head = read(&mut response, 44);
        assert_eq!((&head[4..8], &head[40..]), (&[255; 4][..], &[255; 4][..]), "as great as can be");
        // hound takes whole frames only.
        head[40] = 252;
        let spec = hound::WavReader::new(&head[..]).unwrap().spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, rate, 16));
        let chunk = rate as usize / 10;
        let heard = read(&mut response, 4 * 15 * chunk);
        let from = loop {
            let (header, payload) = frame(&mut client);
            if payload == heard[..4 * chunk] {
                break header.frame;
            }
        };
        assert!(heard == reference(&session, from, 15 * chunk), "the engine's own samples");
    }
}

#[test]
fn a_playlist_names_the_stream_and_what_it_plays() {
    let relay = Relay::start();
    let playlist = |query: &str| {
        let mut response = relay.get(&format!("/stream.m3u{query}"), &[]);
        assert!(
            response.headers().get("icy-name").is_none(),
            "it is no radio itself: VLC would take it for one"
        );
        assert_eq!(header(&response, "content-type"), "audio/x-mpegurl");
        assert_eq!(header(&response, "cache-control"), "no-store");
        response.body_mut().read_to_string().unwrap()
    };
    let host = format!("127.0.0.1:{}", relay.port);
    let wanted = format!("#EXTM3U\n#EXTINF:-1,A minor\nhttp://{host}/stream.opus?session=main\n");
    assert_eq!(playlist(""), wanted);
    let api = format!("http://{host}/api/v1");
    let begin = |body: Value| {
        let request = relay.agent.post(format!("{api}/sessions")).header("content-type", "application/json");
        assert_eq!(request.send(body.to_string()).unwrap().status(), 201);
    };
    begin(json!({ "name": "night", "sample_rate": 48000, "settings": { "preset": "sleep" } }));
    let wanted = format!("#EXTM3U\n#EXTINF:-1,Sleep\nhttp://{host}/stream.opus?session=night\n");
    assert_eq!(playlist("?session=night"), wanted);
    assert_eq!(listen(&relay, "?session=night", 2).0, "Sleep");
    let steer = relay.agent.post(format!("{api}/control?session=night"));
    let steered = steer.header("content-type", "application/json").send("{\"preset\": \"rain\"}").unwrap();
    assert_eq!(steered.status(), 200);
    assert!(playlist("?session=night").contains("#EXTINF:-1,Rain\n"));
    for path in ["/stream.opus", "/stream.wav", "/stream.m3u"] {
        let mut response = relay.get(&format!("{path}?session=nobody"), &[]);
        assert_eq!(response.status(), 404, "{path}");
        let told: Value = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
        assert_eq!(told["message"], "there is no session \"nobody\"");
    }
}

/// A page that is a file's last one, in the flags of a page.
const LAST: u8 = 4;

#[test]
fn another_title_is_another_file_in_the_same_stream() {
    let relay = Relay::start();
    let mut response = relay.get("/stream.opus", &[]);
    let first = page(&mut response);
    assert!(title(&page(&mut response)) == "A minor");
    let mut before = page(&mut response).packets;
    let steer = relay.agent.post(format!("http://127.0.0.1:{}/api/v1/control", relay.port));
    let steered = steer.header("content-type", "application/json").send("{\"preset\": \"rain\"}").unwrap();
    assert_eq!(steered.status(), 200);
    let last = loop {
        let page = page(&mut response);
        before.extend(page.packets.clone());
        if page.flags == LAST {
            break page;
        }
        assert!(before.len() < 200, "within four seconds");
    };
    assert_eq!((last.serial, last.packets.len()), (first.serial, 1));
    assert_eq!(last.granule, 960 * before.len() as u64);
    let next = page(&mut response);
    assert_eq!((next.flags, next.granule, next.sequence), (2, 0, 0));
    assert_ne!(next.serial, first.serial);
    let skip = usize::from(u16::from_le_bytes([next.packets[0][10], next.packets[0][11]]));
    assert_eq!(title(&page(&mut response)), "Rain");
    // What is decoded without being played is what was played last, so that nothing is lost and nothing is heard twice.
    let mut after = Vec::new();
    while after.len() < 50 {
        let page = page(&mut response);
        after.extend(page.packets);
        assert_eq!((page.flags, page.serial, page.granule), (0, next.serial, 960 * after.len() as u64));
    }
    let settling = skip / 960;
    assert!(skip >= SETTLING && after[..settling] == before[before.len() - settling..]);
    let through = decoded(before.iter().chain(&after[settling..]).map(Vec::as_slice));
    let anew = decoded(after.iter().map(Vec::as_slice));
    let of_through = &through[through.len() - anew.len()..];
    let worst = of_through.iter().zip(&anew).skip(2 * skip).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-3, "{worst}");
}

/// What the tags on a page call the file.
fn title(page: &Page) -> String {
    let tags = String::from_utf8_lossy(&page.packets[0]);
    assert!(tags.starts_with("OpusTags"));
    let title = tags.split("TITLE=").nth(1).unwrap().split('\0').next().unwrap();
    title.trim_end_matches(|c: char| c.is_control()).to_owned()
}

#[test]
fn a_session_that_ends_ends_its_streams() {
    let relay = Relay::start();
    let url = format!("http://127.0.0.1:{}/api/v1/sessions", relay.port);
    let begin = relay.agent.post(&url).header("content-type", "application/json");
    assert_eq!(begin.send("{\"name\": \"brief\"}").unwrap().status(), 201);
    let mut response = relay.get("/stream.wav?session=brief", &[]);
    let mut opus = relay.get("/stream.opus?session=brief", &[]);
    read(&mut response, 44 + 17_640);
    for _ in 0..4 {
        page(&mut opus);
    }
    assert_eq!(relay.agent.delete(format!("{url}/brief")).call().unwrap().status(), 204);
    let mut rest = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut rest).unwrap();
    assert!(rest.len() < 30 * 17_640);
    let last = (0..300).map(|_| page(&mut opus)).find(|page| page.flags == LAST);
    assert_eq!(last.unwrap().packets.len(), 1);
    assert_eq!(opus.body_mut().as_reader().read(&mut [0]).unwrap(), 0, "nothing comes after it");
}

#[cfg(unix)]
#[test]
fn a_relay_that_stops_ends_its_streams() {
    let mut relay = Relay::start();
    let mut response = relay.get("/stream.opus", &[]);
    page(&mut response);
    let began = Instant::now();
    assert!(relay.signal("-TERM").success());
    assert!(began.elapsed() < Duration::from_secs(4), "it need not wait for who listens");
    let mut rest = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut rest).unwrap();
}

#[test]
fn a_player_that_reads_nothing_holds_up_nobody() {
    let folder = folder_with_site();
    let command = program(folder.path());
    let options = ["--host", "127.0.0.1", "--port", "0", "--max-clients", "2"];
    let relay = Relay::start_with(command, folder, &options);
    let mut client = Client::connect(&relay, "?transport=pcm");
    let (mut last, _) = frame(&mut client);
    let mut idle = TcpStream::connect(("127.0.0.1", relay.port)).unwrap();
    idle.write_all(b"GET /stream.wav HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    idle.read_exact(&mut [0; 4]).unwrap();
    // Both places are taken.
    let mut refused = relay.get("/stream.opus", &[]);
    assert_eq!(refused.status(), 503);
    assert!(refused.body_mut().read_to_string().unwrap().contains("as many listen"));
    for _ in 0..30 {
        let (next, _) = frame(&mut client);
        assert_eq!(next.chunk_index, last.chunk_index + 1, "nothing is lost");
        last = next;
    }
    // Whoever goes leaves it to another.
    drop(idle);
    let until = Instant::now() + Duration::from_secs(10);
    while relay.get("/stream.opus", &[]).status() != 200 {
        assert!(Instant::now() < until, "a place that was left is free again");
        std::thread::sleep(Duration::from_millis(50));
    }
}
