// A bank of partials. Twin of engine/src/texture/bank.rs.

// What the twins know of a partial; its words are in the order of `words` in mod.rs.
struct Partial {
    increment_low: u32,
    increment_high: u32,
    phase_low: u32,
    phase_high: u32,
    chord: f32,
    left: f32,
    right: f32,
    begin: u32,
    end: u32,
    rise: f32,
    fall: f32,
    swell: u32,
    swell_phase: u32,
    depth: f32,
}

@group(0) @binding(1) var<storage, read> partials: array<Partial>;

// What a partial has at the beginning of a control interval.
struct Seed {
    phase: u32,
    amplitude: f32,
    step: f32,
}

// Partials whose seeds lie ready at a time.
const BLOCK = 16u;

var<workgroup> seeds: array<Seed, 256>;

// The amplitude at control point `at` from the origin, `control` (low word) from frame 0.
fn amplitude(index: u32, at: u32, control: u32) -> f32 {
    let alive = life(at, partials[index].begin, partials[index].end, partials[index].rise, partials[index].fall);
    let moved = partials[index].swell * control;
    return alive * swell(partials[index].swell_phase + moved, partials[index].depth);
}

fn seed(index: u32, interval: u32) -> Seed {
    let at = span.at + interval;
    let low = span.control.x + interval;
    let high = span.control.y + select(0u, 1u, low < interval);
    let frames = vec2(low << 6u, (high << 6u) | (low >> 26u));
    let phase = vec2(partials[index].phase_low, partials[index].phase_high);
    let increment = vec2(partials[index].increment_low, partials[index].increment_high);
    let now = amplitude(index, at, low);
    let next = amplitude(index, at + 1u, low + 1u);
    return Seed(phase_at(phase, increment, frames), now, (next - now) * 0.015625);
}

@compute @workgroup_size(64)
fn sum_chunk(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) me: u32) {
    let interval = me / TILES;
    let place = me % TILES;
    let chunk = (span.parts + span.chunks - 1u) / span.chunks;
    let first = group.y * chunk;
    let last = min(first + chunk, span.parts);
    var tile = Tile();
    for (var block = first; block < last; block += BLOCK) {
        workgroupBarrier();
        for (var n = me; n < BLOCK * INTERVALS; n += WIDTH) {
            let index = block + n / INTERVALS;
            if index < last {
                seeds[n] = seed(index, group.x * INTERVALS + n % INTERVALS);
            }
        }
        workgroupBarrier();
        let count = min(BLOCK, last - block);
        for (var n = 0u; n < count; n++) {
            let begins = seeds[n * INTERVALS + interval];
            let increment = partials[block + n].increment_high;
            // Exact but for the increment's low word, which is below 2⁻²⁶ turns here.
            let phase = begins.phase + increment * (place * TILE);
            let level = begins.amplitude + begins.step * f32(place * TILE);
            let voice = voice_at(phase, increment, partials[block + n].chord, level, begins.step);
            add(&tile, voice, partials[block + n].left, partials[block + n].right);
        }
    }
    put(tile, group.y, group.x * INTERVALS + interval, place);
}
