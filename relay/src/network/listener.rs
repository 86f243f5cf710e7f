//! Takes connections, and serves each until it ends, is silent for too long, or the relay stops.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::admission::Gate;
use super::caller::Caller;
use super::stream::Counted;

/// How long TLS may take to begin.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and how long a connection may wait for the next request.
const HEAD: Duration = Duration::from_secs(15);
/// How long the head of a request may be, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;
/// How long nothing may be heard before the system asks whether somebody is there, how often it asks, and how many times.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(60), Duration::from_secs(15), 4);
/// How long what is sent may wait for somebody who takes it.
#[cfg(target_os = "linux")]
const UNTAKEN: Duration = Duration::from_secs(60);
/// How long to wait where the system can give no more connections.
const PAUSE: Duration = Duration::from_millis(200);

/// An address that is listened at.
pub struct Listener {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    gate: Arc<Gate>,
    address: SocketAddr,
}

impl Listener {
    /// Takes an address.
    ///
    /// # Errors
    /// If it can't be had.
    pub async fn bind(address: SocketAddr, tls: Option<TlsAcceptor>, gate: Arc<Gate>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, tls, gate, address })
    }

    /// The address, with its real port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it speaks TLS.
    pub const fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    /// Takes connections until it is to stop. What is under way then is answered, and nothing more; the gate knows when that has ended.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = stop.cancelled() => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // One that went before it was taken is no trouble. That there are no more files is, until some are closed.
                    if !is_of_one_connection(&error) {
                        tracing::error!("no connection can be taken: {error}");
                        sleep(PAUSE).await;
                    }
                    continue;
                }
            };
            let Some(caller) = self.gate.enter(peer.ip(), self.is_secure()) else { continue };
            watch_over(&stream);
            let (router, tls, stop) = (router.clone(), self.tls.clone(), stop.clone());
            tokio::spawn(async move {
                match tls {
                    None => http(stream, caller, router, stop).await,
                    Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
                        Ok(Ok(stream)) => http(stream, caller, router, stop).await,
                        Ok(Err(error)) => tracing::debug!("no TLS with {peer}: {error}"),
                        Err(_) => tracing::debug!("no TLS with {peer}: it took too long"),
                    },
                }
            });
        }
    }
}

async fn http<S>(stream: S, caller: Arc<Caller>, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let stream = TokioIo::new(Counted::new(stream, caller.clone()));
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(caller.clone());
        router.clone().call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LONGEST_HEAD);
    let mut connection = pin!(http.serve_connection(stream, service).with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection ended: {error}");
    }
}

/// Has the system notice when nobody is at the other end any more. Where it can't, only the relay's own times count.
fn watch_over(stream: &TcpStream) {
    let (after, every, times) = KEEPALIVE;
    let keepalive = TcpKeepalive::new().with_time(after).with_interval(every).with_retries(times);
    let socket = SockRef::from(stream);
    let watched = socket.set_tcp_keepalive(&keepalive).and_then(|()| stream.set_nodelay(true));
    #[cfg(target_os = "linux")]
    let watched = watched.and_then(|()| socket.set_tcp_user_timeout(Some(UNTAKEN)));
    if let Err(error) = watched {
        tracing::debug!("a connection can't be watched over: {error}");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
