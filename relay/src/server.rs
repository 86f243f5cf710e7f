//! The server: what answers where, and how it starts and ends.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use auralis_engine::Session;
use auralis_protocol::{HEALTH_PATH, STREAM_PATH};
use axum::Router;
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tower_http::trace::TraceLayer;

use crate::audio::Pace;
use crate::config::Config;
use crate::overload::{self, Measured};
use crate::relay::Relay;
use crate::session::{Registry, Store, StoreError};
use crate::{api, health, site, stream};

/// How long what is under way may take to end after a signal to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// Everything that the relay answers, with the page from `site`.
pub fn router(site: &Path, relay: Arc<Relay>) -> Router {
    Router::new()
        .route(HEALTH_PATH, get(health::get))
        .route(STREAM_PATH, get(stream::connect))
        .with_state(relay.clone())
        .merge(api::router(relay))
        .route("/api/{*rest}", any(site::not_found))
        .fallback_service(site::router(site))
        .layer(TraceLayer::new_for_http())
}

/// A relay that has its address, and hasn't begun to answer.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    relay: Arc<Relay>,
}

impl Server {
    /// Looks for the page, then takes the address.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        if !config.site.join("index.html").is_file() {
            return Err(StartError::Site(config.site.clone()));
        }
        let relay = Arc::new(open(config).map_err(StartError::Store)?);
        let wanted = config.address();
        let taken = |error| StartError::Bind { address: wanted, error };
        let listener = TcpListener::bind(wanted).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        Ok(Self { listener, address, router: router(&config.site, relay.clone()), relay })
    }

    /// The address it has, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What whoever runs it should know: that anybody who reaches it may steer.
    pub fn warning(&self) -> Option<String> {
        let rooms = self.relay.sessions().all();
        let open: Vec<_> = rooms.iter().filter(|room| room.is_open()).map(|room| room.name()).collect();
        let public = !self.address.ip().is_loopback() && !open.is_empty();
        public.then(|| {
            format!(
                "whoever reaches {} may steer {}: listen at this machine only with --host 127.0.0.1 (AURALIS_HOST), or put \
                 something before it that asks who comes",
                self.address,
                open.join(", ")
            )
        })
    }

    /// Where a browser on this machine finds it.
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Answers until `stop` completes; then what is under way may end, within 5 seconds.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) {
        let relay = self.relay;
        tokio::spawn(overload::govern(
            relay.clone(),
            Measured::new(relay.sessions().studio().clone()),
            overload::LOOK,
        ));
        let (stopping, stopped) = tokio::sync::oneshot::channel();
        let stop = async move {
            stop.await;
            // axum does not wait for WebSockets: they are told, and end by themselves.
            relay.stopping().cancel();
            // Nobody waits any more when serving has already ended.
            let _ = stopping.send(());
        };
        let serving = axum::serve(self.listener, self.router).with_graceful_shutdown(stop).into_future();
        let deadline = async {
            match stopped.await {
                Ok(()) => tokio::time::sleep(DRAIN).await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            // Errors of single connections are handled there, so this never fails.
            _ = serving => {}
            () = deadline => tracing::warn!("connections were still open {} s after the signal", DRAIN.as_secs()),
        }
    }
}

/// The relay with the sessions that are kept.
fn open(config: &Config) -> Result<Relay, StoreError> {
    let mut pace = Pace { chunk: config.chunk, ring: config.ring, ..Pace::default() };
    if let Some(kilobits) = config.opus_bitrate {
        pace.opus_bits = kilobits * 1000;
    }
    let seed = rand::random();
    let first = Session { seed, rate: config.rate, settings: config.settings };
    let sessions = Registry::open(Store::open(&config.data)?, first, config.most_sessions, pace)?;
    Ok(Relay::new(sessions, &first, config.most_clients, config.opus_bitrate.is_some()))
}

fn url(address: SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_loopback() || ip.is_unspecified() => format!("http://localhost:{port}"),
        IpAddr::V4(ip) => format!("http://{ip}:{port}"),
        IpAddr::V6(ip) => format!("http://[{ip}]:{port}"),
    }
}

/// Why a relay that was told nothing wrong can't start.
#[derive(Debug)]
pub enum StartError {
    /// There is no page in the folder.
    Site(PathBuf),
    /// The sessions can't be read or kept.
    Store(StoreError),
    /// The address can't be had.
    Bind {
        /// Which address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(folder) => write!(
                f,
                "there is no built page in {folder:?}: build it with `cargo xtask build`, or name its folder with \
                 --site (AURALIS_SITE)"
            ),
            Self::Store(error) => error.fmt(f),
            Self::Bind { address, error } if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "port {} is already in use: stop the program that has it, or choose another with --port (AURALIS_PORT)",
                address.port()
            ),
            Self::Bind { address, error } => write!(
                f,
                "can't listen at {address} ({error}): choose another address with --host (AURALIS_HOST) and --port \
                 (AURALIS_PORT)"
            ),
        }
    }
}

impl std::error::Error for StartError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_one_that_a_browser_here_can_open() {
        for (address, expected) in [
            ("0.0.0.0:8000", "http://localhost:8000"),
            ("127.0.0.1:80", "http://localhost:80"),
            ("[::]:8000", "http://localhost:8000"),
            ("192.0.2.1:8000", "http://192.0.2.1:8000"),
            ("[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
        ] {
            assert_eq!(url(address.parse().unwrap()), expected);
        }
    }

    #[test]
    fn other_troubles_with_an_address_are_said_too() {
        let address = "192.0.2.1:80".parse().unwrap();
        let error = StartError::Bind { address, error: io::ErrorKind::PermissionDenied.into() };
        assert!(error.to_string().contains("can't listen at 192.0.2.1:80 (permission denied)"), "{error}");
    }
}
