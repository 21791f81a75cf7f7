"""Conversion between arrays and TensorProtos, as requests and responses carry them over gRPC."""

import math

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from wirgan_tf.serving.errors import invalid

# TensorFlow Serving answers in the field of the type, and there are clients that read `float_val`.
_FIELDS = {
    tf.float32: "float_val", tf.float64: "double_val", tf.int32: "int_val", tf.int16: "int_val", tf.int8: "int_val",
    tf.uint8: "int_val", tf.uint16: "int_val", tf.int64: "int64_val", tf.bool: "bool_val", tf.string: "string_val",
    tf.uint32: "uint32_val", tf.uint64: "uint64_val",
}


def to_array(name: str, proto: tensor_pb2.TensorProto, most_bytes: int) -> np.ndarray:
    """The array of `proto`; strings are bytes in an array of objects.

    Raises: INVALID_ARGUMENT for a proto whose values do not fit its type or shape, or of more than `most_bytes`: a
    proto of one value may stand for an array of any size.
    """
    sizes = [dimension.size for dimension in proto.tensor_shape.dim]
    try:
        dtype = tf.as_dtype(proto.dtype)
        if proto.tensor_shape.unknown_rank or any(size < 0 for size in sizes):
            raise ValueError("its shape is not known")
        if math.prod(sizes) * dtype.size > most_bytes:
            raise ValueError(f"an array of shape {sizes} is larger than {most_bytes} bytes")
        return tf.make_ndarray(proto)
    except (ValueError, TypeError, OverflowError, KeyError) as error:  # the last: types that have no arrays
        raise invalid(f"tensor parsing error: {name}: {' '.join(str(error).split())}") from error


def to_proto(array: np.ndarray) -> tensor_pb2.TensorProto:
    """The proto of `array`."""
    dtype = tf.as_dtype(array.dtype)
    if dtype not in _FIELDS:
        return tf.make_tensor_proto(array)
    proto = tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    getattr(proto, _FIELDS[dtype]).extend(array.ravel().tolist())
    return proto
