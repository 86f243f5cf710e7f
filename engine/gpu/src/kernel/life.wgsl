// How loud four parts of a texture are at a control point. Twin of engine/src/texture/life.rs.

// x in 0 ..= 1 with level ends: 3x² - 2x³.
fn smooth_ends(x: vec4<f32>) -> vec4<f32> {
    return x * x * (3.0 - x * 2.0);
}

// x, held within 0 ..= 1.
fn unit(x: vec4<f32>) -> vec4<f32> {
    return min(max(x, vec4(0.0)), vec4(1.0));
}

// The rise after `begin` and the fall before `end`, at control point `at`.
fn life(at: u32, begin: vec4<u32>, end: vec4<u32>, rise: vec4<f32>, fall: vec4<f32>) -> vec4<f32> {
    let up = unit(vec4<f32>(bitcast<vec4<i32>>(at - begin)) * rise);
    let down = unit(vec4<f32>(bitcast<vec4<i32>>(end - at)) * fall);
    return smooth_ends(up) * smooth_ends(down);
}

// A slow sine between 1 - `depth` and 1.
fn swell(phase: vec4<u32>, depth: vec4<f32>) -> vec4<f32> {
    return 1.0 - depth * (0.5 - sin_phase(phase) * 0.5);
}
