// A cloud of grains. Twin of engine/src/texture/grains.rs.

// What the twins know of four grains; the fields are in the order of `words` in mod.rs.
struct Grains {
    increment: vec4<u32>,
    phase: vec4<u32>,
    chord: vec4<f32>,
    gain: vec4<f32>,
    side: vec4<f32>,
    begin: vec4<u32>,
    end: vec4<u32>,
    window: vec4<u32>,
    noise: vec4<f32>,
    shift: vec4<u32>,
    seed: vec4<u32>,
}

@group(0) @binding(1) var<storage, read> grains: array<Grains>;
// For each workgroup along the span, the first four grains of which one may sound there, and the first of which none can any more.
@group(0) @binding(2) var<storage, read> ranges: array<vec2<u32>>;

// A number that shows nothing of what it is made from: lowbias32 of Chris Wellons.
fn hash(number: vec4<u32>) -> vec4<u32> {
    var x = number;
    x = (x ^ (x >> vec4(16u))) * 0x7feb352du;
    x = (x ^ (x >> vec4(15u))) * 0x846ca68bu;
    return x ^ (x >> vec4(16u));
}

// The noise at a point of its grid, -1 to 1.
fn point(index: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(bitcast<vec4<i32>>(hash(index))) * 4.656612873077393e-10;
}

// Which of the grains sound in the interval `at`.
fn sounding(index: u32, at: u32) -> vec4<bool> {
    return (grains[index].begin <= vec4(at)) & (vec4(at) < grains[index].end);
}

// The amplitudes at these frames of each grain.
fn amplitude(index: u32, frame: vec4<u32>) -> vec4<f32> {
    let half = frame * grains[index].window;
    let shift = grains[index].shift;
    let number = grains[index].seed + (frame >> shift);
    let length = vec4(1u) << shift;
    let rest = vec4<f32>(frame & (length - 1u)) / vec4<f32>(length);
    let here = point(number);
    let next = point(number + 1u);
    let noise = here + (next - here) * rest;
    let window = sin_phase(half);
    return window * window * (1.0 + grains[index].noise * (noise - 1.0)) * grains[index].gain;
}

// The amplitudes where a tile of the interval `at` begins, 0 of grains that do not sound there.
fn level(index: u32, at: u32, tile: u32) -> vec4<f32> {
    let frame = ((at - grains[index].begin) << vec4(6u)) + tile * TILE;
    return select(vec4(0.0), amplitude(index, frame), sounding(index, at));
}

// Four grains at the beginning of a control interval, still silent.
fn voices_at(index: u32, at: u32) -> Voices {
    let frame = (at - grains[index].begin) << vec4(6u);
    let phase = grains[index].phase + grains[index].increment * frame;
    let chord = chord_at(phase, grains[index].increment, grains[index].chord);
    return Voices(chord, vec4(0.0), vec4(0.0), grains[index].side);
}

// Has amplitudes go evenly from one to the other in a tile.
fn lead(voices: ptr<function, Voices>, now: vec4<f32>, next: vec4<f32>) {
    (*voices).amplitude = now;
    (*voices).step = (next - now) / f32(TILE);
}

@compute @workgroup_size(64)
fn sum_chunk(@builtin(workgroup_id) group: vec3<u32>, @builtin(global_invocation_id) id: vec3<u32>) {
    let interval = id.x;
    if interval >= span.intervals {
        return;
    }
    let at = span.at + interval;
    let chunk = chunk_of(ranges[group.x], id.y);
    var first = Tile();
    var second = Tile();
    var third = Tile();
    var fourth = Tile();
    for (var index = chunk.x; index < chunk.y; index++) {
        if !any(sounding(index, at)) {
            continue;
        }
        var voices = voices_at(index, at);
        let a = level(index, at, 0u);
        let b = level(index, at, 1u);
        let c = level(index, at, 2u);
        let d = level(index, at, 3u);
        let e = level(index, at, 4u);
        lead(&voices, a, b);
        add(&first, &voices);
        lead(&voices, b, c);
        add(&second, &voices);
        lead(&voices, c, d);
        add(&third, &voices);
        lead(&voices, d, e);
        add(&fourth, &voices);
    }
    put(&first, id.y, interval, 0u);
    put(&second, id.y, interval, 1u);
    put(&third, id.y, interval, 2u);
    put(&fourth, id.y, interval, 3u);
}
