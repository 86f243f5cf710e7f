// Twins of engine/src/math.rs and engine/src/dsp/oscillator.rs, for one voice.

// 2⁻³¹: turns a phase read as a signed integer into -1 to 1.
const HALF_TURNS = 4.656612873077393e-10;

// Where in its turn a voice is, by how much it moves each frame, and half the length of a period in frames.
struct Phase {
    position: u32,
    step: u32,
    half_period: f32,
}

fn signed(position: u32) -> f32 {
    return f32(bitcast<i32>(position));
}

fn flip_sign(x: f32, sign: f32) -> f32 {
    return select(x, -x, sign < 0.0);
}

// sin(πx) for x in 0 to ½.
fn sin_quarter(x: f32) -> f32 {
    let s = x * x;
    var y = 0.07765952;
    y = y * s - 0.59829223;
    y = y * s + 2.5500777;
    y = y * s - 5.1677103;
    y = y * s + 3.1415927;
    return y * x;
}

// sin(2π · phase / 2³²).
fn sin_phase(phase: u32) -> f32 {
    let p = signed(phase) * HALF_TURNS;
    let a = abs(p);
    return flip_sign(sin_quarter(min(a, 1.0 - a)), p);
}

// 2ˣ, for x in -120 to 120. WGSL's own is as exact as each driver pleases.
fn power_of_two(x: f32) -> f32 {
    let whole = round(x);
    let f = x - whole;
    var y = 0.00015478022;
    y = y * f + 0.0013400431;
    y = y * f + 0.009617995;
    y = y * f + 0.05550327;
    y = y * f + 0.24022652;
    y = y * f + 0.6931472;
    y = y * f + 1.0;
    return y * bitcast<f32>((i32(whole) + 127) << 23u);
}

// tan(πx) for x in 0 to 0.49.
fn tan_half_turns(x: f32) -> f32 {
    let s = x * x;
    var c = -0.02439674;
    c = c * s + 0.23493758;
    c = c * s - 1.3352121;
    c = c * s + 4.058709;
    c = c * s - 4.934802;
    c = c * s + 1.0;
    return sin_quarter(x) / c;
}

// Moves on by a frame and gives the position, -1 to 1 over a turn.
fn advance(phase: ptr<function, Phase>) -> f32 {
    let p = signed((*phase).position) * HALF_TURNS;
    (*phase).position += (*phase).step;
    return p;
}

// The next sample of a sine.
fn sine(phase: ptr<function, Phase>) -> f32 {
    let s = sin_phase((*phase).position);
    (*phase).position += (*phase).step;
    return s;
}

// The next sample of a sine whose phase is pushed by `turns`.
fn sine_pushed(phase: ptr<function, Phase>, turns: f32) -> f32 {
    let pushed = bitcast<u32>(i32(round(turns * 1048576.0)));
    let s = sin_phase((*phase).position + (pushed << 12u));
    (*phase).position += (*phase).step;
    return s;
}

// Twice the difference between a step and its cubic B-spline.
fn step_correction(p: f32, half_period: f32) -> f32 {
    var inner = max(1.0 - half_period + abs(p) * half_period, 0.0);
    var outer = max(2.0 - half_period + abs(p) * half_period, 0.0);
    inner = inner * inner;
    outer = outer * outer;
    return (outer * outer - inner * inner * 4.0) * (1.0 / 12.0);
}

// The next sample of a rising saw.
fn saw(phase: ptr<function, Phase>) -> f32 {
    let p = advance(phase);
    return p - flip_sign(step_correction(p, (*phase).half_period), p);
}

// The difference between a corner and its cubic B-spline.
fn corner_correction(y: f32) -> f32 {
    let inner = max(1.0 - y, 0.0);
    let outer = max(2.0 - y, 0.0);
    let i2 = inner * inner;
    let o2 = outer * outer;
    return (o2 * o2 * outer - i2 * i2 * inner * 4.0) * (1.0 / 120.0);
}

// The next sample of a triangle.
fn triangle(phase: ptr<function, Phase>) -> f32 {
    let a = abs(advance(phase));
    let half_period = (*phase).half_period;
    let peak = corner_correction(a * half_period);
    let trough = corner_correction((1.0 - a) * half_period);
    let naive = 1.0 - a * 2.0;
    return naive + (trough - peak) * (4.0 / half_period);
}
