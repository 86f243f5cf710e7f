//! A program whose output is read as it comes: it is shown, or kept, and the last of it is told when the program fails.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How many of the last lines are told: what a test runner says of some failures.
const LAST: usize = 80;

/// How long lines are waited for once the program has ended. What it has left behind may hold its output open for ever.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs a program to its end. `take` is given each line of its output and of its errors as it comes, with its end. Gives how the program
/// ended, and its last lines.
pub(super) fn run(command: &mut Command, mut take: impl FnMut(&[u8])) -> Result<(ExitStatus, String)> {
    let name = super::name(command);
    let start = || format!("cannot start {name}");
    let (reader, writer) = io::pipe().with_context(start)?;
    let errors = writer.try_clone().with_context(start)?;
    let child = command.stdout(writer).stderr(errors).spawn();
    // The output ends when nobody can write to it: this process must not be able to.
    command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let mut child = child.with_context(start)?;

    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0)
            && send.send(std::mem::take(&mut line)).is_ok()
        {}
    });

    let mut last = VecDeque::new();
    let mut ended: Option<Instant> = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok(line) => {
                take(&line);
                if last.len() == LAST {
                    last.pop_front();
                }
                last.push_back(line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        match ended {
            Some(since) if since.elapsed() > PATIENCE => break,
            Some(_) => {}
            None => ended = child.try_wait()?.map(|_| Instant::now()),
        }
    }
    let status = child.wait()?;
    let last: Vec<u8> = last.into_iter().flatten().collect();
    Ok((status, String::from_utf8_lossy(&last).trim_end().to_owned()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_are_given_as_they_come_and_the_last_are_told() {
        let mut lines = 0;
        let (status, last) =
            run(&mut sh("for i in $(seq 100); do echo $i; done; echo bad >&2; exit 3"), |_| lines += 1)
                .unwrap();
        assert_eq!(status.code(), Some(3));
        assert_eq!(lines, 101);
        assert!(last.starts_with("22\n") && last.ends_with("100\nbad"), "{last}");
    }

    #[test]
    fn what_a_program_leaves_behind_is_not_waited_for() {
        let begin = Instant::now();
        let (status, last) = run(&mut sh("echo here; sleep 20 & exit 0"), |_| ()).unwrap();
        assert!(status.success());
        assert_eq!(last, "here");
        assert!(begin.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn nor_is_what_it_leaves_behind_and_does_not_rest() {
        let begin = Instant::now();
        let busy = "(for i in $(seq 2000); do echo $i; sleep 0.01; done) & exit 0";
        let (status, _) = run(&mut sh(busy), |_| ()).unwrap();
        assert!(status.success());
        assert!(begin.elapsed() < Duration::from_secs(15));
    }
}
