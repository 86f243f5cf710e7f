"""Compares Auralis' voice with torchsynth's: every module's output for 100 random sets of parameters, and the whole voice without noise.

    cargo build --release -p auralis-gpu --example modules
    python3 tests/torchsynth/compare.py [--modules target/release/examples/modules] [--count 100] [--seconds 1]

Each of torchsynth's modules is given the very signals that ours was given, so that differences do not add up. Envelopes, LFOs, upsampling and
amplifiers must agree within 1e-5 (and what torchsynth's positions and phases of 32 bits make, after a second). An oscillator of torchsynth rounds its pitch, its frequency and its phase, never wrapped, to 32 bits: at a phase of
p radians that may move it by two steps of the number format at p and by a millionth of p, and the outputs may differ by what that makes.
Prints a table, and exits with 1 if something differs by more.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torchsynth_here import human_values, modules, random_voice, signal_of, write_table

TOLERANCE = 1e-5
RATE, CONTROL_RATE = 44100, 441
OUTPUTS = ["vco_1_pitch", "vco_1_amp", "vco_2_pitch", "vco_2_amp", "noise_amp"]


class Report:
    """What was found: a line for each module."""

    def __init__(self):
        self.failed = False
        print(f"{'module':24} {'largest':>10} {'99 %':>10} {'median':>10}   of the tolerance")

    def add(self, name, ours, theirs, allowed=TOLERANCE, left_out=None):
        apart = np.abs(np.asarray(ours, np.float64) - np.asarray(theirs, np.float64))
        share = apart / allowed
        if left_out is not None:
            apart, share = apart[~left_out], share[~left_out]
        worst = share.max()
        good = np.isfinite(apart).all() and worst <= 1
        self.failed |= not good
        figures = " ".join(f"{x:10.2e}" for x in (apart.max(), np.quantile(apart, 0.99), np.median(apart)))
        print(f"{name:24} {figures}   {worst:.2f}{'' if good else '  TOO FAR'}")


def read_signals(folder, count):
    return {file.stem: np.fromfile(file, "<f4").reshape(count, -1) for file in Path(folder).glob("*.f32")}


def moved(wave, phase, by):
    """By how much a wave changes if its phase moves so far to either side."""
    here = wave(phase)
    return np.max([np.abs(wave(phase + by * part) - here) for part in (-1, -0.5, 0.5, 1)], axis=0)


def wave_of(vco, midi_f0):
    """An oscillator's wave as a function of the phase, in 64 bits."""
    if not isinstance(vco, modules.SquareSawVCO):
        return np.cos
    partials = vco.partials_constant(midi_f0).double().numpy()[:, None]
    shape = vco.p("shape").double().numpy()[:, None]

    def wave(phase):
        square = np.tanh(np.pi * partials * np.sin(phase) / 2)
        return (1 - shape / 2) * square * (1 + shape * np.cos(phase))

    return wave


def exact_phase(vco, midi_f0, modulation):
    """The phase in 64 bits."""
    part = {name: vco.p(name).double().numpy()[:, None] for name in ("tuning", "mod_depth", "initial_phase")}
    pitch = midi_f0.double().numpy()[:, None] + part["tuning"]
    if isinstance(vco, modules.FmVCO):
        own = 440 * np.exp2((pitch - 69) / 12)
        hz = np.clip(own + part["mod_depth"] * own * modulation, 0, RATE / 2)
    else:
        hz = 440 * np.exp2((np.clip(pitch + part["mod_depth"] * modulation, 0, 127) - 69) / 12)
    phase = np.cumsum(2 * np.pi * hz / RATE, axis=1)
    # The part that turns, whose rounding it is about, and the part that does not.
    return phase, part["initial_phase"]


def phase_allowed(phase):
    # To what turns, up to half a turn is added where it begins.
    return 2 * np.spacing((phase + np.pi).astype(np.float32)).astype(np.float64) + 1e-6 * phase


