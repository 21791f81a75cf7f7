"""The JSON of TensorFlow Serving's REST API: requests to arrays, arrays to answers.

Row format: `instances`, a list of rows, answered by `predictions`. Column format: `inputs`, whole tensors, answered by
`outputs`. A single input or output goes without its name. Errors are in TensorFlow Serving's words where it has some.
"""

import base64
import binascii
import itertools
import json
from typing import Any

import grpc
import numpy as np
import orjson
import tensorflow as tf

from wirgan_tf.serving.batching import Arrays
from wirgan_tf.serving.errors import ServingError, invalid
from wirgan_tf.serving.loaded_model import Signature, TensorSpec

_KINDS = {type(None): "Null", bool: "Bool", int: "Number", float: "Number", str: "String", dict: "Object"}


def parse(body: bytes) -> dict[str, Any]:
    """The object in a request's body; NaN, Infinity and -Infinity are numbers. Raises INVALID_ARGUMENT."""
    try:
        document = json.loads(body)
    except RecursionError as error:
        raise invalid("JSON Parse error: lists are nested too deeply") from error
    except ValueError as error:  # of the text's encoding, or of its form
        raise invalid(f"JSON Parse error: {error if body else 'The document is empty'}") from error
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {_shown(document)} Is not object")
    if not isinstance(document.get("signature_name", ""), str):
        raise invalid(f"JSON Value: {_shown(document)} not formatted correctly. 'signature_name' key must be a string "
                      "value.")
    return document


def inputs_of(document: dict[str, Any], signature: Signature) -> tuple[Arrays, bool]:
    """The request's arrays by name, and whether it is in row format. Raises INVALID_ARGUMENT."""
    if "instances" in document and "inputs" in document:
        raise invalid("Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist")
    if "instances" in document:
        return _from_rows(document["instances"], signature.inputs), True
    if "inputs" in document:
        return _from_columns(document["inputs"], signature.inputs), False
    raise invalid("Missing 'inputs' or 'instances' key")


def check_examples(document: dict[str, Any]) -> None:
    """Raises INVALID_ARGUMENT for a classify or regress request without examples."""
    examples = document.get("examples")
    if not isinstance(examples, list) or not examples:
        raise invalid(f"JSON Value: {_shown(document)} expected 'examples', a list of at least one")


def answer(outputs: Arrays, rows: bool) -> bytes:
    """The body of the answer, in row format or in column format. Raises INVALID_ARGUMENT for what JSON cannot hold."""
    if rows:
        _check_rows(outputs)
    values = {name: _jsonable(name, array) for name, array in outputs.items()}
    if len(values) == 1:
        value = next(iter(values.values()))
    elif rows:
        value = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    else:
        value = values
    document = {"predictions" if rows else "outputs": value}
    if all(map(_is_finite, outputs.values())):
        return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    return json.dumps(document, default=lambda array: array.tolist()).encode()  # has words for NaN and Infinity


def _from_rows(instances: Any, specs: dict[str, TensorSpec]) -> Arrays:
    if not isinstance(instances, list):
        raise invalid(f"JSON Value: {_shown(instances)} Excepting 'instances' to be an list/array")
    if not instances:
        raise invalid("No values in 'instances' array")
    named = _is_named(instances[0])
    if not named:
        if len(specs) > 1:
            raise invalid("instances is a plain list, but expecting list of objects as multiple input tensors required "
                          f"as per tensorinfo_map: {','.join(sorted(specs))}")
        if any(map(_is_named, instances)):
            raise invalid("Expecting value/list but got object in 'instances' list")
        return {name: _to_array(instances, spec, f"'instances' key: {name}") for name, spec in specs.items()}
    for number, instance in enumerate(instances):
        if not _is_named(instance):
            raise invalid(f"Expecting object but got list at item {number} of input list")
        if instance.keys() != specs.keys():
            raise invalid(f"Failed to process element: {number} of 'instances' list. JSON object: {_shown(instance)} "
                          f"keys must be equal to: {','.join(sorted(specs))}")
    return {name: _to_array([instance[name] for instance in instances], spec, f"'instances' key: {name}")
            for name, spec in specs.items()}


def _from_columns(inputs: Any, specs: dict[str, TensorSpec]) -> Arrays:
    if not _is_named(inputs):
        if len(specs) != 1:
            raise invalid("inputs is a plain value/list, but expecting an object as multiple input tensors required as "
                          f"per tensorinfo_map: {','.join(sorted(specs))}")
        return {name: _to_array(inputs, spec, f"'inputs' key: {name}") for name, spec in specs.items()}
    missing = [name for name in specs if name not in inputs]
    if missing:
        raise invalid(f"Missing named input: {missing[0]} in 'inputs' object.")
    return {name: _to_array(inputs[name], spec, f"'inputs' key: {name}") for name, spec in specs.items()}


def _is_named(value: Any) -> bool:
    """Whether `value` is an object of named tensors, and not one that stands for bytes."""
    return isinstance(value, dict) and not _is_bytes(value)


