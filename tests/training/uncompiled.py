"""Updates without the graph, whose tracing takes most of a short run."""

import contextlib

import pytest

from wirgan_tf.training import updates


@contextlib.contextmanager
def uncompiled_updates():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(updates, "compiled_update", lambda model, strategy, jit_compile: model.train_step)
        yield
