// What the kernels of all instruments share: each has a `Voice`, which is what a voice remembers from frame to frame, and `render`, which
// adds a control interval of it. An invocation is a voice, from the first interval of a span to the last; `mix_voices` adds up what the
// voices of a movement made, in their order. Twin of `add` in engine/src/voice/bank.rs; the tables are those of track.rs.

// Frames in a control interval.
const CONTROL = 64u;
// A voice is silent in an interval, or goes on; any other number is the start that it begins with.
const RESTS = 0xffffffffu;
const GOES_ON = 0xfffffffeu;

struct Span {
    intervals: u32,
    // How many voices there are.
    voices: u32,
}

// What a voice is to do in an interval.
struct Control {
    start: u32,
    level: f32,
    // What the instrument itself decides at control points.
    steps: vec2<u32>,
    gains: vec2<f32>,
    gain_steps: vec2<f32>,
}

// What all voices of a movement get to see in an interval. Cutoffs are log₂ of their part of the sample rate.
struct Moment {
    // The low word.
    frame: u32,
    richness: f32,
    drone: f32,
    pad: f32,
    lead: f32,
    wind: f32,
    swell: f32,
    hat: f32,
    // How loud wind is on the left and on the right.
    sides: vec2<f32>,
}

// How loud a voice is on the left and on the right, and where its next frame goes.
struct Gains {
    value: vec2<f32>,
    step: vec2<f32>,
    at: u32,
}

@group(0) @binding(0) var<uniform> span: Span;
// The moments of which movement each voice hears.
@group(0) @binding(1) var<storage, read> movements: array<u32>;
@group(0) @binding(2) var<storage, read> controls: array<Control>;
@group(0) @binding(3) var<storage, read> moments: array<Moment>;
@group(0) @binding(4) var<storage, read> starts: array<Voice>;
// What each voice remembers after the span.
@group(0) @binding(5) var<storage, read_write> memories: array<Voice>;
// The frames of all voices: those of one frame side by side.
@group(0) @binding(6) var<storage, read_write> sounds: array<vec2<f32>>;
// The first voice of each movement, and the first after them.
@group(0) @binding(7) var<storage, read> ranges: array<vec2<u32>>;
@group(0) @binding(8) var<storage, read_write> mixed: array<vec2<f32>>;

// Gives a frame out.
fn put(gains: ptr<function, Gains>, sound: vec2<f32>) {
    sounds[(*gains).at] = sound;
    (*gains).at += span.voices;
}

// Moves on by a frame and gives a frame of sound out.
fn add(gains: ptr<function, Gains>, sound: f32) {
    (*gains).value += (*gains).step;
    put(gains, sound * (*gains).value);
}

@compute @workgroup_size(32)
fn play(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= span.voices {
        return;
    }
    let movement = movements[id.x];
    var voice: Voice;
    for (var interval = 0u; interval < span.intervals; interval++) {
        let control = controls[interval * span.voices + id.x];
        var gains = Gains(control.gains, control.gain_steps, interval * CONTROL * span.voices + id.x);
        if control.start == RESTS {
            for (var n = 0u; n < CONTROL; n++) {
                put(&gains, vec2(0.0));
            }
            continue;
        }
        if control.start != GOES_ON {
            voice = starts[control.start];
        }
        let moment = moments[movement * span.intervals + interval];
        render(&voice, control, moment, &gains);
    }
    memories[id.x] = voice;
}

@compute @workgroup_size(64)
fn mix_voices(@builtin(global_invocation_id) id: vec3<u32>) {
    let frames = span.intervals * CONTROL;
    if id.x >= frames {
        return;
    }
    let range = ranges[id.y];
    var sum = vec2(0.0);
    for (var voice = range.x; voice < range.y; voice++) {
        sum += sounds[id.x * span.voices + voice];
    }
    mixed[id.y * frames + id.x] = sum;
}
