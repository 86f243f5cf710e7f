use std::ffi::OsString;

use auralis_engine::Quality;

use super::*;

fn flags(arguments: &[&str]) -> Flags {
    Flags::try_parse_from(["auralis-relay"].iter().chain(arguments)).unwrap()
}

fn with(pairs: &[(&str, &str)]) -> Result<Config, String> {
    Config::new(&Flags::default(), &pairs.into()).map_err(|error| error.to_string())
}

#[test]
fn what_is_not_said_has_a_default() {
    let config = with(&[]).unwrap();
    assert_eq!(config.address().to_string(), "0.0.0.0:8000");
    assert_eq!((config.site.clone(), config.log_level), (None, LevelFilter::INFO));
    assert_eq!(config.settings, Settings::default());
    assert_eq!((config.opus_bitrate(), config.tls(), config.metrics_address()), (Some(96), None, None));
    assert!(config.threads >= 1 && config.log_format() == LogFormat::Human);
}

#[test]
fn flags_come_before_variables() {
    let said = [
        ("AURALIS_HOST", "::1"),
        ("AURALIS_PORT", "9000"),
        ("AURALIS_SITE", "there"),
        ("AURALIS_LOG_LEVEL", "debug"),
    ];
    let config = with(&said).unwrap();
    assert_eq!(config.address().to_string(), "[::1]:9000");
    assert_eq!((config.site, config.log_level), (Some("there".into()), LevelFilter::DEBUG));
    let flags = flags(&["--host", "localhost", "--port", "0", "--site", "here", "--log-level", "off"]);
    let config = Config::new(&flags, &said.into()).unwrap();
    assert_eq!(config.address().to_string(), "127.0.0.1:0");
    assert_eq!((config.site, config.log_level), (Some("here".into()), LevelFilter::OFF));
}

#[test]
fn it_is_known_who_said_what() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "AURALIS_MAX_CLIENTS=3\nAURALIS_PORT=1\nAURALIS_PROT=2\nPATH_OF=3\n").unwrap();
    let environment = [("AURALIS_PORT".into(), "9000".into()), ("AURALIS_CACHE".into(), "tools".into())];
    let variables = Variables::with_file(&file, environment).unwrap();
    let (_, told) = Config::explained(&flags(&["--host", "::1"]), &variables).unwrap();
    let of = |name: &str| told.iter().find(|told| told.variable == name).unwrap();
    assert_eq!(of("AURALIS_HOST").source, Source::Flag);
    assert_eq!((of("AURALIS_PORT").source, of("AURALIS_PORT").value.as_str()), (Source::Environment, "9000"));
    assert_eq!(of("AURALIS_MAX_CLIENTS").source, Source::File);
    assert_eq!(of("AURALIS_DATA_DIR").source, Source::Default);
    assert_eq!(told.len(), table::all().count());
    assert_eq!(Config::unknown(&variables), ["AURALIS_PROT"]);
}

