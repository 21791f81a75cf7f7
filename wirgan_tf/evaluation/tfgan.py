"""TensorFlow GAN's evaluation functions, loaded without the rest of TensorFlow GAN.

`import tensorflow_gan` runs code for `tf.estimator`, which TensorFlow 2.16 removed. Its formulas need none of that:
they can be imported once their parent packages are in `sys.modules` as bare modules, whose `__init__` never runs.
"""

import functools
import importlib
import importlib.util
import os
import sys
import threading
import types

_FORMULAS = "tensorflow_gan.python.eval.classifier_metrics"
_NEEDED = ("classifier_score_from_logits", "frechet_classifier_distance_from_activations",
           "kernel_classifier_distance_and_std_from_activations")
_INSTALL = "pip install wirgan-tf"
_lock = threading.Lock()


def formulas() -> types.ModuleType:
    """TF-GAN's `classifier_metrics` module.

    Raises: `ValueError` when TF-GAN or what it needs is not installed, or when its layout is not that of 2.1.0.
    """
    with _lock:
        return _load()


@functools.cache
def _load() -> types.ModuleType:
    spec = importlib.util.find_spec("tensorflow_gan")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"this measure needs tensorflow-gan, which is not installed: {_INSTALL}")
    bare = _enter_bare_packages(spec.submodule_search_locations[0])
    try:
        module = importlib.import_module(_FORMULAS)
    except ImportError as error:
        raise ValueError(f"tensorflow-gan's {_FORMULAS} does not import ({error}): {_INSTALL}") from error
    finally:
        for name in bare:  # so that a program's own `import tensorflow_gan` does not get an empty module
            del sys.modules[name]
    missing = [name for name in _NEEDED if not hasattr(module, name)]
    if missing:
        raise ValueError(f"tensorflow-gan at {spec.submodule_search_locations[0]} lacks {', '.join(missing)}; its "
                         "layout has changed since 2.1.0: pip install tensorflow-gan==2.1.0")
    return module


def _enter_bare_packages(root: str) -> list[str]:
    entered = []
    for name in ("tensorflow_gan", "tensorflow_gan.python", "tensorflow_gan.python.eval"):
        if name not in sys.modules:
            package = types.ModuleType(name)
            package.__path__ = [os.path.join(root, *name.split(".")[1:])]
            sys.modules[name] = package
            entered.append(name)
    return entered