def compare_lfo(report, name, lfo, rate, ours):
    theirs = lfo(signal_of(rate))
    hz = np.maximum(lfo.p("frequency").numpy()[:, None] + lfo.p("mod_depth").numpy()[:, None] * rate.astype(float), 0)
    phase = np.cumsum(2 * np.pi * hz / CONTROL_RATE, axis=1)
    turns = np.mod((phase + lfo.p("initial_phase").numpy()[:, None]) / (2 * np.pi), 1)
    # Next to a jump it is chance on which side of it a rounded phase is.
    near = np.min([np.abs(turns - jump) for jump in (0, 0.25, 0.75, 1)], axis=0) < 1e-4
    report.add(name, ours, theirs, TOLERANCE + phase_allowed(phase) / np.pi, near)


def compare_upsample(report, voice, name, ours):
    """torch rounds the position to 32 bits: beside a step of a control signal that is more than the tolerance after a second."""
    control, upsampled = ours[name], ours[f"{name}_upsampled"]
    frames, controls = upsampled.shape[1], control.shape[1]
    position = np.arange(frames) * (controls - 1) / (frames - 1)
    before = np.minimum(position.astype(int), controls - 2)
    rise = np.abs(np.diff(control.astype(np.float64), axis=1))
    # A rounded position may also lie in the neighbouring segment.
    rise = np.maximum(rise, np.maximum(np.roll(rise, 1, axis=1), np.roll(rise, -1, axis=1)))[:, before]
    allowed = TOLERANCE + rise * np.spacing(position.astype(np.float32))
    report.add(f"upsample, {name}", upsampled, voice.control_upsample(signal_of(control)), allowed)
    exact = np.stack([np.interp(position, np.arange(controls), row) for row in control.astype(np.float64)])
    report.add("  to 64 bits", upsampled, exact)


def compare_oscillator(report, name, vco, midi_f0, modulation, ours):
    theirs = vco(midi_f0, signal_of(modulation)).numpy()
    turning, start = exact_phase(vco, midi_f0, modulation.astype(np.float64))
    wave = wave_of(vco, midi_f0)
    allowed = moved(wave, turning + start, phase_allowed(turning)) + TOLERANCE
    report.add(name, ours, theirs, allowed)
    exact = wave(turning + start)
    for whose, signal in (("ours", ours), ("torchsynth", theirs)):
        apart = np.abs(signal - exact)
        print(f"  {whose + ' to 64 bits':22} {apart.max():10.2e} {np.quantile(apart, 0.99):10.2e} {np.median(apart):10.2e}")
    return turning, start, wave


def compare_modules(report, voice, ours):
    midi_f0, duration = voice.keyboard()
    for name in ("lfo_1_rate_adsr", "lfo_2_rate_adsr", "lfo_1_amp_adsr", "lfo_2_amp_adsr", "adsr_1", "adsr_2"):
        report.add(name, ours[name], getattr(voice, name)(duration))
    for name in ("lfo_1", "lfo_2"):
        compare_lfo(report, name, getattr(voice, name), ours[f"{name}_rate_adsr"], ours[name])
        lfo, level = (signal_of(ours[signal]) for signal in (name, f"{name}_amp_adsr"))
        report.add(f"control_vca, {name}", ours[f"{name}_vca"], voice.control_vca(lfo, level))
    inputs = [signal_of(ours[name]) for name in ("adsr_1", "adsr_2", "lfo_1_vca", "lfo_2_vca")]
    for name, theirs in zip(OUTPUTS, voice.mod_matrix(*inputs)):
        report.add(f"mod_matrix, {name}", ours[name], theirs)
    for name in OUTPUTS:
        compare_upsample(report, voice, name, ours)
    for name in ("vco_1", "vco_2"):
        modulation = ours[f"{name}_pitch_upsampled"]
        compare_oscillator(report, name, getattr(voice, name), midi_f0, modulation, ours[name])
    fm = modules.FmVCO(voice.synthconfig)
    for name in ("tuning", "mod_depth", "initial_phase"):
        fm.set_parameter_0to1(name, voice.vco_1.get_parameter_0to1(name).detach())
    compare_oscillator(report, "fm_vco", fm, midi_f0, ours["vco_1_pitch_upsampled"], ours["fm_vco"])
    for name in ("vco_1", "vco_2", "noise"):
        signal, level = (signal_of(ours[signal]) for signal in (name, f"{name}_amp_upsampled"))
        report.add(f"vca, {name}", ours[f"{name}_vca"], voice.vca(signal, level))
    sources = [signal_of(ours[f"{name}_vca"]) for name in ("vco_1", "vco_2", "noise")]
    report.add("mixer", ours["mixer"], voice.mixer(*sources))


