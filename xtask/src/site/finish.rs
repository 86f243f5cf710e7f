//! What makes of Trunk's output a site: a version, the Content-Security-Policy in the page, and the service worker.
//!
//! The version is a hash of all there is, so that the same files are the same version on every machine. The page asks for files without
//! a hash in their name as `FILE?v=VERSION`: no cache on the way gives it one of another version.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{shrink, weight};
use crate::paths;

const PAGE: &str = "index.html";
const WORKER: &str = "sw.js";

/// Hexadecimal digits of a file's hash, and of a version.
const FILE_DIGITS: usize = 32;
const VERSION_DIGITS: usize = 16;

/// Where the page's head gets its policy: before anything that it is to hold for.
const BEFORE_POLICY: &str = "<meta charset=\"utf-8\"";

/// Finishes the site in a folder, or finishes it anew.
pub(crate) fn run(folder: &Path) -> Result<()> {
    let mut files = read(folder)?;
    let page = files.remove(PAGE).with_context(|| format!("{} has no {PAGE}", folder.display()))?;
    let page = String::from_utf8(page).context("index.html is not UTF-8")?;
    let source = |name: &str| {
        fs::read_to_string(paths::root().join("web").join(name))
            .with_context(|| format!("cannot read web/{name}"))
    };
    let worker = shrink::script(&source(WORKER)?)?;
    let site = finished(&page, files, &worker, &policy(&source("content-security-policy.txt")?))?;
    fs::write(folder.join(PAGE), site.page).context("cannot write index.html")?;
    fs::write(folder.join(WORKER), site.worker).context("cannot write sw.js")
}

struct Site {
    page: String,
    worker: String,
}

