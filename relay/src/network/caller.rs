//! Who asks: the one at the other end of a connection, or for whom he asks if he is a proxy that is believed.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;

use super::addresses::Place;
use super::admission::{Full, Gate};
use super::holding::Holding;

/// For whom a proxy asks: the addresses on the way, the last one being whom the proxy itself has seen.
const FORWARDED: &str = "x-forwarded-for";

/// The other end of a connection. The connection holds it until it ends, also when it has become a WebSocket.
pub(crate) struct Caller {
    gate: Arc<Gate>,
    peer: IpAddr,
    secure: bool,
    proxy: bool,
    full: Option<Full>,
    /// The places of a WebSocket that came through a proxy.
    named: Mutex<Option<Place>>,
    _of_all: OwnedSemaphorePermit,
    _place: Option<Place>,
}

impl Caller {
    pub(super) fn admitted(
        gate: Arc<Gate>,
        peer: IpAddr,
        secure: bool,
        proxy: bool,
        of_all: OwnedSemaphorePermit,
        place: Option<Place>,
    ) -> Self {
        Self {
            gate,
            peer,
            secure,
            proxy,
            full: None,
            named: Mutex::default(),
            _of_all: of_all,
            _place: place,
        }
    }

    pub(super) fn refused(
        gate: Arc<Gate>,
        peer: IpAddr,
        secure: bool,
        full: Full,
        spare: OwnedSemaphorePermit,
    ) -> Self {
        let named = Mutex::default();
        Self { gate, peer, secure, proxy: false, full: Some(full), named, _of_all: spare, _place: None }
    }

    /// Whether the connection has TLS.
    pub(crate) const fn is_secure(&self) -> bool {
        self.secure
    }

    /// For whom a proxy asks: the last address on the way that is not a proxy's own. Nothing if this is no proxy, or it does not say.
    fn named(&self, headers: &HeaderMap) -> Option<IpAddr> {
        if !self.proxy {
            return None;
        }
        let lines = headers.get_all(FORWARDED).into_iter().filter_map(|line| line.to_str().ok());
        let way: Vec<_> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        let mut named = None;
        for address in way.into_iter().rev() {
            // Beyond what cannot be read nothing can be believed.
            let Some(address) = read(address) else { break };
            named = Some(address);
            if !self.gate.trusts(address) {
                break;
            }
        }
        named
    }
}

/// An address as proxies write it, some with a port.
fn read(text: &str) -> Option<IpAddr> {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    plain.parse().ok().or_else(|| Some(text.parse::<std::net::SocketAddr>().ok()?.ip()))
}

/// Lets a request through if there is a place for whoever asks. Requests that came by no counted connection always are.
pub async fn admit(request: Request, next: Next) -> Response {
    let Some(caller) = request.extensions().get::<Arc<Caller>>().cloned() else {
        return next.run(request).await;
    };
    if let Some(full) = caller.full {
        return no_place(full);
    }
    let Some(address) = caller.named(request.headers()) else { return next.run(request).await };
    let Some(place) = caller.gate.enter_named(address) else {
        tracing::debug!("{address}, for whom {} asks, has as many connections as it may", caller.peer);
        return no_place(Full::Address);
    };
    let response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // The connection is this client's alone from now on.
        *caller.named.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
        return response;
    }
    response.map(|body| Body::new(Holding { body, _place: place }))
}

fn no_place(full: Full) -> Response {
    let (status, sentence) = match full {
        Full::Relay => (
            StatusCode::SERVICE_UNAVAILABLE,
            "as many are connected as this relay can serve; try again later",
        ),
        Full::Address => (
            StatusCode::TOO_MANY_REQUESTS,
            "your address has as many connections as it may have here (AURALIS_MAX_CLIENTS_PER_ADDRESS); close some, or try again later",
        ),
    };
    let mut response = (status, format!("{sentence}\n")).into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(proxies: &[&str], peer: &str, lines: &[&str]) -> Option<String> {
        let proxies = proxies.iter().map(|it| it.parse().unwrap()).collect();
        let caller = Gate::new(10, Some(1), proxies).enter(peer.parse().unwrap(), false).unwrap();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        caller.named(&headers).map(|address| address.to_string())
    }

    #[test]
    fn only_proxies_are_believed() {
        let proxies = &["127.0.0.0/8", "10.0.0.0/8"];
        for (peer, lines, expected) in [
            ("192.0.2.9", &["192.0.2.1"][..], None),
            ("127.0.0.1", &[], None),
            ("127.0.0.1", &["192.0.2.1"], Some("192.0.2.1")),
            ("::ffff:127.0.0.1", &["192.0.2.1"], Some("192.0.2.1")),
            // What a client writes itself stands before what the proxy has seen.
            ("127.0.0.1", &["198.51.100.7, 192.0.2.1"], Some("192.0.2.1")),
            ("127.0.0.1", &["198.51.100.7", "192.0.2.1, 10.0.0.3"], Some("192.0.2.1")),
            ("127.0.0.1", &["10.0.0.3"], Some("10.0.0.3")),
            ("127.0.0.1", &["192.0.2.1:5000"], Some("192.0.2.1")),
            ("127.0.0.1", &["[2001:db8::1]:5000"], Some("2001:db8::1")),
            ("127.0.0.1", &["2001:db8::1"], Some("2001:db8::1")),
            ("127.0.0.1", &["192.0.2.1, unknown"], None),
            ("127.0.0.1", &["192.0.2.1, unknown, 10.0.0.3"], Some("10.0.0.3")),
        ] {
            assert_eq!(named(proxies, peer, lines).as_deref(), expected, "{peer} {lines:?}");
        }
    }
}
