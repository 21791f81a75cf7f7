import logging

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.training.checkpoints import Checkpoints

CONFIG = Config(width=2, latent=4, time_steps=2, critic_updates=1, generator_average=0.5)


def variables(model):
    parts = (model.generator, model.critic, model.average.model, model.generator_optimizer, model.critic_optimizer)
    return [variable for part in parts for variable in part.variables]


@pytest.fixture
def saved(tmp_path):
    """Checkpoints of updates 1, 2 and 3, whose every float variable is filled with the update's number."""
    model = build_model(CONFIG, (8, 8, 1))
    checkpoints = Checkpoints(model, tmp_path, keep=3)
    for number in (1, 2, 3):
        for variable in variables(model):
            variable.assign(tf.fill(variable.shape, tf.cast(number, variable.dtype)))
        checkpoints.save()
    return tmp_path


def restored(directory):
    model = build_model(CONFIG, (8, 8, 1))
    number = Checkpoints(model, directory, keep=3).restore()
    return number, model


def test_every_variable_is_restored(saved):
    number, model = restored(saved)
    assert number == 3
    for variable in variables(model):
        np.testing.assert_array_equal(variable.numpy(), 3)


@pytest.mark.parametrize("damage", ["truncated", "garbage", "missing"])
def test_a_damaged_newest_checkpoint_gives_way_to_the_one_before(saved, caplog, damage):
    newest = saved / "ckpt-3.data-00000-of-00001"
    content = newest.read_bytes()
    if damage == "missing":
        newest.unlink()
    else:
        newest.write_bytes(content[:100] if damage == "truncated" else content[:500] + bytes(1000) + content[1500:])
    with caplog.at_level(logging.WARNING):
        number, model = restored(saved)
    assert number == 2
    assert "ckpt-3 is damaged" in caplog.text
    for variable in variables(model):
        np.testing.assert_array_equal(variable.numpy(), 2)


@pytest.mark.parametrize("content", ["", "garbage", None])
def test_a_damaged_list_of_checkpoints_is_made_anew(saved, caplog, content):
    state = saved / "checkpoint"
    state.unlink() if content is None else state.write_text(content)
    with caplog.at_level(logging.WARNING):
        assert restored(saved)[0] == 3
    assert "list of checkpoints in" in caplog.text
    assert tf.train.latest_checkpoint(saved).endswith("ckpt-3")


def test_a_checkpoint_of_another_model_is_refused(saved):
    other = build_model(Config(width=4, latent=4, time_steps=2, critic_updates=1, generator_average=0.5), (8, 8, 1))
    with pytest.raises(ValueError, match=r"ckpt-3 is not a checkpoint of this model"):
        Checkpoints(other, saved, keep=3).restore()


def test_all_damaged_is_an_error(saved):
    for data in saved.glob("*.data*"):
        data.write_bytes(b"")
    with pytest.raises(OSError, match=r"no checkpoint in .* can be read"):
        restored(saved)


def test_a_failed_write_leaves_nothing_half_written(saved, monkeypatch):
    model = build_model(CONFIG, (8, 8, 1))
    checkpoints = Checkpoints(model, saved, keep=3)
    checkpoints.restore()
    model.generator_optimizer.iterations.assign(4)

    def full_disk(self, prefix, **kwargs):
        (saved / "ckpt-4.data-00000-of-00001.tempstate1").write_bytes(b"half")
        (saved / "ckpt-4_temp").mkdir()
        (saved / "ckpt-40.index").write_bytes(b"another's")
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(tf.train.Checkpoint, "_write", full_disk)
    with pytest.raises(OSError, match=r"update 4 \(No space left on device\); the last good one is .*ckpt-(3|40)"):
        checkpoints.save()
    assert not list(saved.glob("ckpt-4.*"))
    assert not list(saved.glob("ckpt-4_*"))
    assert (saved / "ckpt-40.index").exists()
    (saved / "ckpt-40.index").unlink()
    assert restored(saved)[0] == 3


def test_nothing_saved_is_update_0(tmp_path):
    assert restored(tmp_path)[0] == 0


def test_best_is_the_lowest(tmp_path):
    checkpoints = Checkpoints(build_model(CONFIG, (8, 8, 1)), tmp_path, keep=1)
    assert [checkpoints.save_if_best("distance", value) for value in (2.0, 3.0, 2.0, 1.0)] == [True, False, False, True]
    assert checkpoints.save_if_best("another distance", 5.0)  # not to be compared with 1.0
