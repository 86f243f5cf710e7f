"""Writes what torchsynth's modules give for a few sets of parameters, for `engine/gpu/tests/torchsynth.rs`, which compares without Python.

    python3 tests/torchsynth/golden.py engine/gpu/tests/golden/torchsynth.json

Rows are 1 s long; of each signal every so many-th sample is kept. Oscillators, upsampling and mixer are given signals that are exact in 32 bits
and that the test computes too. A signal's tolerance is what `compare.py` allows where it is largest.
"""

import json
import sys

import numpy as np
import torch
from compare import OUTPUTS, TOLERANCE, exact_phase, moved, phase_allowed, wave_of
from torchsynth_here import human_values, modules, random_voice, signal_of

COUNT = 4
EARLY = 8192


def kept(rows, every, tolerance=TOLERANCE, end=None):
    values = [[float(f"{x:.7g}") for x in row[:end:every].tolist()] for row in rows]
    return {"every": every, "tolerance": [float(f"{t:.2g}") for t in np.broadcast_to(tolerance, COUNT)], "rows": values}


def oscillator(vco, midi_f0, modulation):
    rows = vco(midi_f0, signal_of(modulation))
    turning, start = exact_phase(vco, midi_f0, modulation.astype(np.float64))
    allowed = moved(wave_of(vco, midi_f0), turning + start, phase_allowed(turning))[:, :EARLY].max(axis=1)
    return kept(rows, 64, 1.1 * (allowed + TOLERANCE), EARLY)


def main(path):
    # Keys and depths for which 32 bits of phase hold out for a while.
    voice = random_voice(COUNT, 1.0, 11)
    voice.keyboard.set_parameter("midi_f0", torch.tensor([45.0, 57.5, 69.0, 81.25]))
    voice.mixer.set_parameter_0to1("noise", torch.zeros(COUNT))
    for vco in (voice.vco_1, voice.vco_2):
        vco.set_parameter("mod_depth", vco.p("mod_depth").clamp(-24, 24))
    parameters = {name: [float(f"{x:.9g}") for x in values.tolist()] for name, values in human_values(voice).items()}
    frames, controls = 44100, 441
    ramp = np.arange(frames, dtype=np.float32)
    modulation = np.tile(ramp % 1024 / 1024 - 0.5, (COUNT, 1)).astype(np.float32)
    steps = np.tile(np.arange(controls) * 37 % 64 / 64, (COUNT, 1)).astype(np.float32)
    midi_f0, duration = voice.keyboard()
    signals = {}
    adsrs = {
        name: getattr(voice, name)(duration)
        for name in ("lfo_1_rate_adsr", "lfo_2_rate_adsr", "lfo_1_amp_adsr", "lfo_2_amp_adsr", "adsr_1", "adsr_2")
    }
    signals.update({name: kept(rows, 7) for name, rows in adsrs.items()})
    lfos = {name: getattr(voice, name)(adsrs[f"{name}_rate_adsr"]) for name in ("lfo_1", "lfo_2")}
    signals.update({name: kept(rows, 7) for name, rows in lfos.items()})
    levelled = [voice.control_vca(lfos[name], adsrs[f"{name}_amp_adsr"]) for name in ("lfo_1", "lfo_2")]
    mixed = voice.mod_matrix(adsrs["adsr_1"], adsrs["adsr_2"], *levelled)
    signals.update({name: kept(rows, 14) for name, rows in zip(OUTPUTS, mixed)})
    signals["upsample"] = kept(voice.control_upsample(signal_of(steps)), 333, 3e-5)
    signals["vco_1"] = oscillator(voice.vco_1, midi_f0, modulation)
    signals["vco_2"] = oscillator(voice.vco_2, midi_f0, modulation)
    fm = modules.FmVCO(voice.synthconfig)
    for name in ("tuning", "mod_depth", "initial_phase"):
        fm.set_parameter_0to1(name, voice.vco_1.get_parameter_0to1(name).detach())
    signals["fm_vco"] = oscillator(fm, midi_f0, modulation)
    sources = [signal_of(np.tile(ramp * step % 64 / 32 - 1, (COUNT, 1)).astype(np.float32)) for step in (7, 11, 13)]
    signals["mixer"] = kept(voice.mixer(*sources), 1, 1e-6, 64)
    signals["voice"] = kept(voice.output(), 64, 5e-3, EARLY)
    note = "torchsynth 1.0.2, by tests/torchsynth/golden.py; rows of 1 s at 44 100 Hz, no noise"
    with open(path, "w", encoding="ascii") as out:
        json.dump({"note": note, "parameters": parameters, "signals": signals}, out, separators=(",", ":"))
        print(file=out)


if __name__ == "__main__":
    with torch.no_grad():
        main(sys.argv[1])
