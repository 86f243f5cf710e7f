// A sine by recurrence: two sums and one product a frame. Twin of engine/src/texture/chord.rs, with the sine of engine/src/math.rs.

// sin(2π · phase / 2³²).
fn sin_phase(phase: u32) -> f32 {
    let p = f32(bitcast<i32>(phase)) * 4.656612873077393e-10;
    let a = abs(p);
    let x = min(a, 1.0 - a);
    let s = x * x;
    var y = 0.07765952;
    y = y * s - 0.59829223;
    y = y * s + 2.5500777;
    y = y * s - 5.1677103;
    y = y * s + 3.1415927;
    return select(y * x, -(y * x), p < 0.0);
}

// All 64 bits of a product: low word, high word.
fn wide(a: u32, b: u32) -> vec2<u32> {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let left = (a >> 16u) * (b & 0xffffu);
    let right = (a & 0xffffu) * (b >> 16u);
    let middle = (low >> 16u) + (left & 0xffffu) + (right & 0xffffu);
    let high = (a >> 16u) * (b >> 16u) + (left >> 16u) + (right >> 16u) + (middle >> 16u);
    return vec2((middle << 16u) | (low & 0xffffu), high);
}

// The high word of the phase after `frames` frames; words go low, high.
fn phase_at(phase: vec2<u32>, increment: vec2<u32>, frames: vec2<u32>) -> u32 {
    let moved = wide(increment.x, frames.x);
    let carry = select(0u, 1u, moved.x + phase.x < phase.x);
    return phase.y + moved.y + increment.x * frames.y + increment.y * frames.x + carry;
}

// What the inner loop keeps of a sine whose amplitude moves evenly.
struct Voice {
    value: f32,
    difference: f32,
    square: f32,
    // Of four frames.
    amplitudes: vec4<f32>,
    // What each of them moves by in four frames.
    step: f32,
    // The gains to the left and to the right.
    sides: vec2<f32>,
}

// The sine of this phase, that moves by this increment (high word) a frame; `chord` is the increment's.
fn voice_at(phase: u32, increment: u32, chord: f32, sides: vec2<f32>) -> Voice {
    // The difference is the chord times the cosine half a frame ago, which is the sine a quarter turn later.
    let half_ago = phase - (increment >> 1u) + 0x40000000u;
    return Voice(sin_phase(phase), chord * sin_phase(half_ago), chord * chord, vec4(0.0), 0.0, sides);
}

// Has the amplitude go on from here, by `step` a frame.
fn ramp(voice: ptr<function, Voice>, amplitude: f32, step: f32) {
    (*voice).amplitudes = amplitude + step * vec4(0.0, 1.0, 2.0, 3.0);
    (*voice).step = step * 4.0;
}

// Four frames; then moves on by as many.
fn next_four(voice: ptr<function, Voice>) -> vec4<f32> {
    var v = *voice;
    let a = v.value;
    v.difference -= v.square * a;
    let b = a + v.difference;
    v.difference -= v.square * b;
    let c = b + v.difference;
    v.difference -= v.square * c;
    let d = c + v.difference;
    v.difference -= v.square * d;
    v.value = d + v.difference;
    let sound = vec4(a, b, c, d) * v.amplitudes;
    v.amplitudes += v.step;
    *voice = v;
    return sound;
}
