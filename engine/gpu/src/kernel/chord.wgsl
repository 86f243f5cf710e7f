// Sines by recurrence, four at a time: two sums and one product a frame. Twin of engine/src/texture/chord.rs, with the sine of
// engine/src/math.rs.

// sin(2π · phase / 2³²).
fn sin_phase(phase: vec4<u32>) -> vec4<f32> {
    let p = vec4<f32>(bitcast<vec4<i32>>(phase)) * 4.656612873077393e-10;
    let a = abs(p);
    let x = min(a, 1.0 - a);
    let s = x * x;
    var y = vec4(0.07765952);
    y = y * s - 0.59829223;
    y = y * s + 2.5500777;
    y = y * s - 5.1677103;
    y = y * s + 3.1415927;
    return select(y * x, -(y * x), p < vec4(0.0));
}

// The high words of products.
fn high(a: vec4<u32>, b: u32) -> vec4<u32> {
    let four = vec4(16u);
    let low = (a & vec4(0xffffu)) * (b & 0xffffu);
    let left = (a >> four) * (b & 0xffffu);
    let right = (a & vec4(0xffffu)) * (b >> 16u);
    let middle = (low >> four) + (left & vec4(0xffffu)) + (right & vec4(0xffffu));
    return (a >> four) * (b >> 16u) + (left >> four) + (right >> four) + (middle >> four);
}

// What moves by an increment each frame.
struct Increment {
    low: vec4<u32>,
    high: vec4<u32>,
}

// The high words of the phases after `frames` frames (low word, high word); their low words are 0 at frame 0.
fn phase_at(phase: vec4<u32>, increment: Increment, frames: vec2<u32>) -> vec4<u32> {
    return phase + high(increment.low, frames.x) + increment.low * frames.y + increment.high * frames.x;
}

struct Chord {
    value: vec4<f32>,
    difference: vec4<f32>,
    square: vec4<f32>,
}

// The sines of these phases, that move by these increments (high words) a frame; `chord` is the increments'.
fn chord_at(phase: vec4<u32>, increment: vec4<u32>, chord: vec4<f32>) -> Chord {
    // The difference is the chord times the cosine half a frame ago, which is the sine a quarter turn later.
    let half_ago = phase - (increment >> vec4(1u)) + 0x40000000u;
    return Chord(sin_phase(phase), chord * sin_phase(half_ago), chord * chord);
}
