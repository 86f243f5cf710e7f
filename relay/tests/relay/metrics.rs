//! Metrics, alerts and the dashboard, by the real program.

use std::collections::BTreeSet;
use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

use prometheus_parse::{Scrape, Value as Sample};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::{Relay, header};

/// How long a machine that is busy with other things may take until something is seen.
const PATIENCE: Duration = Duration::from_secs(120);

fn get(relay: &Relay, path: &str) -> (u16, Value) {
    let mut response = relay.get(path, &[]);
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap())
}

/// What is answered as soon as it is as it should be.
fn until(relay: &Relay, path: &str, wanted: impl Fn(u16, &Value) -> bool) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (status, answer) = get(relay, path);
        if wanted(status, &answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{path}: {status} {answer:#}");
        thread::sleep(Duration::from_millis(200));
    }
}

/// Listens on a thread of its own until the relay goes.
fn listen(relay: &Relay, query: &str) {
    let mut client = Client::connect(relay, query);
    thread::spawn(move || while client.0.read().is_ok() {});
}

fn scrape(relay: &Relay) -> Scrape {
    let mut response = relay.get("/api/v1/metrics/prometheus", &[]);
    assert_eq!(header(&response, "content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = response.body_mut().read_to_string().unwrap();
    assert!(text.ends_with('\n'));
    Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap()
}

/// A value, with labels, if it is there.
fn sample<'a>(scrape: &'a Scrape, name: &str, labels: &[(&str, &str)]) -> Option<&'a Sample> {
    let fits = |sample: &&prometheus_parse::Sample| {
        sample.metric == name && labels.iter().all(|(label, value)| sample.labels.get(label) == Some(*value))
    };
    scrape.samples.iter().find(fits).map(|sample| &sample.value)
}

fn as_number(sample: Option<&Sample>) -> f64 {
    match sample {
        Some(Sample::Counter(x) | Sample::Gauge(x) | Sample::Untyped(x)) => *x,
        other => panic!("{other:?}"),
    }
}

#[test]
fn listeners_are_measured() {
    let relay = Relay::start();
    for query in ["", "?transport=pcm", "?transport=pcm", "?transport=opus", "?transport=score"] {
        listen(&relay, query);
    }
    let mut radio = relay.get("/stream.wav", &[]).into_body().into_reader();
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while radio.read(&mut bytes).is_ok_and(|read| read > 0) {}
    });
    let clients = json!({ "json": 1, "pcm": 2, "opus": 1, "score": 1, "ogg": 0, "wav": 1 });
    let answer = until(&relay, "/api/v1/metrics", |_, answer| {
        answer["clients"] == clients
            && ["chunk_rate", "round_trip_ms", "cpu_percent", "phrase_generation_ms"]
                .iter()
                .all(|field| answer["current"][field].is_number())
    });
    let current =
        |field: &str| answer["current"][field].as_f64().unwrap_or_else(|| panic!("{field}: {answer:#}"));
    assert!((1.0..=20.0).contains(&current("chunk_rate")));
    assert!(current("real_time_factor") > 0.0 && current("synthesis_latency_ms") > 0.0);
    assert!((-100.0..0.5).contains(&current("peak_level_dbfs")));
    assert_eq!((current("phrase_queue"), current("synthesis_failures_percent")), (3.0, 0.0));
    assert!(current("memory_mib") > 1.0);
    assert!(answer["totals"]["chunks"].as_u64().unwrap() > 10);
    let session = &answer["sessions"][0];
    assert_eq!((&session["session"], &session["clients"]), (&json!("main"), &clients));
    assert_eq!(session["totals"]["chunks"].is_u64(), session["current"]["buffer_depth_ms"].is_number());

    let scrape = scrape(&relay);
    let main = ("session", "main");
    assert_eq!(as_number(sample(&scrape, "auralis_clients", &[main, ("transport", "pcm")])), 2.0);
    assert_eq!(as_number(sample(&scrape, "auralis_clients", &[main, ("transport", "wav")])), 1.0);
    assert!(as_number(sample(&scrape, "process_resident_memory_bytes", &[])) > 1e6);
    for name in [
        "auralis_synthesis_latency_seconds",
        "auralis_chunk_render_seconds",
        "auralis_websocket_round_trip_seconds",
        "auralis_phrase_generation_seconds",
    ] {
        let Some(Sample::Histogram(buckets)) = sample(&scrape, name, &[main]) else { panic!("{name}") };
        assert!(
            buckets.windows(2).all(|two| two[0].count <= two[1].count && two[0].less_than < two[1].less_than),
            "{name}: {buckets:?}"
        );
        let all = as_number(sample(&scrape, &format!("{name}_count"), &[main]));
        assert!(all > 0.0 && buckets.last().unwrap().count == all, "{name}: {buckets:?}");
    }

    // Ten seconds after the start there is history, of the relay and of the session.
    for query in ["", "&session=main"] {
        let answer = until(&relay, &format!("/api/v1/metrics?history=true{query}"), |_, answer| {
            answer["history"].as_array().is_some_and(|history| !history.is_empty())
        });
        assert!(answer["history"][0]["clients"].is_u64() && answer["history"][0]["time"].is_string());
    }
    assert!(get(&relay, "/api/v1/metrics").1.get("history").is_none(), "it was not asked for");
}