def compare_voices(report, voice, ours):
    """The whole chain, with the noise at 0, where what each module rounds adds up: how far it may is counted from the pitches' difference."""
    midi_f0, duration = voice.keyboard()
    lfos = [
        voice.control_vca(getattr(voice, f"lfo_{i}")(getattr(voice, f"lfo_{i}_rate_adsr")(duration)), getattr(voice, f"lfo_{i}_amp_adsr")(duration))
        for i in (1, 2)
    ]
    control = dict(zip(OUTPUTS, voice.mod_matrix(voice.adsr_1(duration), voice.adsr_2(duration), *lfos)))
    theirs = {name: voice.control_upsample(signal).numpy().astype(np.float64) for name, signal in control.items()}
    allowed = TOLERANCE
    unnormalized = 0
    for name in ("vco_1", "vco_2"):
        vco = getattr(voice, name)
        modulation, level = theirs[f"{name}_pitch"], theirs[f"{name}_amp"]
        turning, start = exact_phase(vco, midi_f0, modulation)
        other, _ = exact_phase(vco, midi_f0, ours[f"{name}_pitch_upsampled"].astype(np.float64))
        wave = wave_of(vco, midi_f0)
        mix = voice.mixer.p(name).numpy()[:, None]
        may_move = moved(wave, turning + start, phase_allowed(turning) + np.abs(turning - other))
        allowed = allowed + mix * (level * may_move + 2 * np.abs(level - ours[f"{name}_amp_upsampled"]))
        unnormalized = unnormalized + mix * level * wave(turning + start)
    # The row's peak, by which it is divided, may be another's too.
    peak = np.abs(unnormalized).max(axis=1, keepdims=True)
    allowed = allowed / np.maximum(peak, 1) * 2 + np.where(peak > 0.999, allowed.max(axis=1, keepdims=True), 0)
    output = voice.output().numpy()
    report.add("voice, plain", ours["mixer"], output, allowed)
    report.add("voice, batch", ours["batch"], output, allowed)
    apart = ours["batch"].astype(np.float64) - output
    rms = np.sqrt((apart**2).mean(axis=1) / np.maximum((output**2).mean(axis=1), 1e-12))
    print(f"  difference to level, in dB: median {20 * np.log10(np.median(rms) + 1e-12):.0f}, worst {20 * np.log10(rms.max()):.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parents[2]
    parser.add_argument("--modules", default=root / "target/release/examples/modules", help="the built example")
    parser.add_argument("--count", type=int, default=100, help="how many sets of parameters")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    report = Report()
    voice = random_voice(args.count, args.seconds, args.seed)
    for quiet in (False, True):
        if quiet:
            voice.mixer.set_parameter_0to1("noise", torch.zeros(args.count))
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            table = Path(folder) / "parameters.csv"
            write_table(human_values(voice), table)
            subprocess.run([args.modules, table, str(args.seconds), folder], check=True)
            ours = read_signals(folder, args.count)
            (compare_voices if quiet else compare_modules)(report, voice, ours)
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main())