/// All files but the service worker and the documentation, by their path with slashes.
fn read(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for path in weight::files(folder)? {
        if path != WORKER && !path.starts_with(super::DOCUMENTS) {
            let bytes = fs::read(folder.join(&path)).with_context(|| format!("cannot read {path}"))?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

fn finished(page: &str, files: BTreeMap<String, Vec<u8>>, worker: &str, policy: &str) -> Result<Site> {
    let page = with_policy(&unfinished(page), policy)?;
    let mut hashes: BTreeMap<_, _> = files.iter().map(|(path, bytes)| (path.clone(), hash(bytes))).collect();
    let version = {
        let all = format!("{hashes:?}{page}{worker}");
        hash(all.as_bytes())[..VERSION_DIGITS].to_owned()
    };
    let page = with_version(&page, hashes.keys(), &version)?;
    hashes.insert(PAGE.into(), hash(page.as_bytes()));
    let build = json!({ "version": version, "files": hashes, "later": weight::WITH_GPU });
    Ok(Site { page, worker: format!("const BUILD = {build};\n{worker}") })
}

fn hash(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in &Sha256::digest(bytes)[..FILE_DIGITS / 2] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The policy as one line. What only a header may say is left out: browsers complain of it in a page.
fn policy(directives: &str) -> String {
    let lines = directives.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.filter(|line| !line.starts_with("frame-ancestors")).collect::<Vec<_>>().join("; ")
}

fn with_policy(page: &str, policy: &str) -> Result<String> {
    let (before, after) = page.split_once(BEFORE_POLICY).context("index.html does not say its charset")?;
    let (charset, after) = after.split_once('>').context("index.html ends within its charset")?;
    Ok(format!(
        "{before}{BEFORE_POLICY}{charset}>\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">{after}"
    ))
}

/// The version, for the page's own scripts to read, and on the address of every file that the page names.
fn with_version<'a>(page: &str, files: impl Iterator<Item = &'a String>, version: &str) -> Result<String> {
    ensure!(page.contains("<html "), "index.html does not say its language");
    let mut page = page.replacen("<html ", &format!("<html data-version=\"{version}\" "), 1);
    for file in files.filter(|file| !is_hashed(file)) {
        for address in [file.clone(), format!("./{file}")] {
            page = page.replace(&format!("\"{address}\""), &format!("\"{address}?v={version}\""));
        }
    }
    Ok(page)
}

/// Whether a name already says what is in the file: Trunk's hashes have 16 digits.
fn is_hashed(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_hexdigit()).any(|digits| digits.len() >= 16)
}

/// The page without what an earlier finish put into it.
fn unfinished(page: &str) -> String {
    let mut page = page.to_owned();
    if let Some(version) = between(&page, " data-version=\"", "\"").map(str::to_owned) {
        page = page.replacen(&format!(" data-version=\"{version}\""), "", 1);
        page = page.replace(&format!("?v={version}"), "");
    }
    if let Some(policy) =
        between(&page, "\n    <meta http-equiv=\"Content-Security-Policy\"", ">").map(str::to_owned)
    {
        page = page.replacen(&format!("\n    <meta http-equiv=\"Content-Security-Policy\"{policy}>"), "", 1);
    }
    page
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUNK: &str = "<!doctype html><html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\" />\n    \
        <link rel=\"icon\" href=\"icon.svg\" /><link rel=\"modulepreload\" href=\"./page-0123456789abcdef.js\">\
        <script defer src=\"./boot.js\" data-js=\"./page-0123456789abcdef.js\"></script></head></html>";

    fn files() -> BTreeMap<String, Vec<u8>> {
        ["boot.js", "icon.svg", "engine.wasm", "page-0123456789abcdef.js"]
            .map(|name| (name.to_owned(), name.as_bytes().to_vec()))
            .into()
    }

    fn finish(page: &str, files: BTreeMap<String, Vec<u8>>) -> Site {
        finished(
            page,
            files,
            "// worker",
            &policy("default-src 'none'\nframe-ancestors 'none'\nimg-src 'self'\n"),
        )
        .unwrap()
    }

    fn build(site: &Site) -> serde_json::Value {
        serde_json::from_str(between(&site.worker, "const BUILD = ", ";\n").unwrap()).unwrap()
    }

    #[test]
    fn files_without_a_hash_are_asked_for_by_version() {
        let site = finish(TRUNK, files());
        let version = between(&site.page, "data-version=\"", "\"").unwrap();
        assert_eq!(version.len(), VERSION_DIGITS);
        assert!(site.page.contains(&format!("href=\"icon.svg?v={version}\"")));
        assert!(
            site.page
                .contains(&format!("src=\"./boot.js?v={version}\" data-js=\"./page-0123456789abcdef.js\""))
        );
        assert!(site.page.contains("href=\"./page-0123456789abcdef.js\""));
    }

    #[test]
    fn the_page_carries_the_policy_before_anything_else() {
        let page = finish(TRUNK, files()).page;
        let policy =
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self'\">";
        assert!(page.find(policy).unwrap() < page.find("<link").unwrap());
    }

    #[test]
    fn the_readme_gives_the_policy_as_a_header() {
        let read = |name: &str| fs::read_to_string(paths::root().join(name)).unwrap();
        let header = read("web/content-security-policy.txt").lines().collect::<Vec<_>>().join("; ");
        assert!(read("README.md").lines().any(|line| line == header), "{header}");
    }

    #[test]
    fn the_worker_knows_every_file_by_its_bytes() {
        let site = finish(TRUNK, files());
        let build = build(&site);
        let names: Vec<_> = build["files"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["boot.js", "engine.wasm", "icon.svg", "index.html", "page-0123456789abcdef.js"]);
        assert_eq!(build["files"]["index.html"], hash(site.page.as_bytes()));
        assert_eq!(build["files"]["boot.js"], hash(b"boot.js"));
        assert!(site.worker.ends_with("// worker"));
    }

    #[test]
    fn the_same_files_are_the_same_version_however_often_it_is_finished() {
        let once = finish(TRUNK, files());
        let twice = finish(&once.page, files());
        assert_eq!((&once.page, &once.worker), (&twice.page, &twice.worker));
    }

    #[test]
    fn whatever_changes_is_another_version() {
        let old = build(&finish(TRUNK, files()))["version"].clone();
        let mut changed = files();
        changed.insert("engine.wasm".into(), b"other".to_vec());
        assert_ne!(build(&finish(TRUNK, changed))["version"], old);
        assert_ne!(
            build(&finish(&TRUNK.replace("<head>", "<head><title>Other</title>"), files()))["version"],
            old
        );
        let other = finished(TRUNK, files(), "// other worker", "").unwrap();
        assert_ne!(build(&other)["version"], old);
    }

    #[test]
    fn a_page_without_a_place_for_them_is_refused() {
        for page in ["<html lang=\"en\"><head></head></html>", "<meta charset=\"utf-8\">"] {
            assert!(finished(page, files(), "", "").is_err(), "{page}");
        }
    }
}