#[test]
fn changes_are_counted_and_what_cannot_be_asked_is_named() {
    let relay = Relay::start();
    let post = |path: &str, body: &str| {
        let address = format!("http://127.0.0.1:{}/api/v1/{path}", relay.port);
        let request = relay.agent.post(address).header("content-type", "application/json");
        request.send(body).unwrap().status().as_u16()
    };
    assert_eq!(post("control", "{\"bpm\": 61}"), 200);
    assert_eq!(post("control", "{\"bpm\": 1}"), 422);
    let mut client = Client::connect(&relay, "?transport=score");
    client.say(&json!({ "type": "control", "intensity": 9 }));
    assert_eq!(client.hear("error")["code"], "INVALID_CONTROL");
    client.say(&json!({ "type": "control", "intensity": 0.2 }));
    client.hear("change");
    let totals = &get(&relay, "/api/v1/metrics?session=main").1["totals"];
    assert_eq!((&totals["controls_accepted"], &totals["controls_refused"]), (&json!(2), &json!(2)));
    let said = scrape(&relay);
    assert_eq!(as_number(sample(&said, "auralis_errors_total", &[("code", "INVALID_CONTROL")])), 1.0);
    let refused = sample(&said, "auralis_controls_total", &[("session", "main"), ("outcome", "refused")]);
    assert_eq!(as_number(refused), 2.0);

    let (status, told) = get(&relay, "/api/v1/metrics?session=nobody");
    assert_eq!(status, 404, "{told}");
    let (status, told) = get(&relay, "/api/v1/metrics?history=maybe");
    assert_eq!(
        (status, &told["field"], &told["value"], &told["allowed"]),
        (422, &json!("history"), &json!("maybe"), &json!("true or false"))
    );

    // A session that has ended is told of no more.
    assert_eq!(post("sessions", "{\"name\": \"short\"}"), 201);
    assert_eq!(post("control?session=short", "{\"bpm\": 50}"), 200);
    let of_short =
        |scrape: &Scrape| sample(scrape, "auralis_controls_total", &[("session", "short")]).is_some();
    assert!(of_short(&scrape(&relay)));
    let address = format!("http://127.0.0.1:{}/api/v1/sessions/short", relay.port);
    assert_eq!(relay.agent.delete(address).call().unwrap().status(), 204);
    let deadline = Instant::now() + PATIENCE;
    while of_short(&scrape(&relay)) {
        assert!(Instant::now() < deadline);
        thread::sleep(Duration::from_millis(100));
    }
}

/// A relay that stands still for some seconds is late: that is an alert, which makes it unhealthy, and is over later.
#[cfg(unix)]
#[test]
fn a_relay_that_stood_still_is_unhealthy_for_a_while() {
    let relay = Relay::start();
    listen(&relay, "?transport=pcm");
    until(&relay, "/api/v1/metrics/health", |status, health| {
        let current = get(&relay, "/api/v1/metrics").1["current"]["chunk_rate"].is_number();
        current && (status, &health["status"]) == (200, &json!("healthy"))
    });
    let signal = |name: &str| {
        let id = relay.child.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &id]).status().unwrap().success());
    };
    signal("-STOP");
    thread::sleep(Duration::from_secs(4));
    signal("-CONT");
    let health = until(&relay, "/api/v1/metrics/health", |status, _| status == 503);
    assert_eq!(health["status"], "unhealthy");
    let reasons = health["reasons"].as_array().unwrap();
    let late = |alert: &Value| alert["metric"] == "synthesis_latency" && alert["session"] == "main";
    assert!(reasons.iter().any(|reason| late(reason) && reason["sentence"].is_string()), "{health:#}");
    let answer = get(&relay, "/api/v1/metrics").1;
    assert_eq!(answer["healthy"], false);
    assert!(answer["alerts"]["active"].as_array().unwrap().iter().any(late), "{answer:#}");
    let underrun = |event: &Value| event["code"] == "BUFFER_UNDERRUN" && event["session"] == "main";
    assert!(answer["events"].as_array().unwrap().iter().any(underrun), "{answer:#}");
    assert!(answer["totals"]["underruns"].as_u64().unwrap() > 0);

    until(&relay, "/api/v1/metrics", |_, answer| {
        answer["alerts"]["past"]
            .as_array()
            .unwrap()
            .iter()
            .any(|alert| late(alert) && alert["over"].is_string())
    });
}

