// What is cheap enough for audio, four samples at a time. Twin of arithmetic.rs; what must be exact is in exact.wgsl.

// A cubic polynomial, by pairs; `s2` is the square of `s`.
fn cubic(c: vec4<f32>, s: vec4<f32>, s2: vec4<f32>) -> vec4<f32> {
    return (s * c.w + c.z) * s2 + (s * c.y + c.x);
}

// cos(2π · phase / 2³²).
fn cos_phase(phase: vec4<u32>) -> vec4<f32> {
    let x = 0.5 - abs(vec4<f32>(bitcast<vec4<i32>>(phase))) * 4.656612873077393e-10;
    let s = x * x;
    return cubic(vec4(3.141582, -5.167143, 2.5418992, -0.5546365), s, s * s) * x;
}

// tanh(x).
fn tanh_near(x: vec4<f32>) -> vec4<f32> {
    let held = min(max(x, vec4(-7.0)), vec4(7.0));
    let s = held * held;
    let s2 = s * s;
    let above = cubic(vec4(0.999999, 0.12322062, 0.002293095, 0.0000039958954), s, s2);
    let below = cubic(vec4(1.0, 0.45654622, 0.021151645, 0.00014398509), s, s2);
    return above * held / below;
}
