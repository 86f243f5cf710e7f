//! `ModulationMixer`: five sums of four control signals.

use super::parameter::Range;
use auralis_engine::lanes::F32;

/// How many signals come in: two envelopes, two LFOs.
pub const INPUTS: usize = 4;
/// How many go out: pitch and level of each oscillator, level of the noise.
pub const OUTPUTS: usize = 5;

const fn part(name: &'static str) -> Range {
    Range::new(name, "", 0.0, 1.0).curve(0.5)
}

/// How much of each input is in each output, an input after the other.
pub const RANGES: [Range; INPUTS * OUTPUTS] = [
    part("adsr_1->vco_1_pitch"),
    part("adsr_1->vco_1_amp"),
    part("adsr_1->vco_2_pitch"),
    part("adsr_1->vco_2_amp"),
    part("adsr_1->noise_amp"),
    part("adsr_2->vco_1_pitch"),
    part("adsr_2->vco_1_amp"),
    part("adsr_2->vco_2_pitch"),
    part("adsr_2->vco_2_amp"),
    part("adsr_2->noise_amp"),
    part("lfo_1->vco_1_pitch"),
    part("lfo_1->vco_1_amp"),
    part("lfo_1->vco_2_pitch"),
    part("lfo_1->vco_2_amp"),
    part("lfo_1->noise_amp"),
    part("lfo_2->vco_1_pitch"),
    part("lfo_2->vco_1_amp"),
    part("lfo_2->vco_2_pitch"),
    part("lfo_2->vco_2_amp"),
    part("lfo_2->noise_amp"),
];

/// A matrix of amounts.
#[derive(Clone, Copy, Debug)]
pub struct ModulationMixer {
    amounts: [f32; INPUTS * OUTPUTS],
}

impl ModulationMixer {
    /// From its parameters.
    #[must_use]
    pub const fn new(amounts: &[f32; INPUTS * OUTPUTS]) -> Self {
        Self { amounts: *amounts }
    }

    /// Its amounts, as a kernel takes them.
    #[cfg(feature = "wgpu")]
    pub(crate) const fn figures(&self) -> &[f32; INPUTS * OUTPUTS] {
        &self.amounts
    }

    /// The outputs; nothing is normalized.
    #[inline(always)]
    #[must_use]
    pub fn mixed<const L: usize>(&self, inputs: [F32<L>; INPUTS]) -> [F32<L>; OUTPUTS] {
        let mut out = [F32::ZERO; OUTPUTS];
        for (output, sum) in out.iter_mut().enumerate() {
            for (input, signal) in inputs.into_iter().enumerate() {
                *sum += signal * self.amounts[input * OUTPUTS + output];
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_amount_is_of_its_input_in_its_output() {
        for (place, range) in RANGES.iter().enumerate() {
            let mut amounts = [0.0; 20];
            amounts[place] = 0.5;
            let inputs = std::array::from_fn(|input| F32([(input + 1) as f32]));
            let out = ModulationMixer::new(&amounts).mixed(inputs).map(|o| o.0[0]);
            let (input, output) = range.name.split_once("->").unwrap();
            let input =
                ["adsr_1", "adsr_2", "lfo_1", "lfo_2"].iter().position(|name| *name == input).unwrap();
            let outputs = ["vco_1_pitch", "vco_1_amp", "vco_2_pitch", "vco_2_amp", "noise_amp"];
            let output = outputs.iter().position(|name| *name == output).unwrap();
            let mut expected = [0.0; OUTPUTS];
            expected[output] = 0.5 * (input + 1) as f32;
            assert_eq!(out, expected, "{}", range.name);
        }
    }
}
