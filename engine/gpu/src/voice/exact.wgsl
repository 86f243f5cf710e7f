// Arithmetic that gives the processor's bits. What lasts depends on it: an LFO's jump falls between the same two control samples, and an
// oscillator's phase is the same at the end of a row.
//
// Sums and products of floats are the same everywhere as long as each is rounded by itself. But a driver's compiler may contract a product and
// a sum, which rounds once for two, take constants out of sums, and (Metal and Direct3D do by default) add in another order. It sees through neither
// `product` nor `plus`: a product that is added is the first, a sum that is added is the second.

// A 0 that no compiler knows.
fn nothing() -> u32 {
    return job.nothing;
}

// A product, rounded by itself.
fn product(a: f32, b: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a * b) ^ nothing());
}

// A sum, rounded by itself, to which something is added.
fn plus(a: f32, b: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(a + b) ^ nothing());
}

// The nearest whole number, in two's complement, of what is within ±2²².
fn whole(x: f32) -> u32 {
    return bitcast<u32>(i32(round(x)));
}

// The nearest whole number of what is between 0 and 2³¹.
fn rounded(x: f32) -> u32 {
    return u32(round(x));
}

// 2ˣ, for x in -120 ..= 120. Twin of `exp2` in engine/src/math.rs.
fn exp2_exact(x: f32) -> f32 {
    let nearest = round(x);
    let f = x - nearest;
    let exponent = (bitcast<u32>(i32(nearest)) + 127u) << 23u;
    var y = 0.00015478022;
    y = product(y, f) + 0.0013400431;
    y = product(y, f) + 0.009617995;
    y = product(y, f) + 0.05550327;
    y = product(y, f) + 0.24022652;
    y = product(y, f) + 0.6931472;
    y = product(y, f) + 1.0;
    return product(y, bitcast<f32>(exponent));
}

// 1/x, for x in 1.7 ..= 2.42. Twin of `reciprocal` in arithmetic.rs, as all that follows.
fn reciprocal(x: f32) -> f32 {
    var y = 0.98506 - product(x, 0.239016);
    y = product(y, 2.0 - product(x, y));
    return product(y, 2.0 - product(x, y));
}

// log₂(x), for normal numbers above 0.
fn log2_exact(x: f32) -> f32 {
    let shifted = bitcast<u32>(x) - 0x3f3504f3u;
    let exponent = product(f32(bitcast<i32>(shifted & 0xff800000u)), 1.1920929e-7);
    let m = bitcast<f32>((shifted & 0x007fffffu) + 0x3f3504f3u);
    let s = product(m - 1.0, reciprocal(m + 1.0));
    let q = product(s, s);
    var y = product(q, 0.4317763) + 0.5767128;
    y = product(q, y) + 0.9617989;
    y = product(q, y) + 2.88539;
    return exponent + product(y, s);
}

// x to a power above 0, for x in 0 ..= 1.
fn power(x: f32, exponent: f32) -> f32 {
    const LEAST = -120.0;
    const LEAST_NORMAL = 1.1754944e-38;
    let y = product(log2_exact(max(x, LEAST_NORMAL)), exponent);
    let z = exp2_exact(max(y, LEAST));
    return select(0.0, z, x > 0.0 && y > LEAST);
}

// cos(2π · phase / 2³²).
fn cos_phase_exact(phase: u32) -> f32 {
    let x = 0.5 - product(abs(f32(bitcast<i32>(phase))), 4.656612873077393e-10);
    let s = product(x, x);
    let upper = product(product(s, -0.5546365) + 2.5418992, s) - 5.167143;
    return product(product(upper, s) + 3.141582, x);
}
