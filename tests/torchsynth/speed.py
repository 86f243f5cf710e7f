"""How much audio Auralis' batch renderer and torchsynth make in a second of CPU time, on one thread each, alternately in the same run.

    cargo build --release -p auralis-gpu --example speed
    python3 tests/torchsynth/speed.py [--speed target/release/examples/speed] [--rounds 9] [--voices 320]

torchsynth renders batches of 32 voices of 4 s, with random parameters drawn for each batch. By default the C library gives the memory of its large
tensors back to the system and takes it anew, which is half of its time: it is told to keep it, and `--system-memory` leaves it as it is. Both
draw their parameters anew in every round. Prints every round, and the medians with the ratio's.
"""

import argparse
import ctypes
import statistics
import subprocess
import time
from pathlib import Path

import torch
from torchsynth_here import SynthConfig, Voice

BATCH, SECONDS = 32, 4.0
# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def keep_memory():
    """Has freed memory kept by this process, where the C library can."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, 2**31 - 1)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def torchsynth_speed(voice, batches, first):
    began = time.process_time()
    with torch.no_grad():
        for batch in range(first, first + batches):
            voice(batch)
    return batches * BATCH * SECONDS / (time.process_time() - began)


def our_speed(program, seed, voices, simd):
    line = subprocess.run([program, str(seed), str(voices), *simd], check=True, capture_output=True, text=True).stdout
    audio, cpu = map(float, line.split())
    return audio / cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parents[2]
    parser.add_argument("--speed", default=root / "target/release/examples/speed", help="the built example")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--voices", type=int, default=320, help="of ours in a round")
    parser.add_argument("--batches", type=int, default=3, help="of torchsynth's in a round")
    parser.add_argument("--simd", choices=["baseline", "avx2", "avx512"], action="append", default=[])
    parser.add_argument("--system-memory", action="store_true", help="leave the C library as it is")
    args = parser.parse_args()
    if not args.system_memory:
        keep_memory()
    voice = Voice(SynthConfig(batch_size=BATCH, buffer_size_seconds=SECONDS))
    torchsynth_speed(voice, 1, 0)
    print("seconds of audio per second of CPU time: torchsynth, ours, ratio")
    rounds = []
    for turn in range(args.rounds):
        theirs = torchsynth_speed(voice, args.batches, 1 + turn * args.batches)
        ours = our_speed(args.speed, turn, args.voices, args.simd)
        rounds.append((theirs, ours, ours / theirs))
        print(f"{theirs:8.0f} {ours:8.0f} {ours / theirs:6.1f}", flush=True)
    theirs, ours, ratio = (statistics.median(column) for column in zip(*rounds))
    print(f"medians: torchsynth {theirs:.0f}, ours {ours:.0f}, ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
