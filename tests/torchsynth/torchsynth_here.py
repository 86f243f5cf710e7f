"""torchsynth 1.0.2, imported so that it runs with today's PyTorch Lightning and on one thread."""

import sys
import types

import torch

sys.dont_write_bytecode = True
torch.set_num_threads(1)


def _give_back_the_old_module_path():
    """Lightning 1.9 removed the path by which torchsynth imports it."""
    import pytorch_lightning

    old = types.ModuleType("pytorch_lightning.core.lightning")
    old.LightningModule = pytorch_lightning.LightningModule
    sys.modules.setdefault("pytorch_lightning.core.lightning", old)


_give_back_the_old_module_path()

from torchsynth import module as modules  # noqa: E402
from torchsynth.config import SynthConfig  # noqa: E402
from torchsynth.signal import Signal  # noqa: E402
from torchsynth.synth import Voice  # noqa: E402

__all__ = ["SynthConfig", "Voice", "human_values", "modules", "random_voice", "signal_of", "write_table"]


def random_voice(count, seconds, seed):
    """A torchsynth Voice of `count` rows, each with random parameters."""
    torch.manual_seed(seed)
    voice = Voice(SynthConfig(batch_size=count, buffer_size_seconds=seconds, reproducible=False))
    voice.randomize()
    return voice


def signal_of(rows):
    """Rows of samples as torchsynth's modules take them."""
    return torch.from_numpy(rows).as_subclass(Signal)


def human_values(voice):
    """Each parameter's values in units for people, under "module.name"."""
    with torch.no_grad():
        return {
            f"{module}.{name}": parameter.from_0to1().detach()
            for (module, name), parameter in voice.get_parameters().items()
        }


def write_table(values, path):
    """The table that `auralis batch --parameters` reads."""
    rows = zip(*(column.tolist() for column in values.values()))
    with open(path, "w", encoding="ascii") as out:
        print(",".join(values), file=out)
        for row in rows:
            # Nine digits tell every float of 32 bits from its neighbours.
            print(",".join(f"{value:.9g}" for value in row), file=out)
