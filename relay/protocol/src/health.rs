//! `GET /api/v1/health`: is the relay there, and which one is it?

use serde::{Deserialize, Serialize};

/// Where a relay answers with its [`Health`].
pub const HEALTH_PATH: &str = "/api/v1/health";

/// The answer of a relay that is up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Health {
    /// How it is.
    pub status: HealthStatus,
    /// The version of the relay, like `0.1.0`.
    pub version: String,
    /// The version of the sound its engine makes. Peers play the same session only where it is the same.
    pub sound_version: u32,
}

/// How a relay is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It serves.
    Ok,
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"status":"ok","version":"0.1.0","sound_version":1}"#;

    fn health() -> Health {
        Health { status: HealthStatus::Ok, version: "0.1.0".to_owned(), sound_version: 1 }
    }

    #[test]
    fn it_is_written_and_read_as_documented() {
        assert_eq!(serde_json::to_string(&health()).unwrap(), JSON);
        assert_eq!(serde_json::from_str::<Health>(JSON).unwrap(), health());
    }

    #[test]
    fn fields_of_a_newer_relay_are_ignored_and_missing_ones_refused() {
        let newer = JSON.replace('}', r#","uptime_s":5}"#);
        assert_eq!(serde_json::from_str::<Health>(&newer).unwrap(), health());
        assert!(serde_json::from_str::<Health>(r#"{"status":"ok"}"#).is_err());
        assert!(serde_json::from_str::<Health>(&JSON.replace("ok", "well")).is_err());
    }
}
