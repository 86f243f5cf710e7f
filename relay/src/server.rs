//! The server: what answers where, and how it starts and ends.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use auralis_engine::Session;
use auralis_protocol::{HEALTH_PATH, STREAM_PATH};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{any, get};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

#[cfg(feature = "gpu")]
use crate::audio::Ensemble;
use crate::audio::{Pace, Studio};
use crate::config::{Config, Origins};
use crate::network::{self, Certificate, Gate, Listener, TlsError};
use crate::overload::{self, Measured};
use crate::relay::Relay;
use crate::session::{Registry, Store, StoreError};
use crate::site::Page;
use crate::{api, health, metrics, site, stream};

/// How long what is under way may take to end after a signal to stop.
const DRAIN: Duration = Duration::from_secs(5);
/// How long a request may take to be read and answered; an answer that has begun may go on.
const REQUEST: Duration = Duration::from_secs(30);
/// How long the body of a request may be, in bytes. None of the relay's is longer: settings and a name.
const LONGEST_BODY: usize = 64 * 1024;

/// Everything that the relay answers, with the page.
pub fn router(page: Page, relay: Arc<Relay>, origins: &Origins) -> Router {
    let router = watched(relay.clone())
        .route(STREAM_PATH, get(stream::connect).with_state(relay.clone()))
        .merge(api::router(relay))
        .merge(metrics::dashboard())
        .route("/api/{*rest}", any(site::not_found))
        .fallback_service(site::router(page));
    limited(router, origins)
}

/// What those ask who watch over the relay.
fn watched(relay: Arc<Relay>) -> Router {
    Router::new().route(HEALTH_PATH, get(health::get)).with_state(relay)
}

/// What holds for everything.
fn limited(router: Router, origins: &Origins) -> Router {
    let router = router
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST))
        .layer(from_fn(network::admit));
    let router = match network::cors(origins) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(TraceLayer::new_for_http())
}

/// A relay that has its address, and hasn't begun to answer.
pub struct Server {
    main: (Listener, Router),
    /// Where it is watched, if that is elsewhere.
    watched: Option<(Listener, Router)>,
    relay: Arc<Relay>,
    gate: Arc<Gate>,
}

impl Server {
    /// Looks whether it could start, as far as that can be seen without an address and without the sessions.
    ///
    /// # Errors
    /// If there is no page, or no TLS where there is to be.
    pub fn check(config: &Config) -> Result<(), StartError> {
        prepared(config).map(|_| ())
    }

    /// Looks for the page and for the certificate, opens the sessions, then takes the addresses.
    ///
    /// # Errors
    /// If one of these can't be had.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        let (page, certificate) = prepared(config)?;
        let tls = certificate.clone().map(Certificate::acceptor).transpose().map_err(StartError::Tls)?;
        let relay = Arc::new(open(config).map_err(StartError::Store)?);
        let proxies = config.trusted_proxies.clone();
        let gate = Gate::new(config.most_connections, config.most_per_address, proxies);
        if let Err(files) = network::allow(config.most_connections) {
            tracing::warn!(
                "the system gives this program {files} files, too few for {} connections: raise the limit (ulimit -n, LimitNOFILE), or \
                 lower AURALIS_MAX_CONNECTIONS",
                config.most_connections
            );
        }
        let taken = async |address, variable| {
            let listener = Listener::bind(address, tls.clone(), gate.clone()).await;
            listener.map_err(|error| StartError::Bind { address, variable, error })
        };
        let main = taken(config.address(), "PORT").await?;
        let watched = match config.metrics_address() {
            Some(address) => {
                let router =
                    limited(watched(relay.clone()).merge(metrics::router(relay.clone())), &config.origins);
                Some((taken(address, "METRICS_PORT").await?, router))
            }
            None => None,
        };
        let main = (main, router(page, relay.clone(), &config.origins));
        if let Some(certificate) = certificate {
            network::renew_when_asked(certificate);
        }
        Ok(Self { main, watched, relay, gate })
    }

    /// The address it has, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.main.0.address()
    }

    /// What whoever runs it should know: that anybody who reaches it may steer.
    pub fn warning(&self) -> Option<String> {
        let rooms = self.relay.sessions().all();
        let open: Vec<_> = rooms.iter().filter(|room| room.is_open()).map(|room| room.name()).collect();
        let public = !self.address().ip().is_loopback() && !open.is_empty();
        public.then(|| {
            format!(
                "whoever reaches {} may steer {}: listen at this machine only with --host 127.0.0.1 (AURALIS_HOST), or put \
                 something before it that asks who comes",
                self.address(),
                open.join(", ")
            )
        })
    }

    /// Where a browser on this machine finds it.
    pub fn url(&self) -> String {
        url(&self.main.0)
    }

    /// Where it is watched, if that is elsewhere.
    pub fn watched_url(&self) -> Option<String> {
        self.watched.as_ref().map(|(listener, _)| url(listener))
    }

    /// Answers until `stop` completes; then what is under way may end, within 5 seconds.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        tokio::spawn(overload::govern(
            self.relay.clone(),
            Measured::new(self.relay.sessions().studio().clone()),
            overload::LOOK,
        ));
        tokio::spawn(metrics::watch(self.relay.clone()));
        let closing = CancellationToken::new();
        let serving: Vec<_> = std::iter::once(self.main)
            .chain(self.watched)
            .map(|(listener, router)| tokio::spawn(listener.serve(router, closing.clone())))
            .collect();
        stop.await;
        let deadline = Instant::now() + DRAIN;
        // WebSockets are told, and end by themselves.
        self.relay.stopping().cancel();
        closing.cancel();
        let ended = async {
            for listener in serving {
                // It never panics: errors of single connections are handled there.
                let _ = listener.await;
            }
            self.gate.emptied().await;
        };
        tokio::select! {
            () = ended => {}
            () = sleep_until(deadline) => {
                tracing::warn!("connections were still open {} s after the signal", DRAIN.as_secs());
            }
        }
        let studio = self.relay.sessions().studio().clone();
        // It cannot panic, and there is nothing to do if it did.
        let _ = tokio::task::spawn_blocking(move || studio.close()).await;
    }
}

