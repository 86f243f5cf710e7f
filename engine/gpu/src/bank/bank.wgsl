// A bank of partials. Twin of engine/src/texture/bank.rs.

// What the twins know of four partials; the fields are in the order of `words` in mod.rs.
struct Partials {
    increment_low: vec4<u32>,
    increment_high: vec4<u32>,
    // The high word: the low one is 0 at frame 0.
    phase: vec4<u32>,
    chord: vec4<f32>,
    gain: vec4<f32>,
    side: vec4<f32>,
    begin: vec4<u32>,
    end: vec4<u32>,
    rise: vec4<f32>,
    fall: vec4<f32>,
    swell: vec4<u32>,
    swell_phase: vec4<u32>,
    depth: vec4<f32>,
}

@group(0) @binding(1) var<storage, read> partials: array<Partials>;

// The amplitudes at control point `at` from the origin, `control` (low word) from frame 0.
fn amplitude(four: Partials, at: u32, control: u32) -> vec4<f32> {
    let alive = life(at, four.begin, four.end, four.rise, four.fall);
    let moved = four.swell * control;
    return alive * swell(four.swell_phase + moved, four.depth) * four.gain;
}

// Four partials at the beginning of a control interval (low word, high word), still silent.
fn voices_at(four: Partials, control: vec2<u32>) -> Voices {
    let frames = vec2(control.x << 6u, (control.y << 6u) | (control.x >> 26u));
    let increment = Increment(four.increment_low, four.increment_high);
    let chord = chord_at(phase_at(four.phase, increment, frames), four.increment_high, four.chord);
    return Voices(chord, vec4(0.0), vec4(0.0), four.side);
}

// Has amplitudes go evenly from one to the other in a control interval.
fn lead(voices: ptr<function, Voices>, now: vec4<f32>, next: vec4<f32>) {
    (*voices).amplitude = now;
    (*voices).step = (next - now) / f32(CONTROL);
}

// The control point (low word, high word) at which an interval of the span begins, from frame 0.
fn control_of(interval: u32) -> vec2<u32> {
    let low = span.control.x + interval;
    return vec2(low, span.control.y + select(0u, 1u, low < interval));
}

// Cards: the sums of one control interval are as many registers as an invocation has there.
@compute @workgroup_size(64)
fn sum_chunk(@builtin(global_invocation_id) id: vec3<u32>) {
    let interval = id.x;
    if interval >= span.intervals {
        return;
    }
    let at = span.at + interval;
    let control = control_of(interval);
    let chunk = chunk_of(vec2(0u, span.quads), id.y);
    var a = Tile();
    var b = Tile();
    var c = Tile();
    var d = Tile();
    for (var index = chunk.x; index < chunk.y; index++) {
        let four = partials[index];
        var voices = voices_at(four, control);
        lead(&voices, amplitude(four, at, control.x), amplitude(four, at + 1u, control.x + 1u));
        add(&a, &voices);
        add(&b, &voices);
        add(&c, &voices);
        add(&d, &voices);
    }
    put(&a, id.y, interval, 0u);
    put(&b, id.y, interval, 1u);
    put(&c, id.y, interval, 2u);
    put(&d, id.y, interval, 3u);
}

// Processors that do as if (SwiftShader, llvmpipe): there an invocation's sums lie in memory, and to read a partial and to find where it begins costs as
// much as an interval of it. So it renders two.
@compute @workgroup_size(64)
fn sum_chunk_by_twos(@builtin(global_invocation_id) id: vec3<u32>) {
    let interval = id.x * 2u;
    if interval >= span.intervals {
        return;
    }
    let at = span.at + interval;
    let control = control_of(interval);
    let chunk = chunk_of(vec2(0u, span.quads), id.y);
    var a = Tile();
    var b = Tile();
    var c = Tile();
    var d = Tile();
    var e = Tile();
    var f = Tile();
    var g = Tile();
    var h = Tile();
    for (var index = chunk.x; index < chunk.y; index++) {
        let four = partials[index];
        var voices = voices_at(four, control);
        let now = amplitude(four, at, control.x);
        let next = amplitude(four, at + 1u, control.x + 1u);
        let last = amplitude(four, at + 2u, control.x + 2u);
        lead(&voices, now, next);
        add(&a, &voices);
        add(&b, &voices);
        add(&c, &voices);
        add(&d, &voices);
        lead(&voices, next, last);
        add(&e, &voices);
        add(&f, &voices);
        add(&g, &voices);
        add(&h, &voices);
    }
    put(&a, id.y, interval, 0u);
    put(&b, id.y, interval, 1u);
    put(&c, id.y, interval, 2u);
    put(&d, id.y, interval, 3u);
    if interval + 1u < span.intervals {
        put(&e, id.y, interval + 1u, 0u);
        put(&f, id.y, interval + 1u, 1u);
        put(&g, id.y, interval + 1u, 2u);
        put(&h, id.y, interval + 1u, 3u);
    }
}
