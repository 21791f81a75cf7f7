"""TensorFlow Lite files against the model and its SavedModel."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.command_line import parse
from wirgan_tf.exporting import export_tflite, open_export


def answer(path, **inputs):
    runner = tf.lite.Interpreter(model_path=str(path)).get_signature_runner()
    return runner(**inputs)["images"]


def random_images(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.filterwarnings("ignore::UserWarning")  # the interpreter moves to a package of its own
def test_both_ways(both_ways, tmp_path):
    model, folder = both_ways
    there, back = export_tflite(model, tmp_path, 24)
    assert (there.name, back.name) == ("translate_24.tflite", "translate_back_24.tflite")
    exported, grey, colour = open_export(folder), random_images(1, 24, 24, 1), random_images(1, 24, 24, 3)
    found = answer(there, source=grey)
    assert found.shape == (1, 24, 24, 3)
    np.testing.assert_allclose(found, exported.translate(tf.constant(grey)), atol=1e-5)
    np.testing.assert_allclose(answer(back, source=colour), exported.translate(
        tf.constant(colour), direction="b_to_a"), atol=1e-5)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_attributes(tinting, tmp_path):
    model, folder = tinting
    source, attributes = random_images(1, 16, 16, 3), np.array([[0, 1, 1]], np.float32)
    (path,) = export_tflite(model, tmp_path, 16)
    np.testing.assert_allclose(answer(path, source=source, attributes=attributes), open_export(folder).translate(
        tf.constant(source), tf.constant(attributes)), atol=1e-5)


def test_what_has_no_such_file(both_ways, colouring, exported, tmp_path):
    with pytest.raises(ValueError, match="format=tflite is there for models that translate images"):
        export_tflite(exported[0], tmp_path, 8)
    with pytest.raises(ValueError, match=r"this model drops features .*train it with inference_dropout=false"):
        export_tflite(colouring[0], tmp_path, 8)
    for side in (0, 4, 18):
        with pytest.raises(ValueError, match=f"image_size={side}: .* multiples of 4, at least 8; give one of them"):
            export_tflite(both_ways[0], tmp_path, side)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("flags", "message"), [
    (["--image_size=8"], "image_size .*format=saved_model translates any size"),
    (["--format=tflite", "--image_size=8", "--export_version=2"], "export_version .*format=tflite has no versions")])
def test_flags_without_effect(flags, message):
    with pytest.raises(ValueError, match=message):
        parse(["wirgan_tf", "--mode=export", "--run_dir=run", *flags])
