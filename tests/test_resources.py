"""What ran out, and what to do."""

import pytest
import tensorflow as tf

from wirgan_tf.resources import naming_what_ran_out


def test_a_full_disk_is_named_by_its_folder():
    message = ("{{function_node __wrapped__WriteSummary_device_/job:localhost/device:CPU:0}} /my runs/a/tensorboard/"
               "events.v2; No space left on device Failed to flush 11 events [Op:WriteSummary]")
    with pytest.raises(OSError, match=r"^no space left on the disk of /my runs/a/tensorboard; delete"), \
            naming_what_ran_out():
        raise tf.errors.ResourceExhaustedError(None, None, message)


def test_memory_that_cannot_be_had_is_named_by_its_shape():
    with pytest.raises(MemoryError, match=r"^out of memory for a tensor of shape \[1,10000000,10000000,3\]; use a "
                       "smaller batch_size"), naming_what_ran_out():
        tf.fill([1, 10_000_000, 10_000_000, 3], 1.0)


def test_other_errors_pass():
    with pytest.raises(tf.errors.InvalidArgumentError), naming_what_ran_out():
        tf.reshape(tf.zeros([3]), [2])
