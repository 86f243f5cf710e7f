//! The module of textures on a browser's GPU, with the script around it, in web/gpu/dist/: the page loads them only where there is an adapter.

use std::env;
use std::fs;

use anyhow::{Context, Result};

use crate::tools::{from_cargo, from_npm, from_rustup};
use crate::{paths, process, report, worklet};

/// What the module and its script begin with.
const NAME: &str = "gpu";

/// Cargo's profile for it: it stands in for the GPU, as fast as the worklet would be.
const PROFILE: &str = "worklet";

/// Builds both.
pub(crate) fn run() -> Result<()> {
    if env::var_os(worklet::READY).is_some() {
        return Ok(());
    }
    from_rustup::target(from_rustup::WASM)?;
    from_npm::packages()?;
    from_cargo::crates()?;
    let wasm_bindgen = from_cargo::wasm_bindgen()?.folder()?;
    report::step("build what runs on a browser's GPU", || {
        // A target folder of its own: cargo would otherwise build everything anew whenever the flags change.
        let folder = paths::target()?.join("worklet-gpu");
        let mut cargo = process::cargo_build("build");
        cargo.args(["--package", "auralis-web-gpu", "--profile", PROFILE, "--target", from_rustup::WASM]);
        cargo.env("CARGO_TARGET_DIR", &folder).env_remove("RUSTFLAGS");
        let flags = worklet::rustc_flags(&["-C", "target-feature=+simd128"])?;
        process::run(cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")))?;

        let out = paths::gpu_dist();
        fs::create_dir_all(&out).context("cannot make web/gpu/dist")?;
        let built = folder.join(from_rustup::WASM).join(PROFILE).join("auralis_web_gpu.wasm");
        let program = wasm_bindgen.join(format!("wasm-bindgen{}", env::consts::EXE_SUFFIX));
        let mut bind = process::program(program);
        bind.args(["--target", "web", "--no-typescript", "--omit-default-module-path", "--out-name", NAME]);
        process::run(bind.arg("--out-dir").arg(&out).arg(built))?;

        let module = out.join(format!("{NAME}_bg.wasm"));
        let mut wasm_opt = from_npm::wasm_opt()?;
        wasm_opt
            .args(worklet::OPTIMIZE)
            .args(worklet::FEATURES)
            .args(["--enable-simd", "--strip-target-features"]);
        process::run(wasm_opt.arg(&module).arg("-o").arg(&module))
    })
}
