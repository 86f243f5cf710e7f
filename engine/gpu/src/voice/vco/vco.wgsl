// The pitch of an oscillator under modulation. Twin of `Pitch` in mod.rs.

struct Pitch {
    base: f32,
    depth: f32,
    low: f32,
    high: f32,
    start: u32,
}

// Octaves from the note's own pitch, limited to the MIDI notes 0 to 127.
fn limited(pitch: Pitch, octaves: f32) -> f32 {
    return min(max(octaves, pitch.low), pitch.high);
}

// The step of the phase per sample at so many octaves.
fn pitch_step(pitch: Pitch, octaves: f32) -> f32 {
    return product(exp2_exact(octaves), pitch.base);
}

// The step under a modulation, rounded by itself.
fn step_under(pitch: Pitch, modulation: f32) -> u32 {
    return rounded(pitch_step(pitch, limited(pitch, product(modulation, pitch.depth))));
}
