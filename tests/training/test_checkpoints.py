import logging
import math

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models import build_model
from wirgan_tf.training import checkpoints as checkpoints_module
from wirgan_tf.training.checkpoints import Checkpoints, newest_checkpoint
from wirgan_tf.training.variable_files import write_variables
from wirgan_tf.training.variable_keys import keyed_variables

CONFIG = Config(width=2, latent=4, time_steps=2, critic_updates=1, generator_average=0.5)


def variables(model):
    return [variable for part in model.parts.values() for variable in part.variables]


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


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def moved_on(model, update):
    model.parts["generator_optimizer"].iterations.assign(update)


@pytest.fixture(scope="module")
def model():
    return build_model(CONFIG, (8, 8, 1))


def test_every_variable_is_restored(saved):
    number, model = restored(saved)
    assert number == 3
    for variable in variables(model):
        np.testing.assert_array_equal(variable.numpy(), 3)


@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty"])
def test_a_damaged_newest_checkpoint_gives_way_to_the_one_before(saved, caplog, damage):
    newest = saved / "ckpt-3.npz"
    content = newest.read_bytes()
    newest.write_bytes({"truncated": content[:100], "empty": b"",
                        "garbage": content[:5000] + bytes(1000) + content[6000:]}[damage])
    with caplog.at_level(logging.WARNING):
        number, model = restored(saved)
    assert number == 2
    assert "ckpt-3.npz is damaged" in caplog.text
    assert "trying the checkpoint before it" in caplog.text
    for variable in variables(model):
        np.testing.assert_array_equal(variable.numpy(), 2)


def test_a_run_that_went_on_from_an_earlier_checkpoint_keeps_what_it_saves(saved, model):
    """The damaged one has a higher number, and must not push out what is saved after it."""
    (saved / "ckpt-3.npz").rename(saved / "ckpt-30.npz")
    (saved / "ckpt-30.npz").write_bytes(b"")
    checkpoints = Checkpoints(model, saved, keep=1)
    assert checkpoints.restore() == 2
    moved_on(model, 4)
    assert checkpoints.save() == saved / "ckpt-4.npz"
    assert names(saved) == ["ckpt-4.npz"]


def test_a_checkpoint_of_another_model_is_refused_by_the_names_of_its_parts(saved):
    other = build_model(Config(width=4, latent=4, time_steps=2, critic_updates=1, generator_average=0.5), (8, 8, 1))
    with pytest.raises(ValueError, match=r"ckpt-3.npz is not a checkpoint of this model: its generator differs in .*; "
                                         r"its average\w* differs in .*; its critic differs in critic/\S+ \(float"):
        Checkpoints(other, saved, keep=3).restore()


@pytest.mark.parametrize("best", [False, True])
def test_a_checkpoint_that_training_replaces_while_it_is_looked_for(tmp_path, model, monkeypatch, best):
    """Of a run that keeps one: between the look into the folder and the reading, 1 gives way to 2."""
    read, training = checkpoints_module.read_variables, Checkpoints(model, tmp_path, keep=1)

    def save(update):
        moved_on(model, update)
        assert training.save_if_best("fid", 10.0 - update) if best else training.save()

    def replacing(path, *arguments):
        if path.name == "ckpt-1.npz":
            save(2)
        read(path, *arguments)

    save(1)
    monkeypatch.setattr(checkpoints_module, "read_variables", replacing)
    assert Checkpoints(model, tmp_path, keep=1).restore(best) == 2


def test_all_damaged_is_an_error(saved):
    for path in saved.iterdir():
        path.write_bytes(b"")
    with pytest.raises(OSError, match=r"no checkpoint in .* can be read"):
        restored(saved)


def test_a_failed_write_leaves_nothing_half_written(saved, model, monkeypatch):
    checkpoints = Checkpoints(model, saved, keep=3)
    checkpoints.restore()
    moved_on(model, 4)
    (saved / "ckpt-40.npz").write_bytes(b"another's")
    (saved / f".{'0a' * 16}.partial").write_bytes(b"of a process that was killed")

    def full_disk(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full_disk)
    with pytest.raises(OSError, match=r"update 4 \(.*No space left on device\); the last good one is .*ckpt-40"):
        checkpoints.save()
    assert names(saved) == ["ckpt-1.npz", "ckpt-2.npz", "ckpt-3.npz", "ckpt-40.npz"]
    (saved / "ckpt-40.npz").unlink()
    assert restored(saved)[0] == 3


def test_nothing_saved_is_update_0(tmp_path, model):
    checkpoints = Checkpoints(model, tmp_path / "none", keep=1)
    assert (checkpoints.restore(), checkpoints.newest, checkpoints.newest_written) == (0, None, None)


def test_files_of_other_names_are_no_checkpoints(saved):
    for name in ("ckpt-9.npz.copy", "ckpt-x.npz", "my-ckpt-9.npz", "ckpt-9.index.txt"):
        (saved / name).touch()
    assert newest_checkpoint(saved) == saved / "ckpt-3.npz"


def test_checkpoints_of_tensorflows_format_are_refused_in_a_sentence(tmp_path, model):
    for name in ("checkpoint", "ckpt-7.index", "ckpt-7.data-00000-of-00001"):
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=r"holds checkpoints in the format of an earlier version .*; train again"):
        Checkpoints(model, tmp_path, keep=1).restore()


