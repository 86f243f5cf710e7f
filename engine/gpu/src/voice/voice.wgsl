// A voice that is ready to sound, and its modules at the control rate. Twin of voice.rs; the fields are in the order of
// Voice::words in voice.rs.

struct Voice {
    rate_adsrs: array<Adsr, 2>,
    level_adsrs: array<Adsr, 2>,
    adsrs: array<Adsr, 2>,
    lfos: array<Lfo, 2>,
    // How much of each of four inputs is in each of five outputs, an input after the other.
    matrix: array<f32, 20>,
    pitches: array<Pitch, 2>,
    sin: array<f32, 4>,
    cos: array<f32, 4>,
    square: f32,
    noise: array<u32, 2>,
    levels: array<f32, 3>,
}

// How far an LFO's phase moves before a control sample.
fn lfo_moves(voice: u32, i: u32, k: f32) -> u32 {
    let envelope = voices[voice].rate_adsrs[i];
    return lfo_step(voices[voice].lfos[i], adsr_at(envelope, k));
}

// What goes to the sources at a control sample, by the LFOs' phases there: the inputs of the modulation mixer.
fn inputs(voice: u32, k: f32, phases: vec2<u32>) -> vec4<f32> {
    let first = product(lfo_at(voices[voice].lfos[0], phases.x), adsr_at(voices[voice].level_adsrs[0], k));
    let second = product(lfo_at(voices[voice].lfos[1], phases.y), adsr_at(voices[voice].level_adsrs[1], k));
    return vec4(adsr_at(voices[voice].adsrs[0], k), adsr_at(voices[voice].adsrs[1], k), first, second);
}

// An output of the modulation mixer. Twin of `mixed` in modulation_mixer.rs.
fn mixed(voice: u32, inputs: vec4<f32>, output: u32) -> f32 {
    let first = product(inputs.x, voices[voice].matrix[output]);
    let two = plus(first, product(inputs.y, voices[voice].matrix[5u + output]));
    let three = plus(two, product(inputs.z, voices[voice].matrix[10u + output]));
    return three + product(inputs.w, voices[voice].matrix[15u + output]);
}

// The shape of the second oscillator.
fn square_saw_of(voice: u32) -> SquareSaw {
    let sin = voices[voice].sin;
    let cos = voices[voice].cos;
    return SquareSaw(
        vec4(sin[0], sin[1], sin[2], sin[3]),
        vec4(cos[0], cos[1], cos[2], cos[3]),
        voices[voice].square,
    );
}
