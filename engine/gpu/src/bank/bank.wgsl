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

// The amplitude at control point `at` from the origin, `control` (low word) from frame 0.
fn amplitude(index: u32, at: u32, control: u32) -> f32 {
    let alive = life(at, partials[index].begin, partials[index].end, partials[index].rise, partials[index].fall);
    let moved = partials[index].swell * control;
    return alive * swell(partials[index].swell_phase + moved, partials[index].depth);
}

// A partial at the beginning of a control interval.
fn voice(index: u32, interval: u32) -> Voice {
    let at = span.at + interval;
    let low = span.control.x + interval;
    let high = span.control.y + select(0u, 1u, low < interval);
    let frames = vec2(low << 6u, (high << 6u) | (low >> 26u));
    let increment = vec2(partials[index].increment_low, partials[index].increment_high);
    let phase = phase_at(vec2(partials[index].phase_low, partials[index].phase_high), increment, frames);
    let sides = vec2(partials[index].left, partials[index].right);
    let now = amplitude(index, at, low);
    let next = amplitude(index, at + 1u, low + 1u);
    var voice = voice_at(phase, increment.y, partials[index].chord, sides);
    ramp(&voice, now, (next - now) / f32(CONTROL));
    return voice;
}

@compute @workgroup_size(64)
fn sum_chunk(@builtin(global_invocation_id) id: vec3<u32>) {
    let interval = id.x;
    if interval >= span.intervals {
        return;
    }
    let chunk = chunk_of(0u, span.parts, id.y);
    var first = Tile();
    var second = Tile();
    var third = Tile();
    var fourth = Tile();
    for (var index = chunk.x; index < chunk.y; index += 4u) {
        var a = voice(index, interval);
        var b = voice(index + 1u, interval);
        var c = voice(index + 2u, interval);
        var d = voice(index + 3u, interval);
        add(&first, &a, &b, &c, &d);
        add(&second, &a, &b, &c, &d);
        add(&third, &a, &b, &c, &d);
        add(&fourth, &a, &b, &c, &d);
    }
    put(&first, id.y, interval, 0u);
    put(&second, id.y, interval, 1u);
    put(&third, id.y, interval, 2u);
    put(&fourth, id.y, interval, 3u);
}
