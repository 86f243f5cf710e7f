// What is cheap enough for audio, four samples at a time. Twin of arithmetic.rs; what must be exact is in exact.wgsl.

// A cubic polynomial.
fn cubic(c: vec4<f32>, s: vec4<f32>) -> vec4<f32> {
    return ((s * c.w + c.z) * s + c.y) * s + c.x;
}

// The same of one s³.
fn monic(c: vec3<f32>, s: vec4<f32>) -> vec4<f32> {
    return ((s + c.z) * s + c.y) * s + c.x;
}

// cos(2π · phase / 2³²).
fn cos_phase(phase: vec4<u32>) -> vec4<f32> {
    let x = 0.5 - abs(vec4<f32>(bitcast<vec4<i32>>(phase))) * 4.656612873077393e-10;
    let s = x * x;
    return cubic(vec4(3.141582, -5.167143, 2.5418992, -0.5546365), s) * x;
}

// tanh(x), in units of 0.027752148.
fn tanh_in_units(x: vec4<f32>) -> vec4<f32> {
    let held = min(max(x, vec4(-7.0)), vec4(7.0));
    let s = held * held;
    return monic(vec3(250256.55, 30836.8, 573.8626), s) * held / monic(vec3(6945.1636, 3170.788, 146.90163), s);
}
