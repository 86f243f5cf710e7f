//! The library call that makes many rows: the same whatever the threads and the company.

use auralis_engine::SampleRate;
use auralis_gpu::batch::{Batch, Sound};
use auralis_gpu::voice::Grid;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

fn batch() -> Batch {
    Batch::new(&Grid::new(0.1, SampleRate::Hz44100).unwrap())
}

fn sounds(voices: std::ops::Range<u64>) -> Vec<Sound> {
    voices.map(|voice| Sound::random(3, voice)).collect()
}

#[test]
fn a_row_is_the_same_on_any_number_of_threads_and_in_any_company() {
    let batch = batch();
    let all = batch.rows(&sounds(0..20), threads(1));
    for count in [2, 3, 64] {
        assert!(batch.rows(&sounds(0..20), threads(count)) == all, "{count} threads");
    }
    let frames = batch.grid().frames();
    assert!(batch.rows(&sounds(7..9), threads(1)) == all[7 * frames..9 * frames]);
    assert!(batch.rows(&[], threads(2)).is_empty());
}

#[test]
fn rows_are_handed_out_with_their_places() {
    let (batch, sounds) = (batch(), sounds(0..10));
    let expected = batch.rows(&sounds, threads(1));
    let got = Mutex::new(vec![0.0; expected.len()]);
    let frames = batch.grid().frames();
    let done = batch.for_each(&sounds, threads(3), &AtomicBool::new(false), |place, row| {
        got.lock().unwrap()[place * frames..][..frames].copy_from_slice(row);
        Ok::<_, ()>(())
    });
    assert_eq!(done, Ok(10));
    assert!(got.into_inner().unwrap() == expected);
}

#[test]
fn it_stops_when_asked_to_and_when_a_row_is_refused() {
    let (batch, sounds) = (batch(), sounds(0..50));
    let stop = AtomicBool::new(false);
    let done = batch.for_each(&sounds, threads(1), &stop, |place, _| {
        stop.store(place == 4, Ordering::Relaxed);
        Ok::<_, ()>(())
    });
    assert_eq!(done, Ok(5));
    let refused = batch.for_each(&sounds, threads(2), &AtomicBool::new(false), |place, _| {
        if place < 7 { Ok(()) } else { Err("full") }
    });
    assert_eq!(refused, Err("full"));
}
