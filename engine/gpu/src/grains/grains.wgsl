// A cloud of grains. Twin of engine/src/texture/grains.rs.

// What the twins know of a grain; its words are in the order of `words` in mod.rs.
struct Grain {
    increment: u32,
    phase: u32,
    chord: f32,
    left: f32,
    right: f32,
    begin: u32,
    end: u32,
    window: u32,
    noise: f32,
    shift: u32,
    seed: u32,
}

@group(0) @binding(1) var<storage, read> grains: array<Grain>;
// For each workgroup along the span, the first grain that may sound there and the first that can't any more.
@group(0) @binding(2) var<storage, read> ranges: array<vec2<u32>>;

// A number that shows nothing of what it is made from: lowbias32 of Chris Wellons.
fn hash(number: u32) -> u32 {
    var x = number;
    x = (x ^ (x >> 16u)) * 0x7feb352du;
    x = (x ^ (x >> 15u)) * 0x846ca68bu;
    return x ^ (x >> 16u);
}

// The noise at a point of its grid, -1 to 1.
fn point(index: u32) -> f32 {
    return f32(bitcast<i32>(hash(index))) * 4.656612873077393e-10;
}

// The amplitude at a frame of the grain.
fn amplitude(grain: Grain, frame: u32) -> f32 {
    let half = frame * grain.window;
    let index = grain.seed + (frame >> grain.shift);
    let bits = frame & ((1u << grain.shift) - 1u);
    let rest = f32(bits) / f32(1u << grain.shift);
    let here = point(index);
    let noise = here + (point(index + 1u) - here) * rest;
    let window = sin_phase(half);
    return window * window * (1.0 + grain.noise * (noise - 1.0));
}

@compute @workgroup_size(64)
fn sum_chunk(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) me: u32) {
    let interval = group.x * INTERVALS + me / TILES;
    let place = me % TILES;
    let at = span.at + interval;
    let range = ranges[group.x];
    let chunk = (range.y - range.x + span.chunks - 1u) / span.chunks;
    let first = min(range.x + group.y * chunk, range.y);
    let last = min(first + chunk, range.y);
    var tile = Tile();
    for (var index = first; index < last; index++) {
        if grains[index].begin > at || at >= grains[index].end {
            continue;
        }
        let grain = grains[index];
        let frame = ((at - grain.begin) << 6u) + place * TILE;
        let now = amplitude(grain, frame);
        let next = amplitude(grain, frame + TILE);
        let phase = grain.phase + grain.increment * frame;
        let voice = voice_at(phase, grain.increment, grain.chord, now, (next - now) * 0.0625);
        add(&tile, voice, grain.left, grain.right);
    }
    put(tile, group.y, interval, place);
}
