// From a square to a saw, by waveshaping. Twin of square_saw.rs, and of `SinCos` in arithmetic.rs.

struct SquareSaw {
    sin: vec4<f32>,
    cos: vec4<f32>,
    square: f32,
}

fn square_saw_at(wave: SquareSaw, phase: vec4<u32>) -> vec4<f32> {
    let half_turns = vec4<f32>(bitcast<vec4<i32>>(phase)) * 4.656612873077393e-10;
    let a = abs(half_turns);
    let x = 0.5 - a;
    let s = x * x;
    let cos = cubic(wave.cos, s) * x;
    let sin = cubic(wave.sin, s) * (a * (x + 0.5));
    return tanh_in_units(select(sin, -sin, half_turns < vec4(0.0))) * (cos + wave.square);
}
