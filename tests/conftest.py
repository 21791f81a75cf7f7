"""Two logical CPU devices, so that replicas can be tested on any machine; set before TensorFlow starts its devices.

The cache is an empty folder: what a user has there must not change what tests see, nor tests what is there.
"""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["WIRGAN_TF_CACHE"] = tempfile.mkdtemp(prefix="wirgan_tf_tests_")

import pytest
import tensorflow as tf

atexit.register(shutil.rmtree, os.environ["WIRGAN_TF_CACHE"], ignore_errors=True)

_CPU = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(_CPU, [tf.config.LogicalDeviceConfiguration()] * 2)


@pytest.fixture(scope="session")
def two_replicas():
    """One strategy for all tests of a process: the collectives of a second one would take the numbers of the first."""
    strategy = tf.distribute.MirroredStrategy(tf.config.list_logical_devices("CPU")[:2])
    assert strategy.num_replicas_in_sync == 2
    return strategy
