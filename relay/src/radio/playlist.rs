//! A playlist of one entry: where a session is streamed.

use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;

/// A playlist of an address that never ends.
pub(super) fn of(title: &str, address: &str) -> String {
    format!("#EXTM3U\n#EXTINF:-1,{title}\n{address}\n")
}

/// The address of a session's stream, as the client that asks, by TLS or not, sees this relay; where it does not say, as seen from the playlist.
pub(super) fn address(headers: &HeaderMap, secure: bool, path: &str, session: &str) -> String {
    let text = |value: &axum::http::HeaderValue| value.to_str().ok().map(str::to_owned);
    let host = headers.get(HOST).and_then(text).filter(|host| host.parse::<Authority>().is_ok());
    // What stands before the relay and speaks TLS for it says so.
    let secure = secure || headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let scheme = if secure { "https" } else { "http" };
    let base = host.map(|host| format!("{scheme}://{host}")).unwrap_or_default();
    format!("{base}{path}?session={session}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_one_that_was_asked() {
        for (host, scheme, expected) in [
            ("radio.example:8000", "", "http://radio.example:8000/stream.opus?session=main"),
            ("radio.example", "https", "https://radio.example/stream.opus?session=main"),
            ("[::1]:8000", "ftp", "http://[::1]:8000/stream.opus?session=main"),
            ("no host", "", "/stream.opus?session=main"),
            ("", "", "/stream.opus?session=main"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            headers.insert("x-forwarded-proto", scheme.parse().unwrap());
            assert_eq!(address(&headers, false, "/stream.opus", "main"), expected);
            assert_eq!(
                address(&headers, true, "/stream.opus", "main"),
                expected.replace("http://", "https://")
            );
        }
        assert_eq!(address(&HeaderMap::new(), true, "/stream.wav", "a"), "/stream.wav?session=a");
    }
}
