"""Recurrent Wasserstein GANs: train, measure, export and sample them."""

import importlib
import importlib.util

from wirgan_tf import environment as _environment

__version__ = "0.1.0"

_PUBLIC = {  # by the module that has it; imported when it is first asked for, since TensorFlow takes seconds
    "ArraySource": "data", "Checkpoints": "training.checkpoints", "Config": "config",
    "ExportedGenerator": "exporting", "Sampler": "models.sampling", "export_generator": "exporting", "train": "library",
}

__all__ = ["ArraySource", "Checkpoints", "Config", "ExportedGenerator", "Sampler", "export_generator", "train"]

_environment.prepare()


def __getattr__(name: str):
    is_module = name not in _PUBLIC and not name.startswith("_") and importlib.util.find_spec(f"{__name__}.{name}")
    if name not in _PUBLIC and not is_module:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _environment.quiet_unless_failing():
        if is_module:
            return importlib.import_module(f"{__name__}.{name}")
        return getattr(importlib.import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
