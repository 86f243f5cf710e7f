//! Where it listens, who may connect, TLS.

use super::super::Environment;
use super::super::parse::{host, networks, number, one_of, or_none, origins, path, switch};
use super::super::variable::Variable;
use super::{FILE, MOST, SWITCH};

pub(super) static VARIABLES: &[Variable] = &[
    Variable {
        name: "AURALIS_ENV",
        flag: "env",
        value: "NAME",
        about: "Whether others depend on it. In production the log is JSON unless it is said otherwise, and where others reach it, it \
                starts only with TLS, its own or that of a proxy that is named",
        default: "development",
        allowed: "development or production",
        read: |config, value| {
            let words = [("development", Environment::Development), ("production", Environment::Production)];
            config.environment = one_of(value, &words)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_HOST",
        flag: "host",
        value: "ADDRESS",
        about: "The address to listen at: 127.0.0.1 for this machine only, 0.0.0.0 for all networks",
        default: "0.0.0.0",
        allowed: "an IP address, like 127.0.0.1, 0.0.0.0 or ::, or localhost",
        read: |config, value| {
            config.host = host(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_PORT",
        flag: "port",
        value: "PORT",
        about: "The port to listen at; 0 takes a free one",
        default: "8000",
        allowed: "a whole number from 0 to 65535",
        read: |config, value| {
            config.port = number(value, 0..=u16::MAX)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_METRICS_PORT",
        flag: "metrics-port",
        value: "PORT",
        about: "A port of its own for those who watch over the relay, which answers there how it is; 0 takes a free one",
        default: "none",
        allowed: "none, or a whole number from 0 to 65535 that is not the other port",
        read: |config, value| {
            config.metrics_port = or_none(value, |value| number(value, 0..=u16::MAX))?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_ENABLE_SSL",
        flag: "enable-ssl",
        value: "BOOL",
        about: "Whether it speaks TLS, at both ports",
        default: "false",
        allowed: SWITCH,
        read: |config, value| {
            config.enable_ssl = switch(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_SSL_CERT_PATH",
        flag: "ssl-cert-path",
        value: "FILE",
        about: "The certificate for TLS, with those that lead to its issuer, as PEM",
        default: "none",
        allowed: FILE,
        read: |config, value| {
            config.ssl_cert = or_none(value, path)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_SSL_KEY_PATH",
        flag: "ssl-key-path",
        value: "FILE",
        about: "The certificate's private key, as PEM",
        default: "none",
        allowed: FILE,
        read: |config, value| {
            config.ssl_key = or_none(value, path)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_CORS_ORIGINS",
        flag: "cors-origins",
        value: "ORIGINS",
        about: "Pages of which other origins may use the interface from a browser, with commas between them. Hearing and steering over \
                WebSockets is open to all pages",
        default: "none",
        allowed: "none, *, or origins like https://music.example",
        read: |config, value| {
            config.origins = origins(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_TRUSTED_PROXIES",
        flag: "trusted-proxies",
        value: "NETWORKS",
        about: "Who is believed when he says for whom he asks (X-Forwarded-For): addresses and networks, with commas between them",
        default: "loopback",
        allowed: "none, loopback, or addresses and networks like 10.0.0.5 or 172.16.0.0/12",
        read: |config, value| {
            config.trusted_proxies = networks(value)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_MAX_CONNECTIONS",
        flag: "max-connections",
        value: "N",
        about: "How many connections may be open at once. Each is an open file, for which the relay asks the system",
        default: "12000",
        allowed: "a whole number from 1 to 1000000",
        read: |config, value| {
            config.most_connections = number(value, 1..=MOST)?;
            Ok(())
        },
    },
    Variable {
        name: "AURALIS_MAX_CLIENTS_PER_ADDRESS",
        flag: "max-clients-per-address",
        value: "N",
        about: "How many connections an address may have at once; for IPv6, a network of 64 bits. Browsers open up to seven each",
        default: "64",
        allowed: "none, or a whole number from 1 to 1000000",
        read: |config, value| {
            config.most_per_address = or_none(value, |value| number(value, 1..=MOST))?;
            Ok(())
        },
    },
];
