// A bank of partials. Twin of engine/src/texture/bank.rs.

// What the twins know of four partials; the fields are in the order of `words` in mod.rs.
struct Partials {
    increment_low: vec4<u32>,
    increment_high: vec4<u32>,
    phase_low: vec4<u32>,
    phase_high: vec4<u32>,
    chord: vec4<f32>,
    left: vec4<f32>,
    right: vec4<f32>,
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
fn amplitude(index: u32, at: u32, control: u32) -> vec4<f32> {
    let alive = life(at, partials[index].begin, partials[index].end, partials[index].rise, partials[index].fall);
    let moved = partials[index].swell * control;
    return alive * swell(partials[index].swell_phase + moved, partials[index].depth);
}

// Four partials at the beginning of a control interval.
fn voices_at(index: u32, interval: u32) -> Voices {
    let at = span.at + interval;
    let low = span.control.x + interval;
    let high = span.control.y + select(0u, 1u, low < interval);
    let frames = vec2(low << 6u, (high << 6u) | (low >> 26u));
    let increment = Wide(partials[index].increment_low, partials[index].increment_high);
    let phase = phase_at(Wide(partials[index].phase_low, partials[index].phase_high), increment, frames);
    let now = amplitude(index, at, low);
    let next = amplitude(index, at + 1u, low + 1u);
    return Voices(
        chord_at(phase, increment.high, partials[index].chord),
        now,
        (next - now) / f32(CONTROL),
        partials[index].left,
        partials[index].right,
    );
}

@compute @workgroup_size(64)
fn sum_chunk(@builtin(global_invocation_id) id: vec3<u32>) {
    let interval = id.x;
    if interval >= span.intervals {
        return;
    }
    let chunk = chunk_of(vec2(0u, span.quads), id.y);
    var first = Tile();
    var second = Tile();
    var third = Tile();
    var fourth = Tile();
    for (var index = chunk.x; index < chunk.y; index++) {
        var voices = voices_at(index, interval);
        add(&first, &voices);
        add(&second, &voices);
        add(&third, &voices);
        add(&fourth, &voices);
    }
    put(&first, id.y, interval, 0u);
    put(&second, id.y, interval, 1u);
    put(&third, id.y, interval, 2u);
    put(&fourth, id.y, interval, 3u);
}