#[test]
fn the_dashboard_is_in_the_program_and_asks_nobody_else() {
    let relay = Relay::start();
    let mut page = relay.get("/dashboard", &[]);
    assert_eq!(
        (page.status(), header(&page, "content-type")),
        (200.try_into().unwrap(), "text/html; charset=utf-8")
    );
    let policy = header(&page, "content-security-policy");
    let strict =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:";
    assert!(policy.starts_with(strict) && !policy.contains("unsafe"), "{policy}");
    let html = page.body_mut().read_to_string().unwrap();
    let named: BTreeSet<_> = ["href=\"", "src=\""]
        .iter()
        .flat_map(|before| html.split(before).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .filter(|address| !address.starts_with('#'))
        .collect();
    assert!(named.contains("dashboard/dashboard.js") && named.contains("dashboard/page.css"), "{named:?}");
    for address in named.iter().copied().chain(["dashboard/plot.js"]) {
        assert!(!address.contains("//"), "{address} is foreign");
        let response = relay.get(&format!("/{address}"), &[]);
        assert_eq!(response.status(), 200, "{address}");
        if address.starts_with("dashboard/") {
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        }
    }
    assert!(!html.contains("http:") && !html.contains("https:") && !html.contains("<style"));
    assert_eq!(relay.get("/dashboard/", &[]).status(), 200, "it leads to the page");
}

/// Holds an answer to its schema: each field is described, and each that is required is there.
fn is_described(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(address) = schema["$ref"].as_str() {
        let schema = document.pointer(address.trim_start_matches('#')).unwrap_or_else(|| panic!("{address}"));
        return is_described(document, schema, value, place);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut fields = serde_json::Map::new();
        for part in parts {
            let part = part["$ref"]
                .as_str()
                .map_or(part, |it| document.pointer(it.trim_start_matches('#')).unwrap());
            fields.extend(part["properties"].as_object().unwrap().clone());
        }
        return is_described(document, &json!({ "properties": fields }), value, place);
    }
    if let Some(ways) = schema["oneOf"].as_array() {
        let way = ways.iter().find(|way| way["type"] != "null");
        if !value.is_null() {
            is_described(document, way.unwrap(), value, place);
        }
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("{place}.{name}");
                let field = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
                is_described(
                    document,
                    field.unwrap_or_else(|| panic!("{place} is not described")),
                    value,
                    &place,
                );
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(fields.contains_key(name.as_str().unwrap()), "{place} has no {name}");
            }
        }
        Value::Array(items) => {
            for item in items {
                is_described(document, &schema["items"], item, place);
            }
        }
        _ => assert!(schema.get("type").is_some(), "{place}: {schema}"),
    }
}

#[test]
fn answers_are_as_the_document_says() {
    let relay = Relay::start();
    listen(&relay, "?transport=score");
    let document = get(&relay, "/api/v1/openapi.json").1;
    let schema = |path: &str, status: &str, kind: &str| {
        document["paths"][path]["get"]["responses"][status]["content"][kind]["schema"].clone()
    };
    let json = "application/json";
    let answer = until(&relay, "/api/v1/metrics?history=true", |_, answer| {
        !answer["sessions"].as_array().unwrap().is_empty()
            && !answer["history"].as_array().unwrap().is_empty()
    });
    is_described(&document, &schema("/api/v1/metrics", "200", json), &answer, "metrics");
    let (_, health) = get(&relay, "/api/v1/metrics/health");
    for status in ["200", "503"] {
        is_described(&document, &schema("/api/v1/metrics/health", status, json), &health, "health");
    }
    assert_eq!(schema("/api/v1/metrics/prometheus", "200", "text/plain")["type"], "string");
    let parameters = document["paths"]["/api/v1/metrics"]["get"]["parameters"].as_array().unwrap();
    let names: BTreeSet<_> = parameters.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["history", "session"]));
}
