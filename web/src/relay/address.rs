//! Where a relay is, from what people write.

/// The address of a session at a relay, but for the transport: `relay` may be a host ("music.example", "127.0.0.1:8000"), an address with http, https, ws or
/// wss, or nothing for the relay that the page is from, whose `page` address is then taken. Encrypted where the page is.
///
/// # Errors
/// A sentence, if it is of another kind.
pub fn endpoint(relay: &str, session: &str, page: &str) -> Result<String, String> {
    let own = if page.starts_with("https:") { "wss" } else { "ws" };
    let (scheme, rest) = match split(relay.trim()) {
        (Some("ws" | "http"), rest) => ("ws", rest),
        (Some("wss" | "https"), rest) => ("wss", rest),
        (Some(other), _) => {
            return Err(format!("relay cannot begin with \"{other}://\"; allowed: wss, ws, https, http"));
        }
        (None, "") => (own, split(page).1),
        (None, host) => (own, host),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '@') {
        return Err(format!("relay cannot be \"{relay}\"; allowed: an address such as wss://music.example"));
    }
    let session: String = form_urlencoded::byte_serialize(session.as_bytes()).collect();
    Ok(format!("{scheme}://{host}/ws/stream?session={session}"))
}

/// The scheme of an address, if it has one, and the rest.
fn split(address: &str) -> (Option<&str>, &str) {
    let parts = address.split_once(':').and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)));
    parts.map_or((None, address), |(scheme, rest)| (Some(scheme), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_enough() {
        let page = "http://127.0.0.1:8000/sub/?relay";
        for (relay, wanted) in [
            ("", "ws://127.0.0.1:8000/ws/stream?session=main"),
            ("music.example", "ws://music.example/ws/stream?session=main"),
            ("wss://music.example/", "wss://music.example/ws/stream?session=main"),
            (" https://a:81/x?y ", "wss://a:81/ws/stream?session=main"),
        ] {
            assert_eq!(endpoint(relay, "main", page).as_deref(), Ok(wanted));
        }
        let secure = endpoint("music.example", "tea & cake", "https://auralis.example/");
        assert_eq!(secure.as_deref(), Ok("wss://music.example/ws/stream?session=tea+%26+cake"));
    }

    #[test]
    fn what_is_no_relay_is_said() {
        for (relay, part) in
            [("ftp://a", "ftp://"), ("wss://", "such as"), ("a b", "such as"), ("me@a", "such as")]
        {
            assert!(endpoint(relay, "main", "http://a/").unwrap_err().contains(part), "{relay}");
        }
        assert!(endpoint("", "main", "file:///a").is_err());
    }
}
