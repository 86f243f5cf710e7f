"""How much audio Auralis' batch renderer and torchsynth make in a second of CPU time, on one thread each, alternately in the same run.

    cargo build --release -p auralis-gpu --example speed
    python3 tests/torchsynth/speed.py [--speed target/release/examples/speed] [--rounds 9] [--voices 320]

torchsynth renders batches of 32 voices of 4 s, with random parameters drawn for each batch. By default the C library gives the memory of its large
tensors back to the system and takes it anew, which is half of its time: it is told to keep it, and `--system-memory` leaves it as it is. Both
draw their parameters anew in every round. Prints every round, and the medians with the ratio's.

    cargo build --release -p auralis-gpu --example voices
    python3 tests/torchsynth/speed.py --device gpu [--batch 512]

does the same on a GPU: torchsynth on CUDA, ours by the interface that `--device` names, in batches of the same size and by the clock on the wall. A batch
begins with the drawing of its parameters and ends when the device has its rows, which stay there. Beside it stands the share of the memory's bandwidth that our rows
take: of what a copying kernel reads and writes in the same round. Where there is no CUDA, torchsynth runs on the CPU, and ours may be software: then the
figures show that it runs, and nothing else.
"""

import argparse
import ctypes
import os
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


def seconds_on_gpu(voice, batch, cuda):
    """How long torchsynth takes for a batch."""
    if cuda:
        torch.cuda.synchronize()
    began = time.perf_counter()
    with torch.no_grad():
        voice(batch)
    if cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - began


def compare_on_gpu(args):
    cuda = torch.cuda.is_available()
    batch = args.batch or (512 if cuda else 32)
    environment = dict(os.environ) if cuda else {**os.environ, "AURALIS_SOFTWARE_GPU": "1"}
    ours = subprocess.Popen(
        [args.voices_example, "--serve", "--device", args.device, "--voices", str(batch)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    name = ours.stdout.readline().strip()
    if not name:
        raise SystemExit("ours does not run on a GPU here")
    voice = Voice(SynthConfig(batch_size=batch, buffer_size_seconds=SECONDS))
    voice = voice.to("cuda") if cuda else voice
    print(f"torchsynth on {torch.cuda.get_device_name() if cuda else 'the CPU, one thread, as there is no CUDA'}")
    print(f"ours by {name}")
    if not cuda:
        print("these figures say nothing of a GPU: they show that the comparison runs")
    for warm_up in range(2):
        seconds_on_gpu(voice, warm_up, cuda)
    print(f"batches of {batch}, seconds of audio per second: torchsynth, ours, ratio, ours on the device alone; the share of its memory's bandwidth")
    rounds = []
    for turn in range(args.rounds):
        theirs = batch * SECONDS / seconds_on_gpu(voice, 2 + turn, cuda)
        print(turn, file=ours.stdin, flush=True)
        audio, seconds, device, rows, copied = map(float, ours.stdout.readline().split())
        if audio != batch * SECONDS:
            raise SystemExit(f"ours takes {audio / SECONDS:.0f} voices at once at most: ask for --batch {audio / SECONDS:.0f}")
        rounds.append((theirs, audio / seconds, audio / seconds / theirs, audio / device, rows / device / copied, copied))
        print("{:9.0f} {:9.0f} {:7.1f} {:9.0f} {:8.1%} of {:.3g} B/s".format(*rounds[-1]), flush=True)
    ours.stdin.close()
    ours.wait()
    medians = [statistics.median(column) for column in zip(*rounds)]
    print("medians: torchsynth {:.0f}, ours {:.0f}, ratio {:.1f}, on the device alone {:.0f}, bandwidth {:.1%} of {:.3g} B/s".format(*medians))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parents[2]
    parser.add_argument("--speed", default=root / "target/release/examples/speed", help="the built example")
    parser.add_argument("--device", default="cpu", help="cpu, or what of ours to run on a GPU: gpu, vulkan, cuda, metal, dx12")
    parser.add_argument("--voices-example", default=root / "target/release/examples/voices", help="the built example, for GPUs")
    parser.add_argument("--batch", type=int, help="voices in a batch on a GPU: a multiple of 32 (512; without CUDA 32)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--voices", type=int, default=320, help="of ours in a round")
    parser.add_argument("--batches", type=int, default=3, help="of torchsynth's in a round")
    parser.add_argument("--simd", choices=["baseline", "avx2", "avx512"], action="append", default=[])
    parser.add_argument("--system-memory", action="store_true", help="leave the C library as it is")
    args = parser.parse_args()
    if not args.system_memory:
        keep_memory()
    if args.device != "cpu":
        return compare_on_gpu(args)
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
