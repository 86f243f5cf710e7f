// Five shapes at the control rate, mixed by weight. Twin of lfo.rs.

struct Lfo {
    frequency: f32,
    depth: f32,
    start: u32,
    sin: f32,
    tri: f32,
    saw: f32,
    rsaw: f32,
    sqr: f32,
}

// A hertz as a step of the phase per control sample: 2³² / 441.
const LFO_STEP = 9739155.0;

// The step of the phase under a modulation of the frequency.
fn lfo_step(lfo: Lfo, modulation: f32) -> u32 {
    let hz = max(product(modulation, lfo.depth) + lfo.frequency, 0.0);
    return rounded(product(hz, LFO_STEP));
}

// The output at a phase.
fn lfo_at(lfo: Lfo, phase: u32) -> f32 {
    let sin = product(1.0 - cos_phase_exact(phase), 0.5);
    let saw = product(f32(phase >> 8u), 5.9604645e-8);
    let twice = product(saw, 2.0);
    let tri = min(twice, 2.0 - twice);
    let rsaw = 1.0 - saw;
    let sqr = 1.0 - f32((phase - 0x40000000u) >> 31u);
    let round = plus(product(sin, lfo.sin), product(tri, lfo.tri));
    return plus(plus(round, product(saw, lfo.saw)), product(rsaw, lfo.rsaw)) + product(sqr, lfo.sqr);
}
