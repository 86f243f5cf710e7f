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

// The amplitude at a frame of the grain, or 0 for one that does not sound.
fn amplitude(index: u32, frame: u32, sounds: bool) -> f32 {
    let half = frame * grains[index].window;
    let shift = grains[index].shift;
    let number = grains[index].seed + (frame >> shift);
    let bits = frame & ((1u << shift) - 1u);
    let rest = f32(bits) / f32(1u << shift);
    let here = point(number);
    let noise = here + (point(number + 1u) - here) * rest;
    let window = sin_phase(half);
    return select(0.0, window * window * (1.0 + grains[index].noise * (noise - 1.0)), sounds);
}

// A grain, at a frame of it where a control interval begins.
fn voice(index: u32, frame: u32) -> Voice {
    let phase = grains[index].phase + grains[index].increment * frame;
    let sides = vec2(grains[index].left, grains[index].right);
    return voice_at(phase, grains[index].increment, grains[index].chord, sides);
}

// Whether a grain sounds in the interval `at`, for grains up to `last`.
fn is_sounding(index: u32, last: u32, at: u32) -> bool {
    return index < last && grains[index].begin <= at && at < grains[index].end;
}

// The amplitudes of four grains at these frames of theirs.
fn amplitudes(index: u32, frames: vec4<u32>, sounds: vec4<bool>) -> vec4<f32> {
    return vec4(
        amplitude(index, frames.x, sounds.x),
        amplitude(index + 1u, frames.y, sounds.y),
        amplitude(index + 2u, frames.z, sounds.z),
        amplitude(index + 3u, frames.w, sounds.w),
    );
}

// Has a grain's amplitude go from one to the other in a tile.
fn lead(voice: ptr<function, Voice>, now: f32, next: f32) {
    ramp(voice, now, (next - now) / f32(TILE));
}

@compute @workgroup_size(64)
fn sum_chunk(@builtin(workgroup_id) group: vec3<u32>, @builtin(global_invocation_id) id: vec3<u32>) {
    let interval = id.x;
    if interval >= span.intervals {
        return;
    }
    let at = span.at + interval;
    let range = ranges[group.x];
    let chunk = chunk_of(range.x, range.y, id.y);
    var first = Tile();
    var second = Tile();
    var third = Tile();
    var fourth = Tile();
    for (var index = chunk.x; index < chunk.y; index += 4u) {
        let sounds = vec4(
            is_sounding(index, chunk.y, at),
            is_sounding(index + 1u, chunk.y, at),
            is_sounding(index + 2u, chunk.y, at),
            is_sounding(index + 3u, chunk.y, at),
        );
        if !any(sounds) {
            continue;
        }
        let begins = vec4(
            grains[index].begin,
            grains[index + 1u].begin,
            grains[index + 2u].begin,
            grains[index + 3u].begin,
        );
        let frames = (vec4(at) - begins) << vec4(6u);
        var a = voice(index, frames.x);
        var b = voice(index + 1u, frames.y);
        var c = voice(index + 2u, frames.z);
        var d = voice(index + 3u, frames.w);
        var now = amplitudes(index, frames, sounds);
        let first_end = amplitudes(index, frames + TILE, sounds);
        lead(&a, now.x, first_end.x);
        lead(&b, now.y, first_end.y);
        lead(&c, now.z, first_end.z);
        lead(&d, now.w, first_end.w);
        add(&first, &a, &b, &c, &d);
        now = first_end;
        let second_end = amplitudes(index, frames + TILE * 2u, sounds);
        lead(&a, now.x, second_end.x);
        lead(&b, now.y, second_end.y);
        lead(&c, now.z, second_end.z);
        lead(&d, now.w, second_end.w);
        add(&second, &a, &b, &c, &d);
        now = second_end;
        let third_end = amplitudes(index, frames + TILE * 3u, sounds);
        lead(&a, now.x, third_end.x);
        lead(&b, now.y, third_end.y);
        lead(&c, now.z, third_end.z);
        lead(&d, now.w, third_end.w);
        add(&third, &a, &b, &c, &d);
        now = third_end;
        let fourth_end = amplitudes(index, frames + TILE * 4u, sounds);
        lead(&a, now.x, fourth_end.x);
        lead(&b, now.y, fourth_end.y);
        lead(&c, now.z, fourth_end.z);
        lead(&d, now.w, fourth_end.w);
        add(&fourth, &a, &b, &c, &d);
    }
    put(&first, id.y, interval, 0u);
    put(&second, id.y, interval, 1u);
    put(&third, id.y, interval, 2u);
    put(&fourth, id.y, interval, 3u);
}