@pytest.mark.parametrize("name", ["lr[1e-3]", "exp?", "exp*", "{a,b}", "a\\b", "a b", "100%", "é"])
def test_a_folder_is_no_pattern(tmp_path, model, name):
    """Saved, deleted and restored there, and nowhere else that the name would match."""
    others = [tmp_path / other / "ckpt-1.npz" for other in ("lr1", "exp1", "expert", "a", "ab")]
    for other in others:
        other.parent.mkdir()
        other.touch()
    checkpoints = Checkpoints(model, tmp_path / name, keep=1)
    for update in (1, 2):
        moved_on(model, update)
        checkpoints.save()
        checkpoints.save_if_best("distance", -update)
    assert names(tmp_path / name) == ["ckpt-2.npz"]
    assert names(tmp_path / name / "best") == ["best.json", "ckpt-2.npz"]
    moved_on(model, 0)
    assert checkpoints.restore() == checkpoints.restore(best=True) == int(model.iteration) == 2
    assert all(other.exists() for other in others)


def test_best_is_the_lowest(tmp_path, model):
    checkpoints = Checkpoints(model, tmp_path, keep=1)
    assert [checkpoints.save_if_best("distance", value) for value in (2.0, 3.0, math.nan, 2.0, 1.0)] == [
        True, False, False, False, True]
    assert not checkpoints.save_if_best("distance", math.nan)
    assert checkpoints.save_if_best("another distance", 5.0)  # not to be compared with 1.0


def test_the_best_is_the_one_that_was_judged_whatever_its_number(tmp_path, model):
    checkpoints = Checkpoints(model, tmp_path, keep=1)
    moved_on(model, 9)
    checkpoints.save_if_best("distance", 2.0)
    left_by_a_stop = (tmp_path / "best" / "ckpt-9.npz").read_bytes()
    moved_on(model, 5)
    checkpoints.save_if_best("distance", 1.0)
    assert names(tmp_path / "best") == ["best.json", "ckpt-5.npz"]
    (tmp_path / "best" / "ckpt-9.npz").write_bytes(left_by_a_stop)
    assert checkpoints.restore(best=True) == 5


@pytest.mark.parametrize("content", ["", "[]", '{"measure": "distance"}'])
def test_a_damaged_record_of_the_best_is_made_anew(tmp_path, model, caplog, content):
    checkpoints = Checkpoints(model, tmp_path, keep=1)
    checkpoints.save_if_best("distance", 1.0)
    (tmp_path / "best" / "best.json").write_text(content)
    assert checkpoints.save_if_best("distance", 2.0)
    assert "best.json is damaged" in caplog.text
    assert not checkpoints.save_if_best("distance", 3.0)


def test_another_order_of_equal_layers_loads_rightly(tmp_path, model):
    """The keys of two layers of equal shape, written in the other order, still name the layers."""
    checkpoints = Checkpoints(model, tmp_path, keep=1)
    bias = keyed_variables(model)["critic/convolutions.0/bias"]
    bias.assign([1.0, 1.0])
    moved_on(model, 1)
    write_variables(tmp_path / "ckpt-1.npz", dict(reversed(keyed_variables(model).items())))
    bias.assign([0.0, 0.0])
    assert checkpoints.restore() == 1
    np.testing.assert_array_equal(bias.numpy(), [1.0, 1.0])


RATES = Config(width=2, latent=4, time_steps=2, critic_updates=1, generator_learning_rate=3e-4)


@pytest.mark.parametrize(("changes", "message"), [
    ({"generator_learning_rate": 1.0}, r"generator_learning_rate \(0.0003 there, 1.0 now\)"),  # the checkpoint holds it
    ({"penalty_weight": 5.0}, r"penalty_weight \(10.0 there, 5.0 now\)"),  # it does not
    ({"time_steps": 3, "seed": 7}, r"seed \(0 there, 7 now\), time_steps \(2 there, 3 now\)"),
    ({"learning_rate_decay": "linear", "iterations": 9}, r"learning_rate_decay \('none' there, 'linear' now\)"),
])
def test_settings_that_were_edited_are_refused_by_name(tmp_path, model, changes, message):
    """Whoever edits a run's config.json changes nothing, or a run that has begun: neither goes unsaid."""
    moved_on(model, 5)
    Checkpoints(model, tmp_path, keep=1, settings=RATES.fixed()).save()
    before = [np.asarray(variable) for variable in variables(model)]
    with pytest.raises(ValueError, match=rf"ckpt-5.npz was written with other settings: {message}; a run keeps "):
        Checkpoints(model, tmp_path, keep=1, settings=RATES.replace(**changes).fixed()).restore()
    for variable, value in zip(variables(model), before, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_settings_that_a_run_may_change_are_not_compared(tmp_path, model):
    moved_on(model, 5)
    Checkpoints(model, tmp_path, keep=1, settings=RATES.fixed()).save()
    changed = RATES.replace(iterations=7, checkpoint_every=2, keep_checkpoints=9)
    assert Checkpoints(model, tmp_path, keep=1, settings=changed.fixed()).restore() == 5
    linear = RATES.replace(learning_rate_decay="linear")
    assert "iterations" in linear.fixed()
    assert Checkpoints(model, tmp_path, keep=1).restore() == 5  # by one who does not know them
