"""The private names of TensorFlow behind the health check: these fail when a version changes them."""

import inspect

import pytest
from tensorflow.python.distribute import collective_all_reduce_strategy
from tensorflow.python.distribute.collective_all_reduce_strategy import CollectiveAllReduceExtended
from tensorflow.python.eager import context

from wirgan_tf.training import health_check


@pytest.mark.parametrize("name", ["_check_health_interval", "_check_health_timeout", "_check_health_initial_timeout"])
def test_tensorflow_has_the_settings_and_reads_them(name):
    assert isinstance(getattr(CollectiveAllReduceExtended, name), int)
    assert f"self.{name}" in inspect.getsource(CollectiveAllReduceExtended)


def test_tensorflow_asks_only_without_its_coordination_service():
    source = inspect.getsource(CollectiveAllReduceExtended)
    assert "_enable_check_health" in source
    assert "coordination_service" in source
    assert "service_type" in inspect.signature(context.Context.configure_coordination_service).parameters


def test_tensorflow_logs_a_loss_by_the_words_that_are_left_out():
    assert health_check._MESSAGE in inspect.getsource(collective_all_reduce_strategy).lower()