/// For every variable: values that it takes, values that it does not, and what is said about those.
const VALUES: &[(&str, &[&str], &[&str], &str)] = &[
    ("AURALIS_ENV", &["development"], &["", "prod", "Production"], "development or production"),
    (
        "AURALIS_HOST",
        &["::", "127.0.0.1", "localhost"],
        &["", "a.example", "1.2.3", "127.0.0.1:80", " ::"],
        "127.0.0.1",
    ),
    ("AURALIS_PORT", &["0", "65535"], &["", "-1", "65536", "8000.0", "http", "0x50"], "from 0 to 65535"),
    ("AURALIS_METRICS_PORT", &["none", "0", "9100"], &["", "-1", "65536", "no"], "from 0 to 65535"),
    ("AURALIS_ENABLE_SSL", &["false", "off"], &["", "maybe"], "true or false"),
    ("AURALIS_SSL_CERT_PATH", &["none", "a/b.pem"], &[""], "the path of a file"),
    ("AURALIS_SSL_KEY_PATH", &["none", "a/b.pem"], &[""], "the path of a file"),
    (
        "AURALIS_CORS_ORIGINS",
        &["none", "*", "https://a.example", "https://a.example, http://localhost:3000"],
        &["", "a.example", "https://a.example/", "https://a.example,", "*,https://a.example", "null"],
        "https://music.example",
    ),
    (
        "AURALIS_TRUSTED_PROXIES",
        &["none", "loopback", "10.0.0.5", "loopback,172.16.0.0/12"],
        &["", "nginx", "10.0.0.0/33", "10.0.0.5:80"],
        "10.0.0.5",
    ),
    ("AURALIS_MAX_CONNECTIONS", &["1", "1000000"], &["", "0", "none", "1000001"], "from 1 to"),
    ("AURALIS_MAX_CLIENTS_PER_ADDRESS", &["none", "1"], &["", "0", "many"], "from 1 to"),
    ("AURALIS_SITE", &["built-in", "dist"], &[""], "path of a folder"),
    ("AURALIS_DATA_DIR", &["data"], &[""], "path of a folder"),
    ("AURALIS_MAX_DISK_MB", &["none", "1"], &["", "0", "1.5", "1000001"], "from 1 to"),
    ("AURALIS_MAX_SESSIONS", &["1"], &["", "0", "1000001"], "from 1"),
    ("AURALIS_SAMPLE_RATE", &["44100", "48000"], &["", "44.1", "96000"], "44100 or 48000"),
    ("AURALIS_DEFAULT_KEY", &["Bb major"], &["", "H minor"], "a tonic"),
    ("AURALIS_DEFAULT_BPM", &["40", "61.5"], &["", "39", "NaN"], "40 to"),
    ("AURALIS_DEFAULT_INTENSITY", &["0", "1"], &["", "1.1", "-0.1"], "0 to 1"),
    ("AURALIS_ENABLE_EFFECTS", &["true", "off"], &["", "maybe"], "true"),
    ("AURALIS_ENABLE_TRANSFORMER", &["false"], &["", "true", "maybe"], "allowed: false"),
    (
        "AURALIS_DEVICE",
        &["auto", "cpu", "reduced", "gpu", "vulkan", "mps"],
        &["", "tpu"],
        "auto, gpu, metal (mps), vulkan, cuda, dx12, cpu or reduced",
    ),
    ("AURALIS_THREADS", &["auto", "1", "1024"], &["", "0", "1025", "-1", "2.0"], "from 1 to 1024"),
    ("AURALIS_CHUNK_DURATION_MS", &["20", "1000"], &["", "19", "1001", "100.5"], "from 20 to 1000"),
    ("AURALIS_BUFFER_CAPACITY_SEC", &["1", "60"], &["", "0.9", "NaN", "inf", "61"], "from 1 to 60"),
    ("AURALIS_MAX_CLIENTS", &["1"], &["", "0", "-1", "many"], "from 1"),
    ("AURALIS_ENABLE_OPUS", &["yes", "off"], &["", "maybe", "2"], "true or false"),
    ("AURALIS_OPUS_BITRATE", &["64", "160"], &["", "63", "161", "96k", "96.5"], "from 64 to 160"),
    ("AURALIS_LOG_LEVEL", &["off", "trace"], &["", "loud", "INFO", "3"], "off, error, warn"),
    ("AURALIS_LOG_FORMAT", &["auto", "human", "json"], &["", "xml"], "human or json"),
    ("AURALIS_LOG_FILE", &["none", "logs/relay.log"], &[""], "the path of a file"),
    ("AURALIS_LOG_ROTATION", &["daily", "hourly", "minutely", "never"], &["", "weekly"], "daily, hourly"),
    ("AURALIS_LOG_FILES", &["2", "10000"], &["", "1", "10001"], "from 2 to 10000"),
];

#[test]
fn a_wrong_value_is_named_with_what_is_allowed() {
    let names: Vec<_> = VALUES.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, table::all().map(|variable| variable.name).collect::<Vec<_>>(), "every one is tested");
    for &(name, right, wrong, allowed) in VALUES {
        let flag = table::all().find(|variable| variable.name == name).unwrap().flag;
        let flag = format!("--{flag}");
        for value in right {
            assert!(with(&[(name, value)]).is_ok(), "{name}={value}: {:?}", with(&[(name, value)]));
            Config::new(&flags(&[&flag, value]), &Variables::default()).unwrap();
        }
        for value in wrong {
            let message = with(&[(name, value)]).unwrap_err();
            let parts = [name, &format!("{value:?}"), &flag, allowed];
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
            assert!(!message.contains('\n'));
            let by_flag = Config::new(&flags(&[&flag, value]), &Variables::default()).unwrap_err();
            assert_eq!(by_flag.to_string(), message);
        }
    }
}

#[test]
fn what_there_is_not_yet_is_said_so() {
    for (name, value, why) in [
        (
            "AURALIS_DEVICE",
            "webgpu",
            "WebGPU is the browsers' way to a GPU; allowed: auto, gpu, metal (mps), vulkan, cuda, dx12, cpu or reduced",
        ),
        ("AURALIS_ENABLE_TRANSFORMER", "yes", "there is no learned melody model yet; allowed: false"),
    ] {
        let message = with(&[(name, value)]).unwrap_err();
        assert!(message.ends_with(&format!("is {value:?}, but {why}")), "{message}");
    }
}

