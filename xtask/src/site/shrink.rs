//! Makes a built site lighter: short names between the page's module and the script around it, and scripts and styles without what is
//! there for readers.
//!
//! wasm-bindgen names each of some hundred imports after its function and a hash: once in the module, once in the script.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload};

use super::weight;
use crate::tools::from_npm;

/// How a module's name ends, and how that of the script around it.
const MODULE: &str = "_bg.wasm";
const SCRIPT: &str = ".js";

/// Makes the site in a folder lighter.
pub(crate) fn run(folder: &Path) -> Result<()> {
    let files = weight::files(folder)?;
    for module in files.iter().filter(|name| name.ends_with(MODULE)) {
        let script = folder.join(module.replace(MODULE, SCRIPT));
        let module = folder.join(module);
        let (wasm, glue) = shortened(&fs::read(&module)?, &fs::read_to_string(&script)?)?;
        fs::write(&module, wasm)?;
        fs::write(&script, glue)?;
    }
    let texts = files.iter().filter(|name| name.ends_with(".js") || name.ends_with(".css"));
    minify(folder, &texts.map(|name| folder.join(name)).collect::<Vec<_>>())
}

/// What is left of a script, for machines.
pub(crate) fn script(text: &str) -> Result<String> {
    let mut command = from_npm::esbuild()?;
    command
        .args(["--minify", "--loader=js", "--log-level=error"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut running = command.spawn().context("cannot start esbuild")?;
    running.stdin.take().context("esbuild does not listen")?.write_all(text.as_bytes())?;
    let output = running.wait_with_output()?;
    ensure!(output.status.success(), "esbuild failed ({})", output.status);
    String::from_utf8(output.stdout).context("esbuild gave something else than text")
}

fn minify(folder: &Path, files: &[PathBuf]) -> Result<()> {
    let mut command = from_npm::esbuild()?;
    command.args(files).args(["--minify", "--allow-overwrite", "--log-level=error"]);
    command.arg(format!("--outdir={}", folder.display())).arg(format!("--outbase={}", folder.display()));
    crate::process::run(&mut command)
}

/// A module and its script with short names for what the module imports.
fn shortened(wasm: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut module = Module::new();
    let mut names = HashMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("the page's module is damaged")?;
        if let Payload::ImportSection(imports) = payload {
            let mut section = ImportSection::new();
            for import in imports.into_imports() {
                let import = import?;
                let short = format!("_{:x}", names.len());
                section.import(import.module, &short, RoundtripReencoder.entity_type(import.ty)?);
                names.insert(import.name, short);
            }
            module.section(&section);
        } else if let Some((id, range)) = payload.as_section() {
            module.section(&RawSection { id, data: &wasm[range.start as usize..range.end as usize] });
        }
    }
    let mut text = String::with_capacity(glue.len());
    for word in words(glue) {
        text.push_str(names.get(word).map_or(word, String::as_str));
    }
    Ok((module.finish(), text))
}

/// A script's names, and what is between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c| is_name(c) != is_name(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_and_its_script_still_fit() {
        let mut imports = ImportSection::new();
        for name in ["__wbg_set_0123", "__wbg_set_0123456", "__wbindgen_throw"] {
            imports.import("./page_bg.js", name, wasm_encoder::EntityType::Function(0));
        }
        let mut types = wasm_encoder::TypeSection::new();
        types.ty().function([], []);
        let mut module = Module::new();
        module.section(&types).section(&imports);
        let glue = "{__wbg_set_0123: a, __wbg_set_0123456: b,\n__wbindgen_throw:__wbindgen_throw2}";
        let (wasm, text) = shortened(&module.finish(), glue).unwrap();
        assert_eq!(text, "{_0: a, _1: b,\n_2:__wbindgen_throw2}");
        let found: Vec<_> = Parser::new(0)
            .parse_all(&wasm)
            .filter_map(|payload| match payload.unwrap() {
                Payload::ImportSection(imports) => Some(imports.into_imports()),
                _ => None,
            })
            .flatten()
            .map(|import| import.unwrap().name)
            .collect();
        assert_eq!(found, ["_0", "_1", "_2"]);
        assert!(shortened(&wasm[..wasm.len() - 1], glue).is_err());
    }
}
