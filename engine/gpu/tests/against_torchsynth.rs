//! Random voices against torchsynth itself, where Python has it: `tests/torchsynth/compare.py`.

use std::path::Path;
use std::process::Command;

/// Modules that the script imports; that they are there is asked without loading them.
const FIND: &str = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, \
     ['torchsynth', 'torch', 'numpy', 'pytorch_lightning', 'pkg_resources'])))";

#[test]
fn every_module_agrees_on_random_parameters() {
    let found = Command::new("python3").args(["-c", FIND]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no torchsynth");
        return;
    }
    // Cargo builds the examples beside the tests, unless it was asked for one of them only.
    let test = std::env::current_exe().unwrap();
    let modules = test.ancestors().nth(2).unwrap().join("examples/modules");
    if !modules.exists() {
        eprintln!("skipped: the example `modules` is not built");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/torchsynth/compare.py");
    let mut python = Command::new("python3");
    let python = python.args(["-W", "ignore"]).arg(script).arg("--modules").arg(modules);
    let output = python.args(["--count", "25", "--seed", "3"]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(out.contains("voice, batch"), "{out}");
}
