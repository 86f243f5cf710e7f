//! A recording of nothing. A phone shows its controls on the lock screen, and lets a page go on in the background, for what is played by
//! an audio element, not for what an AudioContext plays: while there is music, this is played in a loop beside it.

/// Seconds: browsers show no controls for what is shorter than five.
const SECONDS: u32 = 6;
/// Samples a second, of one byte each.
const RATE: u32 = 8000;

/// A WAV file of silence.
#[must_use]
pub fn wav() -> Vec<u8> {
    let frames = SECONDS * RATE;
    let mut file = Vec::with_capacity(44 + frames as usize);
    file.extend(b"RIFF");
    file.extend((36 + frames).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    // PCM, one channel.
    file.extend([1, 0, 1, 0]);
    // Frames a second, bytes a second; bytes a frame, bits a sample.
    file.extend(RATE.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend([1, 0, 8, 0]);
    file.extend(b"data");
    file.extend(frames.to_le_bytes());
    // Eight-bit samples are unsigned: nothing lies in the middle.
    file.resize(44 + frames as usize, 128);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_wav_file_of_silence() {
        let file = wav();
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!((&file[..4], &file[8..16], &file[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        assert_eq!(word(4) as usize, file.len() - 8);
        assert_eq!(word(40) as usize, file.len() - 44);
        assert_eq!((word(24), word(28)), (RATE, RATE));
        assert!(file[44..].iter().all(|x| *x == 128));
        assert!(word(40) / word(28) >= 5);
    }
}
