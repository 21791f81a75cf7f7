"""Memory and space on disk that ran out, in a line that says what to do."""

import contextlib
import pathlib
import re
from collections.abc import Iterator

import tensorflow as tf

# As in "{{function_node __wrapped__WriteSummary_device_...}} /runs/a/events.v2; No space left on device [Op:...]".
_FULL_DISK = re.compile(r"(?:}} )?([^{}]*); No space left on device")
_SHAPE = re.compile(r"shape ?(\[[\d,]*\])")


@contextlib.contextmanager
def naming_what_ran_out() -> Iterator[None]:
    """Makes TensorFlow's errors about resources name the folder that is full, or the settings that save memory.

    Raises: `OSError` for a full disk, `MemoryError` for memory, of the CPU or of a GPU.
    """
    try:
        yield
    except tf.errors.ResourceExhaustedError as error:
        if full := _FULL_DISK.search(error.message):
            raise OSError(f"no space left on the disk of {pathlib.Path(full[1]).parent}; delete what is not needed "
                          "there, then do the same again: a run goes on from its last checkpoint") from error
        shape = _SHAPE.search(error.message)
        raise MemoryError(f"out of memory{f' for a tensor of shape {shape[1]}' if shape else ''}; use a smaller "
                          "batch_size, width, image_size or num_samples, or recompute for many time steps") from error
