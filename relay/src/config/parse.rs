//! How values are read that are more than a word or a number.

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use auralis_engine::Patch;
use auralis_gpu::device::Wanted;
use axum::http::{HeaderValue, Uri};
use ipnet::IpNet;

use super::variable::Refused;
use super::{Config, Origins};

/// What stands for nothing.
pub(super) const NONE: &str = "none";

pub(super) fn text(value: &OsStr) -> Result<&str, Refused> {
    value.to_str().ok_or(Refused::Value)
}

/// A number of a range, in plain decimals.
pub(super) fn number<T: FromStr + PartialOrd>(value: &OsStr, range: RangeInclusive<T>) -> Result<T, Refused> {
    let number = text(value)?.parse().map_err(|_| Refused::Value)?;
    if range.contains(&number) { Ok(number) } else { Err(Refused::Value) }
}

/// Something, or nothing where the word for that is given.
pub(super) fn or_none<T>(
    value: &OsStr,
    read: impl FnOnce(&OsStr) -> Result<T, Refused>,
) -> Result<Option<T>, Refused> {
    if value == NONE { Ok(None) } else { read(value).map(Some) }
}

pub(super) fn one_of<T: Copy>(value: &OsStr, words: &[(&str, T)]) -> Result<T, Refused> {
    let said = text(value)?;
    words.iter().find(|(word, _)| *word == said).map(|(_, meaning)| *meaning).ok_or(Refused::Value)
}

/// The words that settings of the music take, too.
pub(super) fn switch(value: &OsStr) -> Result<bool, Refused> {
    let mut patch = Patch::default();
    patch.set("effects", text(value)?).map_err(|_| Refused::Value)?;
    patch.effects.ok_or(Refused::Value)
}

pub(super) fn path(value: &OsStr) -> Result<PathBuf, Refused> {
    if value.is_empty() { Err(Refused::Value) } else { Ok(value.into()) }
}

pub(super) fn host(value: &OsStr) -> Result<IpAddr, Refused> {
    match text(value)? {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        text => text.parse().map_err(|_| Refused::Value),
    }
}

/// A setting of the music that new sessions have.
pub(super) fn music(config: &mut Config, name: &str, value: &OsStr) -> Result<(), Refused> {
    let mut patch = Patch::default();
    patch.set(name, &value.to_string_lossy()).map_err(|error| Refused::Allowed(error.allowed))?;
    config.settings = config.settings.with(&patch);
    Ok(())
}

/// What renders.
pub(super) fn device(value: &OsStr) -> Result<Wanted, Refused> {
    match text(value)?.parse().map_err(|_| Refused::Value)? {
        Wanted::WebGpu => Err(Refused::Because("WebGPU is the browsers' way to a GPU")),
        wanted if wanted.is_gpu() && cfg!(not(feature = "gpu")) => {
            Err(Refused::Because("this program was built without GPUs"))
        }
        wanted => Ok(wanted),
    }
}

/// A list with commas.
fn list<T>(value: &OsStr, read: impl Fn(&str) -> Result<Vec<T>, Refused>) -> Result<Vec<T>, Refused> {
    if value == NONE {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for part in text(value)?.split(',') {
        all.extend(read(part.trim())?);
    }
    Ok(all)
}

/// Networks, a single address being one, too.
pub(super) fn networks(value: &OsStr) -> Result<Vec<IpNet>, Refused> {
    list(value, |part| {
        if part == "loopback" {
            return Ok(vec![
                IpNet::new_assert(Ipv4Addr::new(127, 0, 0, 0).into(), 8),
                IpNet::from(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            ]);
        }
        let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
        network.map(|network: IpNet| vec![network.trunc()]).map_err(|_| Refused::Value)
    })
}

pub(super) fn origins(value: &OsStr) -> Result<Origins, Refused> {
    if value == "*" {
        return Ok(Origins::Any);
    }
    list(value, |part| Ok(vec![origin(part).ok_or(Refused::Value)?])).map(Origins::These)
}

/// An origin as browsers write it: a scheme, a host, a port where it is not the scheme's own, and nothing behind.
fn origin(text: &str) -> Option<HeaderValue> {
    let lower = text.to_ascii_lowercase();
    let uri: Uri = lower.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let plain = format!("{scheme}://{authority}");
    let known = (scheme == "https" || scheme == "http") && !authority.as_str().contains('@');
    if !known || lower != plain {
        return None;
    }
    let own = if scheme == "https" { ":443" } else { ":80" };
    HeaderValue::from_str(plain.strip_suffix(own).unwrap_or(&plain)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for (text, expected) in [
            ("https://Music.example", Some("https://music.example")),
            ("https://music.example:443", Some("https://music.example")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("http://[::1]:80", Some("http://[::1]")),
            ("https://music.example/", None),
            ("https://music.example/page", None),
            ("https://who@music.example", None),
            ("ftp://music.example", None),
            ("music.example", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(origin(text).as_ref().map(|it| it.to_str().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn networks_are_addresses_and_masks() {
        let read = |text: &str| {
            networks(OsStr::new(text)).ok().map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(read("none"), Some(vec![]));
        assert_eq!(read("loopback"), Some(vec!["127.0.0.0/8".into(), "::1/128".into()]));
        assert_eq!(
            read("10.1.2.3/8, 192.0.2.1,fd00::/8"),
            Some(vec!["10.0.0.0/8".into(), "192.0.2.1/32".into(), "fd00::/8".into()])
        );
        for wrong in ["", "10.0.0.0/33", "nginx", "10.0.0.0/8,"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
