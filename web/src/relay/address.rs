//! Where a relay is, from what people write.

/// The address of a session's score at a relay: `relay` may be a host ("music.example", "127.0.0.1:8000"), an address with http, https, ws or
/// wss, or nothing for the relay that the page is from, whose `page` address is then taken. Encrypted where the page is.
///
/// # Errors
/// A sentence, if it is of another kind.
pub fn endpoint(relay: &str, session: &str, page: &str) -> Result<String, String> {
    let secure = page.starts_with("https:");
    let (scheme, rest) = match relay.trim().split_once("://") {
        Some(("ws" | "http", rest)) => ("ws", rest),
        Some(("wss" | "https", rest)) => ("wss", rest),
        Some((other, _)) => {
            return Err(format!("relay cannot begin with \"{other}://\"; allowed: wss, ws, https, http"));
        }
        None if relay.trim().is_empty() => {
            (if secure { "wss" } else { "ws" }, page.split_once("://").map_or("", |(_, rest)| rest))
        }
        None => (if secure { "wss" } else { "ws" }, relay.trim()),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '@') {
        return Err(format!("relay cannot be \"{relay}\"; allowed: an address such as wss://music.example"));
    }
    let session: String = form_urlencoded::byte_serialize(session.as_bytes()).collect();
    Ok(format!("{scheme}://{host}/ws/stream?transport=score&session={session}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_enough() {
        let page = "http://127.0.0.1:8000/sub/?relay";
        for (relay, wanted) in [
            ("", "ws://127.0.0.1:8000/ws/stream?transport=score&session=main"),
            ("music.example", "ws://music.example/ws/stream?transport=score&session=main"),
            ("wss://music.example/", "wss://music.example/ws/stream?transport=score&session=main"),
            (" https://a:81/x?y ", "wss://a:81/ws/stream?transport=score&session=main"),
        ] {
            assert_eq!(endpoint(relay, "main", page).as_deref(), Ok(wanted));
        }
        let secure = endpoint("music.example", "tea & cake", "https://auralis.example/");
        assert_eq!(
            secure.as_deref(),
            Ok("wss://music.example/ws/stream?transport=score&session=tea+%26+cake")
        );
    }

    #[test]
    fn what_is_no_relay_is_said() {
        for (relay, part) in
            [("ftp://a", "ftp://"), ("wss://", "such as"), ("a b", "such as"), ("me@a", "such as")]
        {
            assert!(endpoint(relay, "main", "http://a/").unwrap_err().contains(part), "{relay}");
        }
        assert!(endpoint("", "main", "about:blank").is_err());
    }
}
