//! Times as text: RFC 3339 in UTC.

use std::time::SystemTime;

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;

/// A time as text: `2026-01-01T12:00:00.5Z`.
pub(crate) fn text(time: SystemTime) -> String {
    // Only years beyond 9999 have no such text.
    OffsetDateTime::from(time).format(&Rfc3339).unwrap_or_default()
}

/// Now, as text.
pub(crate) fn now() -> String {
    text(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_are_utc() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_250);
        assert_eq!(text(time), "2026-01-01T00:00:00.25Z");
    }
}
