// Twins of engine/src/dsp/filter.rs and engine/src/dsp/noise.rs, for one voice.

struct Filter {
    band_state: f32,
    low_state: f32,
    keep: f32,
    cross: f32,
    feed: f32,
    damping: f32,
}

fn without_dust(x: f32) -> f32 {
    return select(0.0, x, abs(x) > 1e-15);
}

// Sets cutoff (as a part of the sample rate) and Q.
fn set_filter(filter_: ptr<function, Filter>, cutoff: f32, q: f32) {
    let g = tan_half_turns(min(max(cutoff, 1e-4), 0.49));
    let k = 1.0 / q;
    let a1 = 1.0 / (g * (g + k) + 1.0);
    let a2 = g * a1;
    (*filter_).keep = a1 * 2.0 - 1.0;
    (*filter_).cross = a2 * 2.0;
    (*filter_).feed = g * a2 * 2.0;
    (*filter_).damping = k;
    (*filter_).band_state = without_dust((*filter_).band_state);
    (*filter_).low_state = without_dust((*filter_).low_state);
}

// One frame in; low-passed and (undamped) band-passed out.
fn step_filter(filter_: ptr<function, Filter>, input: f32) -> vec2<f32> {
    let f = *filter_;
    let d = input - f.low_state;
    let band = f.keep * f.band_state + f.cross * d;
    let low = f.low_state + (f.cross * f.band_state + f.feed * d);
    (*filter_).band_state = band;
    (*filter_).low_state = low;
    return vec2((low + f.low_state) * 0.5, (band + f.band_state) * 0.5);
}

fn low(filter_: ptr<function, Filter>, input: f32) -> f32 {
    return step_filter(filter_, input).x;
}

fn band(filter_: ptr<function, Filter>, input: f32) -> f32 {
    return step_filter(filter_, input).y * (*filter_).damping;
}

fn high(filter_: ptr<function, Filter>, input: f32) -> f32 {
    let out = step_filter(filter_, input);
    return input - out.y * (*filter_).damping - out.x;
}

// The next sample of white noise.
fn white(state: ptr<function, u32>) -> f32 {
    var s = *state;
    s = s ^ (s << 13u);
    s = s ^ (s >> 17u);
    s = s ^ (s << 5u);
    *state = s;
    return signed(s) * HALF_TURNS;
}
