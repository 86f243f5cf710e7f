//! The built page: files, their types, how they are packed, and how long a browser may keep them.

mod built_in;

use std::path::PathBuf;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Request;
use axum::handler::HandlerWithoutStateExt;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::services::fs::{Backend, DefaultServeDirFallback};

pub use built_in::Held;

/// A name with as many hexadecimal digits in a row holds a hash of the file's content (Trunk's have 16).
const HASH_DIGITS: usize = 16;

/// What the page may do, a directive a line: the same text that the page carries itself, and that its tests hold it to.
const POLICY: &str = include_str!("../../../web/content-security-policy.txt");

/// Where the page is.
#[derive(Clone)]
pub enum Page {
    /// In a folder.
    Folder(PathBuf),
    /// In memory.
    Held(Held),
}

impl Page {
    /// The page of a folder, or the one in this program; nothing if there is none.
    pub fn find(folder: Option<PathBuf>) -> Option<Self> {
        match folder {
            Some(folder) => folder.join("index.html").is_file().then_some(Self::Folder(folder)),
            None => Held::built_in().map(Self::Held),
        }
    }
}

/// Serves a page. A file that lies there packed (`.br`, `.gz`) goes out as it lies; others are packed when asked for.
pub fn router(page: Page) -> Router {
    match page {
        Page::Folder(folder) => serve(ServeDir::new(folder)),
        Page::Held(held) => serve(ServeDir::with_backend("", held)),
    }
    .layer(CompressionLayer::new())
    .layer(middleware::from_fn(add_headers))
}

fn serve<F: Backend>(files: ServeDir<DefaultServeDirFallback, F>) -> Router {
    let files = files.precompressed_br().precompressed_gzip();
    Router::new().fallback_service(files.not_found_service(not_found.into_service()))
}

/// What is answered where there is nothing.
pub async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "There is nothing here.\n")
}

async fn add_headers(request: Request, next: Next) -> Response {
    let may_be_kept = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let kept = if found && may_be_kept { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_SECURITY_POLICY, policy());
    response
}

/// The policy as a header. With a file's answer it also holds for the worker that is made of it.
fn policy() -> HeaderValue {
    static POLICY_LINE: LazyLock<HeaderValue> = LazyLock::new(|| {
        let line =
            POLICY.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
        HeaderValue::try_from(line).expect("the policy's file holds plain text")
    });
    POLICY_LINE.clone()
}

/// Whether a file of this name can never change, since its name says what is in it.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(|c: char| !c.is_ascii_hexdigit()).any(|digits| digits.len() >= HASH_DIGITS)
}

#[cfg(test)]
mod tests;
