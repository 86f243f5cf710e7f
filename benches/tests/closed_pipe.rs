//! `pad64 | head -1`: who has seen enough of a measurement makes no failure of it.

use std::io::pipe;
use std::process::Command;

#[test]
fn a_measurement_that_nobody_reads_is_no_failure() {
    for out in [true, false] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_pad64"));
        command.args(["--voices", "2", "--seconds", "0.2"]);
        if out {
            command.stdout(writer);
        } else {
            command.args(["--out", "no/such/folder/a.wav"]).stderr(writer);
        }
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(i32::from(!out)), "{errors}");
        assert!(errors.is_empty(), "{errors}");
    }
}
