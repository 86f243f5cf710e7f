//! `/dashboard`: a page that shows the metrics as they change. It is in the program, and asks nobody but this relay for anything.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

/// What the page may do.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where each file is, its type, and what is in it. Colours, type and lists are the player's own: `page.css` is its style.
const FILES: [(&str, &str, &str); 6] = [
    ("/dashboard", "text/html; charset=utf-8", include_str!("dashboard/index.html")),
    ("/dashboard/page.css", "text/css; charset=utf-8", include_str!("../../../web/style.css")),
    ("/dashboard/dashboard.css", "text/css; charset=utf-8", include_str!("dashboard/dashboard.css")),
    ("/dashboard/dashboard.js", "text/javascript; charset=utf-8", include_str!("dashboard/dashboard.js")),
    ("/dashboard/plot.js", "text/javascript; charset=utf-8", include_str!("dashboard/plot.js")),
    ("/dashboard/icon.svg", "image/svg+xml", include_str!("../../../web/icons/icon.svg")),
];

/// The dashboard, without the metrics that it shows.
pub fn router() -> Router {
    let pages = Router::new().route("/dashboard/", get(async || Redirect::permanent("../dashboard")));
    FILES
        .into_iter()
        .fold(pages, |router, (path, kind, text)| router.route(path, get(async move || file(kind, text))))
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-cache"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_of_others() {
        for (path, _, text) in FILES {
            // The only addresses are names of vocabularies, which nobody fetches.
            let foreign = text.replace("http://www.w3.org/", "");
            assert!(
                !foreign.contains("http:") && !foreign.contains("https:") && !foreign.contains("url(//"),
                "{path}"
            );
            assert!(
                !foreign.contains("style=\"") && !foreign.contains("onclick"),
                "{path}: the policy forbids it"
            );
        }
    }
}
