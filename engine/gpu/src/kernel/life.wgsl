// How loud a part of a texture is at a control point. Twin of engine/src/texture/life.rs.

// x in 0 ..= 1 with level ends: 3x² - 2x³.
fn smooth_ends(x: f32) -> f32 {
    return x * x * (3.0 - x * 2.0);
}

// The rise after `begin` and the fall before `end`, at control point `at`.
fn life(at: u32, begin: u32, end: u32, rise: f32, fall: f32) -> f32 {
    let up = clamp(f32(bitcast<i32>(at - begin)) * rise, 0.0, 1.0);
    let down = clamp(f32(bitcast<i32>(end - at)) * fall, 0.0, 1.0);
    return smooth_ends(up) * smooth_ends(down);
}

// A slow sine between 1 - `depth` and 1.
fn swell(phase: u32, depth: f32) -> f32 {
    return 1.0 - depth * (0.5 - sin_phase(phase) * 0.5);
}