#[test]
fn what_does_not_go_together_is_said_so() {
    let tls = [("AURALIS_ENABLE_SSL", "true"), ("AURALIS_SSL_CERT_PATH", "a.pem")];
    let message = with(&tls).unwrap_err();
    assert!(
        message.contains("no certificate or no key") && message.contains("AURALIS_SSL_KEY_PATH"),
        "{message}"
    );
    let whole = [&tls[..], &[("AURALIS_SSL_KEY_PATH", "b.pem")]].concat();
    assert_eq!(with(&whole).unwrap().tls(), Some((Path::new("a.pem"), Path::new("b.pem"))));
    assert_eq!(with(&whole[1..]).unwrap().tls(), None, "it is not asked for");

    let message = with(&[("AURALIS_PORT", "9000"), ("AURALIS_METRICS_PORT", "9000")]).unwrap_err();
    assert!(message.contains("AURALIS_METRICS_PORT and AURALIS_PORT are both 9000"), "{message}");
    let config = with(&[("AURALIS_PORT", "0"), ("AURALIS_METRICS_PORT", "0")]).unwrap();
    assert_eq!(config.metrics_address().unwrap().to_string(), "0.0.0.0:0");

    let message = with(&[("AURALIS_LOG_FILE", "/")]).unwrap_err();
    assert!(message.contains("AURALIS_LOG_FILE") && message.contains("folder"), "{message}");
}

#[test]
fn in_production_nobody_is_heard_without_tls() {
    let production = ("AURALIS_ENV", "production");
    let message = with(&[production]).unwrap_err();
    assert!(
        message.contains("AURALIS_HOST is 0.0.0.0") && message.contains("AURALIS_TRUSTED_PROXIES"),
        "{message}"
    );
    for pairs in [
        &[("AURALIS_HOST", "127.0.0.1")][..],
        &[("AURALIS_TRUSTED_PROXIES", "172.16.0.0/12")],
        &[("AURALIS_ENABLE_SSL", "true"), ("AURALIS_SSL_CERT_PATH", "a"), ("AURALIS_SSL_KEY_PATH", "b")],
    ] {
        let config = with(&[pairs, &[production]].concat()).unwrap();
        assert_eq!(config.log_format(), LogFormat::Json);
    }
    let human = [production, ("AURALIS_HOST", "::1"), ("AURALIS_LOG_FORMAT", "human")];
    assert_eq!(with(&human).unwrap().log_format(), LogFormat::Human);
}

#[test]
fn new_sessions_are_as_was_said() {
    let said = [
        ("AURALIS_DEFAULT_KEY", "Eb major"),
        ("AURALIS_DEFAULT_BPM", "61.5"),
        ("AURALIS_DEFAULT_INTENSITY", "0.25"),
        ("AURALIS_ENABLE_EFFECTS", "no"),
        ("AURALIS_DEVICE", "reduced"),
    ];
    let settings = with(&said).unwrap().settings;
    assert_eq!(settings.key.to_string(), "Eb major");
    assert_eq!((settings.bpm.get(), settings.intensity.get()), (61.5, 0.25));
    assert_eq!((settings.effects, settings.quality), (false, Quality::Reduced));
}

#[test]
fn opus_has_a_bitrate_unless_it_is_left_out() {
    let bitrate = |pairs: &[_]| with(pairs).unwrap().opus_bitrate();
    assert_eq!(bitrate(&[("AURALIS_OPUS_BITRATE", "160"), ("AURALIS_ENABLE_OPUS", "yes")]), Some(160));
    assert_eq!(bitrate(&[("AURALIS_OPUS_BITRATE", "64"), ("AURALIS_ENABLE_OPUS", "false")]), None);
}

#[cfg(unix)]
#[test]
fn a_value_that_is_no_text_is_wrong_too() {
    use std::os::unix::ffi::OsStringExt;
    let bytes = OsString::from_vec(vec![0x38, 0xff]);
    for name in ["AURALIS_PORT", "AURALIS_LOG_LEVEL", "AURALIS_DEFAULT_KEY", "AURALIS_CORS_ORIGINS"] {
        let variables = Variables::with_file(Path::new("/nowhere"), [(name.into(), bytes.clone())]).unwrap();
        let error = Config::new(&Flags::default(), &variables).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}
