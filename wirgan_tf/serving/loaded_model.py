"""One version of a SavedModel, run as TensorFlow Serving runs it: in a TF1 Session, by its signatures' tensor names.

What a Session cannot load or run, TensorFlow Serving cannot either; `tf.saved_model.load` accepts more.
"""

import dataclasses
import gc
import pathlib

import numpy as np
import tensorflow as tf

from wirgan_tf.files import literal_path
from wirgan_tf.serving.errors import invalid

PREDICT_METHODS = ("tensorflow/serving/predict", "tensorflow/serving/classify", "tensorflow/serving/regress")


@dataclasses.dataclass(frozen=True)
class TensorSpec:
    """A signature's input or output: its tensor in the graph, and what it holds."""

    tensor: str
    dtype: tf.DType
    shape: tf.TensorShape

    @property
    def has_rows(self) -> bool:
        """Whether its first dimension may have any number of rows."""
        return self.shape.rank is not None and self.shape.rank > 0 and self.shape[0] is None


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function of the model."""

    name: str
    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]

    @property
    def joinable(self) -> bool:
        """Whether rows of several requests fit into one call: all inputs and outputs have any number of rows."""
        return bool(self.inputs) and all(spec.has_rows for spec in (*self.inputs.values(), *self.outputs.values()))

    def check_inputs(self, inputs: dict[str, np.ndarray]) -> None:
        """Raises INVALID_ARGUMENT for names, types or shapes that are not the signature's."""
        extra, missing = sorted(inputs.keys() - self.inputs.keys()), sorted(self.inputs.keys() - inputs.keys())
        if extra or missing:
            raise invalid(f"input size does not match signature: {len(inputs)}!={len(self.inputs)} "
                          f"len({{{','.join(sorted(inputs))}}}) != len({{{','.join(sorted(self.inputs))}}}). "
                          f"Sent extra: {{{','.join(extra)}}}. Missing but required: {{{','.join(missing)}}}.")
        for name, array in inputs.items():
            spec, dtype = self.inputs[name], tf.as_dtype(array.dtype)
            if dtype != spec.dtype:
                raise invalid(f"input {name!r} of signature {self.name!r} expects {spec.dtype.name} but "
                              f"{dtype.name} is provided")
            if not spec.shape.is_compatible_with(array.shape):
                raise invalid(f"input {name!r} of signature {self.name!r} expects shape {spec.shape} but "
                              f"{list(array.shape)} is provided")

    def check_outputs(self, names: list[str]) -> None:
        """Raises INVALID_ARGUMENT for an output filter with unknown names or the same name twice."""
        for name in names:
            if name not in self.outputs:
                raise invalid(f"output tensor alias not found in signature: {name} Outputs expected to be in the set "
                              f"{{{','.join(sorted(self.outputs))}}}.")
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise invalid(f"duplicate output tensor alias: {twice[0]}")


class LoadedModel:
    """A SavedModel in memory.

    Args:
      folder: of the version.

    Raises: what TensorFlow raises for a folder that is not a whole SavedModel: `OSError`, `RuntimeError`,
    `tf.errors.OpError` and others.
    """

    def __init__(self, folder: pathlib.Path):
        graph = tf.Graph()
        self._session = tf.compat.v1.Session(graph=graph)
        try:
            with graph.as_default(), literal_path(folder) as path:
                meta_graph = tf.compat.v1.saved_model.load(self._session, [tf.saved_model.SERVING], path)
            graph.finalize()
        except Exception:
            self._session.close()
            raise
        self.signature_defs = dict(meta_graph.signature_def)
        self.signatures = {name: Signature(name, _specs(definition.inputs), _specs(definition.outputs))
                           for name, definition in self.signature_defs.items() if _can_run(definition)}

    def run(self, signature: Signature, inputs: dict[str, np.ndarray], outputs: list[str],
            timeout_s: float) -> dict[str, np.ndarray]:
        """The named outputs for inputs that `Signature.check_inputs` accepts. Several threads may call it at once.

        Raises: `tf.errors.OpError`; DeadlineExceededError when `timeout_s` pass first.
        """
        options = tf.compat.v1.RunOptions(timeout_in_ms=max(1, round(timeout_s * 1000)))
        values = self._session.run(
            {name: signature.outputs[name].tensor for name in outputs},
            {signature.inputs[name].tensor: array for name, array in inputs.items()}, options=options)
        # A Session returns scalars as Python's or NumPy's own.
        return {name: np.asarray(value, signature.outputs[name].dtype.as_numpy_dtype) for name, value in values.items()}

    def close(self) -> None:
        """Frees the memory; no call may be running."""
        self._session.close()
        self._session = None
        gc.collect()  # graphs refer to themselves, and would stay until the collector runs by itself


def _can_run(definition) -> bool:
    """Whether it is a function of dense tensors: a SavedModel also lists its initializer as a signature."""
    tensors = (*definition.inputs.values(), *definition.outputs.values())
    return definition.method_name in PREDICT_METHODS and all(info.WhichOneof("encoding") == "name" for info in tensors)


def _specs(tensors) -> dict[str, TensorSpec]:
    return {name: TensorSpec(info.name, tf.as_dtype(info.dtype), tf.TensorShape(info.tensor_shape))
            for name, info in tensors.items()}