/// The page, and the certificate if there is to be TLS.
fn prepared(config: &Config) -> Result<(Page, Option<Arc<Certificate>>), StartError> {
    let page = Page::find(config.site.clone()).ok_or_else(|| StartError::Site(config.site.clone()))?;
    let certificate = config.tls().map(|(chain, key)| Certificate::read(chain, key));
    Ok((page, certificate.transpose().map_err(StartError::Tls)?))
}

/// The relay with the sessions that are kept.
fn open(config: &Config) -> Result<Relay, StoreError> {
    let mut pace =
        Pace { chunk: config.chunk, ring: config.ring, threads: config.threads, ..Pace::default() };
    if let Some(kilobits) = config.opus_bitrate() {
        pace.opus_bits = kilobits * 1000;
    }
    let seed = rand::random();
    let first = Session { seed, rate: config.rate, settings: config.settings };
    let store = Store::open(&config.data)?.at_most(config.most_disk)?;
    let studio = Studio::from(pace);
    #[cfg(feature = "gpu")]
    let studio = studio.with(Ensemble::wanted(config.device, &pace));
    let sessions = Registry::open(store, first, config.most_sessions, studio)?;
    Ok(Relay::new(sessions, &first, config.most_clients, config.enable_opus))
}

fn url(listener: &Listener) -> String {
    let scheme = if listener.is_secure() { "https" } else { "http" };
    format!("{scheme}://{}", reached(listener.address()))
}

/// The address as a browser on this machine writes it.
fn reached(address: SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_loopback() || ip.is_unspecified() => format!("localhost:{port}"),
        IpAddr::V4(ip) => format!("{ip}:{port}"),
        IpAddr::V6(ip) => format!("[{ip}]:{port}"),
    }
}

/// Why a relay that was told nothing wrong can't start.
#[derive(Debug)]
pub enum StartError {
    /// There is no page in the folder, or none in the program.
    Site(Option<PathBuf>),
    /// There can't be TLS.
    Tls(TlsError),
    /// The sessions can't be read or kept.
    Store(StoreError),
    /// The address can't be had.
    Bind {
        /// Which address.
        address: SocketAddr,
        /// The variable of its port, without what all begin with.
        variable: &'static str,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(Some(folder)) => write!(
                f,
                "there is no built page in {folder:?}: build it with `cargo xtask build`, or name its folder with \
                 --site (AURALIS_SITE)"
            ),
            Self::Site(None) => f.write_str(
                "this program was built without a page: build that with `cargo xtask build` and then the program again, or name the folder \
                 of a built page, such as \"dist\", with --site (AURALIS_SITE)",
            ),
            Self::Tls(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Bind { address, variable, error } if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "port {} is already in use: stop the program that has it, or choose another with --{} (AURALIS_{variable})",
                address.port(),
                variable.to_lowercase().replace('_', "-")
            ),
            Self::Bind { address, variable, error } => write!(
                f,
                "can't listen at {address} ({error}): choose another address with --host (AURALIS_HOST) and --{} \
                 (AURALIS_{variable})",
                variable.to_lowercase().replace('_', "-")
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
            ("0.0.0.0:8000", "localhost:8000"),
            ("127.0.0.1:80", "localhost:80"),
            ("[::]:8000", "localhost:8000"),
            ("192.0.2.1:8000", "192.0.2.1:8000"),
            ("[2001:db8::1]:8000", "[2001:db8::1]:8000"),
        ] {
            assert_eq!(reached(address.parse().unwrap()), expected);
        }
    }

    #[test]
    fn other_troubles_with_an_address_are_said_too() {
        let address = "192.0.2.1:80".parse().unwrap();
        let error = io::ErrorKind::PermissionDenied.into();
        let error = StartError::Bind { address, variable: "METRICS_PORT", error };
        assert!(error.to_string().contains("can't listen at 192.0.2.1:80 (permission denied)"), "{error}");
        assert!(error.to_string().contains("--metrics-port (AURALIS_METRICS_PORT)"), "{error}");
    }
}
