//! Without any vector instruction: the golden test, compiled so that the compiler makes none of its own, gives the same hashes.

use std::path::PathBuf;
use std::process::Command;

/// The folder that the build of this test lies in (`target`, mostly).
fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a test knows where it is");
    // …/release/deps/scalar-0123456789abcdef
    program.ancestors().nth(3).expect("a test lies in deps").to_owned()
}

#[test]
fn scalar_code_gives_the_golden_hashes() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["test", "--locked", "--profile", "tests", "--package", "auralis-tests", "--test", "golden"])
        .args(["--", "golden_with_the_instructions_that_the_target_always_has"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        // A folder of its own: other flags would make the other builds start anew each time.
        .env("CARGO_TARGET_DIR", target().join("scalar"))
        .env("RUSTFLAGS", "-C no-vectorize-loops -C no-vectorize-slp")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("AURALIS_BLESS");
    // What cargo tells its tests is about this package in this build.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || text == "LLVM_PROFILE_FILE"
        {
            command.env_remove(name);
        }
    }
    let output = command.output().expect("cargo starts");
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "the golden test did not run: {text}");
}
