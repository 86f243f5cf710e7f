// An oscillator's phase over a segment, at any sample at once. Twin of sweep.rs.

// ψ, fitted for z within ±1/7.
const PSI = vec4(0.49999993, 0.16666663, 0.04169502, 0.00833941);
const MOST_BENT = 0.125;
// 127 more than in sweep.rs, as exponents are in floats.
const BEND_ROOM = 145u;
const LN_2 = 0.6931472;

// The sum of steps that grow evenly.
struct Sum {
    // Where the phase is before the first sample.
    start: u32,
    // What each sample adds, but for the bend.
    step: u32,
    // The bend in powers of n, from the second on, in a unit of so many bits.
    bend: vec4<f32>,
    unit: u32,
    // Whether steps are summed one by one instead.
    is_stepped: bool,
}

// g·n·z·ψ(z), by its coefficients in powers of n.
fn bend_at(bend: vec4<f32>, n: vec4<f32>) -> vec4<f32> {
    let n2 = n * n;
    return ((bend.w * n + bend.z) * n2 + (bend.y * n + bend.x)) * n2;
}

// The same to the bit.
fn bend_exact(bend: vec4<f32>, n: f32) -> f32 {
    let n2 = product(n, n);
    let upper = product(product(bend.w, n) + bend.z, n2);
    return product(upper + plus(product(bend.y, n), bend.x), n2);
}

// The sum for a segment between two values of the modulation, from phase 0 on, and what the segment's samples add to the phase. Twin of
// `prepare_some`.
fn prepared(pitch: Pitch, modulations: vec2<f32>, segment: u32, advance: ptr<function, u32>) -> Sum {
    let wished = vec2(product(modulations.x, pitch.depth), product(modulations.y, pitch.depth));
    let ends = vec2(limited(pitch, wished.x), limited(pitch, wished.y));
    let offset = segments[segment].offset;
    let count = segments[segment + 1u].start - segments[segment].start;
    let n = f32(count);
    let rise = ends.y - ends.x;
    let ratio = product(rise, product(job.step, LN_2));
    let first = pitch_step(pitch, ends.x + product(rise, offset));
    let mean = product(first, product(product(ratio, 0.083333336) - 0.5, ratio) + 1.0);
    let step = rounded(mean);
    let rests = whole(product(mean - f32(step), n));
    let unit = max(bitcast<u32>(mean) >> 23u, BEND_ROOM) - BEND_ROOM;
    let power = product(mean, bitcast<f32>((127u - unit) << 23u));
    let first_power = product(power, ratio);
    let second = product(first_power, ratio);
    let third = product(second, ratio);
    let fourth = product(third, ratio);
    let bend =
        vec4(product(first_power, PSI.x), product(second, PSI.y), product(third, PSI.z), product(fourth, PSI.w));
    let bent = whole(bend_exact(bend, n));
    let beyond = abs(wished.x - ends.x) + abs(wished.y - ends.y);
    let is_straight = beyond == 0.0 || rise == 0.0;
    *advance = rests + step * count + (bent << unit);
    return Sum(0u, step, bend, unit, !(is_straight && abs(ratio) * n <= MOST_BENT));
}

// The phases at the samples of these numbers.
fn phases_at(sum: Sum, numbers: vec4<u32>, floats: vec4<f32>) -> vec4<u32> {
    let even = numbers * sum.step + (sum.start + sum.step);
    let bend = bitcast<vec4<u32>>(vec4<i32>(round(bend_at(sum.bend, floats + 1.0))));
    return even + (bend << vec4(sum.unit));
}
