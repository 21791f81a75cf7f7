"""Small batches of digits, and comparing what models make of them."""

import keras
import numpy as np

from wirgan_tf import data


def batches(config, count=1):
    source = data.load(config.data, "train")
    pipeline = data.training_batches(source, batch_size=config.batch_size, seed=config.seed,
                                     batches=config.family.batches)
    return list(pipeline.take(count))


def of_update(batch, update):
    """What critic update number `update` is given of a batch."""
    return {"image": batch["image"][update]}


def weights(layer):
    return [variable.numpy() for variable in layer.variables]


def assert_same(first, second, **tolerance):
    for mine, theirs in zip(first, second, strict=True):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(mine), keras.ops.convert_to_numpy(theirs), **tolerance)
