// An envelope at the control rate. Twin of adsr.rs, whose ramps begin at 0, where there is an attack.

struct Adsr {
    attack: f32,
    decay_start: f32,
    decay: f32,
    release_start: f32,
    release: f32,
    sustain: f32,
    alpha: f32,
}

const AT_ONCE = 1e30;

// How far a ramp has come at a control sample, 0 .. 1.
fn ramp_at(k: f32, start: f32, steepness: f32) -> f32 {
    let since = max(k - start, 0.0);
    return min(product(since + 1e-6, steepness) + 1e-6, 1.0);
}

// What is left of it, 1 .. 0.
fn ramp_left(k: f32, start: f32, steepness: f32) -> f32 {
    if steepness < AT_ONCE {
        return 1.0 - ramp_at(k, start, steepness);
    }
    return 1.0;
}

// A ramp to the power of alpha.
fn curve(ramp: f32, alpha: f32) -> f32 {
    if ramp == 0.0 || ramp == 1.0 {
        return ramp;
    }
    return power(ramp, alpha);
}

// The level at a control sample.
fn adsr_at(adsr: Adsr, k: f32) -> f32 {
    let attack = curve(ramp_at(k, 0.0, adsr.attack), adsr.alpha);
    let falling = curve(ramp_left(k, adsr.decay_start, adsr.decay), adsr.alpha);
    let decay = product(falling, 1.0 - adsr.sustain) + adsr.sustain;
    let release = curve(ramp_left(k, adsr.release_start, adsr.release), adsr.alpha);
    return product(product(attack, decay), release);
}
