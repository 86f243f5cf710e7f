//! What is answered when something cannot be done: one sentence, and for a value that cannot be had what it is of.

use auralis_engine::settings::SettingError;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::session::{CreateError, Refusal, StoreError};

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// There is no such session.
    NoSession(String),
    /// A value cannot be had.
    Value(SettingError),
    /// The body is not what it should be.
    Body(String),
    /// Only the session's host may do that.
    Host,
    /// There were too many lately.
    TooMany(String),
    /// There is something in the way.
    Conflict(String),
    /// There is no Opus here.
    NoOpus,
    /// As many listen as there may be.
    Full,
    /// The body is too long.
    TooLong,
    /// There is no room to keep it.
    NoRoom(String),
    /// The relay cannot do it.
    Failed(String),
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct Told {
    /// A sentence for people.
    message: String,
    /// Which field has a value that it cannot have.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// That value.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// What it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<String>,
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let told = |message| Told { message, field: None, value: None, allowed: None };
        let (status, told) = match self {
            Self::NoSession(name) => (StatusCode::NOT_FOUND, told(format!("there is no session {name:?}"))),
            Self::Value(error) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Told {
                    message: error.to_string(),
                    field: Some(error.field),
                    value: Some(error.value),
                    allowed: Some(error.allowed),
                },
            ),
            Self::Body(sentence) => (StatusCode::UNPROCESSABLE_ENTITY, told(sentence)),
            Self::Host => (
                StatusCode::FORBIDDEN,
                told(
                    "this session is steered by its host: send its token as \"Authorization: Bearer TOKEN\""
                        .into(),
                ),
            ),
            Self::TooMany(sentence) => (StatusCode::TOO_MANY_REQUESTS, told(sentence)),
            Self::Conflict(sentence) => (StatusCode::CONFLICT, told(sentence)),
            Self::NoOpus => (
                StatusCode::NOT_FOUND,
                told("this relay streams no Opus (AURALIS_ENABLE_OPUS): take /stream.wav".into()),
            ),
            Self::Full => (
                StatusCode::SERVICE_UNAVAILABLE,
                told("as many listen as this relay can serve; try again later".into()),
            ),
            Self::TooLong => (
                StatusCode::PAYLOAD_TOO_LARGE,
                told("the body is longer than anything that can be asked for here; allowed: 64 KiB".into()),
            ),
            Self::NoRoom(sentence) => (StatusCode::INSUFFICIENT_STORAGE, told(sentence)),
            Self::Failed(sentence) => (StatusCode::INTERNAL_SERVER_ERROR, told(sentence)),
        };
        (status, Json(told)).into_response()
    }
}

impl From<SettingError> for Wrong {
    fn from(error: SettingError) -> Self {
        Self::Value(error)
    }
}

impl From<JsonRejection> for Wrong {
    fn from(error: JsonRejection) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLong,
            _ => Self::Body(error.body_text()),
        }
    }
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooMany => Self::TooMany(refusal.to_string()),
            Refusal::Full => Self::NoRoom(refusal.to_string()),
            Refusal::Lost => Self::Failed(refusal.to_string()),
        }
    }
}

impl From<CreateError> for Wrong {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Name(ref name) => Self::Value(SettingError {
                field: "name".into(),
                value: name.clone(),
                allowed: "1 to 64 letters, digits, - and _".into(),
            }),
            CreateError::Taken(_) | CreateError::Full(_) => Self::Conflict(error.to_string()),
            CreateError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        tracing::error!("{error}");
        if matches!(error, StoreError::Full) {
            return Self::NoRoom(
                "this relay has no room left to keep a session; whoever runs it can give it more (AURALIS_MAX_DISK_MB)".into(),
            );
        }
        Self::Failed(
            "the session could not be kept; whoever runs the relay finds the reason in its log".into(),
        )
    }
}