def _is_bytes(value: Any) -> bool:
    return isinstance(value, dict) and list(value) == ["b64"] and isinstance(value["b64"], str)


def _to_array(value: Any, spec: TensorSpec, where: str) -> np.ndarray:
    try:
        shape, values = _flattened(value)
        return np.array(_converted(values, spec.dtype), object if spec.dtype == tf.string else
                        spec.dtype.as_numpy_dtype).reshape(shape)
    except ServingError as error:
        raise ServingError(error.code, f"Failed to process {where}. Error: {error.message}") from error


def _flattened(value: Any) -> tuple[list[int], list]:
    """The shape of nested lists, and their values in order, one level at a time."""
    shape, level = [], [value]
    while level and isinstance(level[0], list):
        size = len(level[0])
        for item in level:
            if not isinstance(item, list):
                raise invalid(f"JSON Value: {_shown(item)} found at incorrect level: {len(shape) + 1} in the JSON DOM. "
                              "Expected a list")
            if len(item) != size:
                raise invalid(f"Encountered list at unexpected size: {len(item)} at level: {len(shape)} expected size: "
                              f"{size}")
        shape.append(size)
        level = list(itertools.chain.from_iterable(level))
    if any(isinstance(item, list) for item in level):
        raise invalid(f"Encountered list at unexpected level: {len(shape)} expected < {len(shape)}")
    return shape, level


def _converted(values: list, dtype: tf.DType) -> list:
    """Values for an array of `dtype`. Fractions are not rounded to integers, nor large integers to floats."""
    if dtype == tf.string:
        return [_to_bytes(value) for value in values]
    if dtype == tf.bool:
        accepted = {bool}
    elif dtype.is_integer and not dtype.is_quantized:
        accepted, least, most = {int}, dtype.min, dtype.max
    elif dtype in (tf.float32, tf.float64):
        accepted, most = {int, float}, float(dtype.max)
        most_exact = 2 ** (np.finfo(dtype.as_numpy_dtype).nmant + 1) - 1  # integers up to it are not rounded
    else:
        raise ServingError(grpc.StatusCode.UNIMPLEMENTED, f"Conversion of JSON values to type: {dtype.name}")
    for value in values:
        if type(value) not in accepted or (accepted == {int} and not least <= value <= most):
            raise invalid(f"JSON Value: {_shown(value)} Type: {_KINDS[type(value)]} is not of expected type: "
                          f"{dtype.name}")
        if accepted == {int, float}:
            finite = value == value and abs(value) != float("inf")
            if finite and abs(value) > (most_exact if type(value) is int else most):
                raise invalid(f"Cannot convert JSON value: {_shown(value)} to {dtype.name} without loss of precision.")
    return values


def _to_bytes(value: Any) -> bytes:
    try:
        if isinstance(value, str):
            return value.encode()
        if _is_bytes(value):
            text = value["b64"]
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except UnicodeEncodeError as error:
        raise invalid(f"JSON Value: {_shown(value)} is no Unicode text") from error
    except (binascii.Error, ValueError) as error:
        raise invalid("Unable to base64 decode") from error
    if isinstance(value, dict):
        raise invalid(f"JSON Value: {_shown(value)} not formatted correctly for base64 data")
    raise invalid(f"JSON Value: {_shown(value)} Type: {_KINDS[type(value)]} is not of expected type: string")


def _check_rows(outputs: Arrays) -> None:
    for name, array in outputs.items():
        if not array.ndim:
            raise invalid(f"Tensor name: {name} has no shape information; ask in column format, with 'inputs'")
    sizes = {name: len(array) for name, array in outputs.items()}
    if len(set(sizes.values())) > 1:
        raise invalid(f"outputs have inconsistent batch sizes: {sizes}; ask in column format, with 'inputs'")


def _jsonable(name: str, array: np.ndarray) -> Any:
    if array.dtype == object:
        return _text(name, array.tolist())
    if array.dtype == tf.bfloat16.as_numpy_dtype:
        array = array.astype(np.float32)
    if array.dtype.kind not in "bifu":
        raise invalid(f"Failed to write JSON value for tensor type: {tf.as_dtype(array.dtype).name}")
    return np.ascontiguousarray(array) if array.ndim else array[()]


def _is_finite(array: np.ndarray) -> bool:
    return array.dtype.kind in "OSUbiu" or bool(np.isfinite(array).all())


def _text(name: str, value: Any) -> Any:
    """Nested lists of bytes as JSON: base64 for outputs whose name says so, or else text."""
    if isinstance(value, list):
        return [_text(name, item) for item in value]
    if name.endswith("_bytes"):
        return {"b64": base64.b64encode(value).decode()}
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise invalid(f"output {name!r} is no UTF-8 text; only outputs whose name ends in _bytes are sent as base64"
                      ) from error


def _shown(value: Any) -> str:
    """A value in an error: short, whatever a client has sent."""
    if isinstance(value, list):
        return "[...]"
    text = "{" + ", ".join(map(json.dumps, value)) + "}" if isinstance(value, dict) else json.dumps(value)
    return text if len(text) <= 100 else f"{text[:100]}..."
