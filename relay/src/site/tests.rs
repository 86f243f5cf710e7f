use std::io::{Read, Write};

use axum::body::{Body, to_bytes};
use axum::http::Response;
use tower_service::Service;

use super::*;

const HASHED: &str = "auralis-web-0123456789abcdef_bg.wasm";

#[test]
fn the_policy_is_one_line_and_strict() {
    let policy = policy();
    let text = policy.to_str().unwrap();
    assert!(text.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "), "{text}");
    assert!(text.contains("frame-ancestors 'none'") && !text.contains("unsafe-inline"), "{text}");
}

#[test]
fn hashed_names_are_known() {
    for name in [
        "/auralis-web-0123456789abcdef.js",
        "/a/auralis-web-0123456789abcdef_bg.wasm",
        "/x.0123456789ABCDEF01.css",
    ] {
        assert!(is_hashed(name), "{name}");
    }
    for name in ["/", "/index.html", "/worklet.js", "/0123456789abcdef/index.html", "/a-0123456789.js"] {
        assert!(!is_hashed(name), "{name}");
    }
}

/// A page in a folder, and the same in memory.
fn pages() -> (tempfile::TempDir, [Page; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("dist");
    std::fs::create_dir_all(site.join("sub/deep")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(b"packed").unwrap();
    for (name, bytes) in [
        ("index.html", [b"<!doctype html>".as_slice(), &[b' '; 500]].concat()),
        ("sub/index.html", b"below".into()),
        ("sub/deep/a.js", b"deep".into()),
        ("sub-.js", b"beside".into()),
        ("worklet.js", vec![b'a'; 2000]),
        ("manifest.webmanifest", b"{}".into()),
        (HASHED, [&b"\0asm\x01\0\0\0"[..], &[7; 4000]].concat()),
        ("packed.js", b"plain".into()),
        ("packed.js.gz", packed.finish().unwrap()),
    ] {
        std::fs::write(site.join(name), bytes).unwrap();
    }
    std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    let pages = [Page::Held(Held::read(&site)), Page::find(Some(site)).unwrap()];
    (folder, pages)
}

async fn get(page: &Page, path: &str, headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router(page.clone()).call(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    Response::from_parts(head, to_bytes(body, usize::MAX).await.unwrap().into())
}

fn header<'a>(response: &'a Response<Vec<u8>>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

#[tokio::test]
async fn a_page_in_memory_is_served_as_one_in_a_folder() {
    let (_folder, [held, folder]) = pages();
    let hashed = format!("/{HASHED}");
    for path in [
        "/",
        "/index.html",
        "/sub/",
        "/sub",
        "/sub/index.html",
        "/sub/deep/a.js",
        "/sub/deep",
        "/sub/deep/",
        "/sub-.js",
        "/worklet.js?v=1",
        "/manifest.webmanifest",
        &hashed,
        "/packed.js",
        "/nothing.js",
        "/sub/nothing/",
        "/worklet.js/",
        "//worklet.js",
        "/%00",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/sub/%2e%2e/worklet.js",
        "/index.html/a",
    ] {
        for headers in [
            &[][..],
            &[("accept-encoding", "gzip")],
            &[("accept-encoding", "br")],
            &[("range", "bytes=2-5")],
            &[("range", "bytes=900000-")],
        ] {
            let (one, other) = (get(&held, path, headers).await, get(&folder, path, headers).await);
            assert_eq!(one.status(), other.status(), "{path} {headers:?}");
            assert_eq!(one.headers(), other.headers(), "{path} {headers:?}");
            // Packed at once or in parts, it is not the same to the byte.
            match header(&one, "content-encoding") {
                "br" => {}
                "gzip" => assert_eq!(unpacked(one.body()), unpacked(other.body()), "{path}"),
                _ => assert_eq!(one.body(), other.body(), "{path} {headers:?}"),
            }
        }
    }
}

#[tokio::test]
async fn both_are_kept_packed_and_cut_as_asked() {
    let (_folder, pages) = pages();
    for page in &pages {
        let response = get(page, "/", &[]).await;
        assert_eq!((response.status(), header(&response, "cache-control")), (StatusCode::OK, "no-cache"));
        assert_eq!(header(&response, "content-type"), "text/html");
        assert!(header(&response, "content-security-policy").ends_with("; frame-ancestors 'none'"));
        let since = header(&response, "last-modified");
        let again = get(page, "/", &[("if-modified-since", since)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);

        let hashed = get(page, &format!("/{HASHED}"), &[]).await;
        assert_eq!(header(&hashed, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!((header(&hashed, "content-type"), hashed.body().len()), ("application/wasm", 4008));
        let part = get(page, &format!("/{HASHED}"), &[("range", "bytes=0-3")]).await;
        assert_eq!((part.status(), part.body().as_slice()), (StatusCode::PARTIAL_CONTENT, &b"\0asm"[..]));

        let worklet = get(page, "/worklet.js", &[("accept-encoding", "gzip")]).await;
        assert_eq!(header(&worklet, "content-encoding"), "gzip");
        assert_eq!(unpacked(worklet.body()), [b'a'; 2000]);
        let packed = get(page, "/packed.js", &[("accept-encoding", "gzip")]).await;
        assert_eq!(
            (unpacked(packed.body()).as_slice(), header(&packed, "content-type")),
            (&b"packed"[..], "text/javascript")
        );
        assert_eq!(get(page, "/packed.js", &[]).await.body(), b"plain");

        let nothing = get(page, "/nothing.js", &[]).await;
        assert_eq!(
            (nothing.status(), nothing.body().as_slice()),
            (StatusCode::NOT_FOUND, &b"There is nothing here.\n"[..])
        );
        assert!(get(page, "/..%2fsecret.txt", &[]).await.status().is_client_error());
    }
}

#[test]
fn a_folder_without_a_page_is_none() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Page::find(Some(folder.path().into())).is_none());
}
