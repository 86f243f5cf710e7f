// What a dispatch is given: the grid of all rows, and a voice for each row.

struct Job {
    frames: u32,
    controls: u32,
    // How many invocations render a segment, and how many segments a workgroup.
    across: u32,
    together: u32,
    // How far an audio sample is from the next, in control samples.
    step: f32,
    // It is 0; see exact.wgsl.
    nothing: u32,
}

// Audio samples between two neighbouring control samples: the first, and where it lies between the two.
struct Segment {
    start: u32,
    offset: f32,
}

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<storage, read> voices: array<Voice>;
// One more than there are: where the last ends.
@group(0) @binding(2) var<storage, read> segments: array<Segment>;
// For each voice the outputs of the modulation mixer, and the phases of both oscillators at the beginning of each segment.
@group(0) @binding(3) var<storage, read_write> tracks: array<u32>;
// For each voice its greatest magnitude, if that is above 1.
@group(0) @binding(4) var<storage, read_write> peaks: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read_write> rows: array<f32>;

const OUTPUTS = 5u;
const TRACKS = 7u;

// Where a voice's track has its value at a control sample.
fn place(voice: u32, track: u32, k: u32) -> u32 {
    return (voice * TRACKS + track) * job.controls + k;
}

// An output of a voice's modulation mixer.
fn modulation(voice: u32, output: u32, k: u32) -> f32 {
    return bitcast<f32>(tracks[place(voice, output, k)]);
}
