"""Every signature, most of them as TensorFlow Serving runs them."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.networks.shapes import RECURRENT, SHAPES
from wirgan_tf.config import NOISES, Config
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.exporting.signatures import Signatures
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks import NETWORKS
from wirgan_tf.noise import row_latents
from wirgan_tf.pictures import to_pixels

NOISE = Config.noise  # of the export
SEEDS, TRUNCATIONS = np.array([5, 2**40, -7, 5, 6]), np.array([1.0, 0.5, 0.25, 0.5, 1.0], np.float32)


def rows(seeds=SEEDS, truncations=TRUNCATIONS):
    return {"seed": np.asarray(seeds, np.int64), "truncation": np.asarray(truncations, np.float32)}


def scalars(num_samples, seed=0, truncation=1.0):
    return {"num_samples": np.int64(num_samples), "seed": np.int64(seed), "truncation": np.float32(truncation)}


ROW_SIGNATURES = ("sample_rows", "refine_rows", "png_rows", "refine_png_rows", "latents_rows")
TRUNCATION = "truncation must be greater than 0 and at most 1, got]"
REFUSED = {
    "none": ("sample", scalars(0), "num_samples must be 1 to 1024, got] [0]"),
    "negative": ("sample", scalars(-1), "num_samples must be 1 to 1024, got] [-1]"),
    "many": ("sample", scalars(1025), "num_samples must be 1 to 1024, got] [1025]"),
    "huge": ("sample", scalars(2**62), f"num_samples must be 1 to 1024, got] [{2**62}]"),
    "zero": ("sample", scalars(1, truncation=0.0), f"{TRUNCATION} [0]"),
    "one row": ("sample_rows", rows([1, 2], [1.0, 1.5]), f"{TRUNCATION} [1.5]"),
    "not a number": ("latents_rows", rows([1], [np.nan]), f"{TRUNCATION} [nan]"),
    "below": ("png_rows", rows([1], [-0.5]), f"{TRUNCATION} [-0.5]"),
    "lengths": ("refine_rows", rows([1, 2], [1.0]),
                "expected a truncation for each seed, got] [1] [truncations for seeds:] [2]"),
    "long": ("refine_png_rows", rows([1] * 1025, [1.0] * 1025), "expected at most 1024 rows, got] [1025]"),
}


@pytest.fixture(scope="module")
def served(exported, in_sessions):
    """Answers by question, all given by one process that knows nothing of this package."""
    z = np.random.default_rng(0).uniform(-1, 1, (5, 3, 4)).astype(np.float32)
    questions = {"z": ("serving_default", {"z": z}), "one z": ("serving_default", {"z": z[:1]}),
                 "sample": ("sample", scalars(7, 2**40, 0.5)), "empty": ("sample_rows", rows([], []))}
    for name in ROW_SIGNATURES:
        questions[name] = (name, rows())
        questions[f"{name} reversed"] = (name, rows(SEEDS[::-1], TRUNCATIONS[::-1]))
        questions |= {f"{name} {i}": (name, rows([SEEDS[i]], [TRUNCATIONS[i]])) for i in range(5)}
    questions |= {name: question[:2] for name, question in REFUSED.items()}
    answers = in_sessions([(exported[1], list(questions.values()))])
    return {"given z": z, **dict(zip(questions, answers, strict=True))}


def test_given_noise_in_batches_of_any_size(exported, served):
    generator, _ = exported
    expected = generator.generate(served["given z"].transpose(1, 0, 2)).numpy()
    for question, count in (("z", 5), ("one z", 1)):
        output, images = served[question]
        assert output == "images"
        np.testing.assert_allclose(images, expected[:count], atol=1e-6)


def test_images_are_those_of_the_generator(exported, served):
    generator, _ = exported
    z = TRUNCATIONS[:, np.newaxis] * row_latents(tf.constant(SEEDS), 3, 4, NOISE)
    assert served["latents_rows"][0] == "z"
    np.testing.assert_array_equal(served["latents_rows"][1], np.transpose(z, [1, 0, 2]))
    assert served["refine_rows"][0] == "canvases"
    np.testing.assert_allclose(served["refine_rows"][1], np.swapaxes(generator.refine(z), 0, 1), atol=1e-6)
    assert served["sample_rows"][0] == "images"
    np.testing.assert_array_equal(served["sample_rows"][1], served["refine_rows"][1][:, -1])


@pytest.mark.parametrize("signature", ["sample_rows", "refine_rows", "latents_rows"])
def test_a_row_does_not_depend_on_those_beside_it(served, signature):
    """Alone, in another place, and beside other rows, to the rounding of sums; noise to the bit."""
    together, atol = served[signature][1], 0 if signature == "latents_rows" else 1e-6
    np.testing.assert_allclose(together, served[f"{signature} reversed"][1][::-1], rtol=0, atol=atol)
    for i in range(5):
        np.testing.assert_allclose(together[i:i + 1], served[f"{signature} {i}"][1], rtol=0, atol=atol)
    assert len(np.unique(together.reshape(5, -1).round(3), axis=0)) == 5


@pytest.mark.parametrize("signature", ["png_rows", "refine_png_rows"])
def test_a_picture_does_not_depend_on_those_beside_it(served, signature):
    together = pixels(served[signature][1])
    assert np.abs(together - pixels(served[f"{signature} reversed"][1])[::-1]).max() <= 1
    for i in range(5):
        assert np.abs(together[i:i + 1] - pixels(served[f"{signature} {i}"][1])).max() <= 1


def pixels(files):
    """Of PNG files [...], int32 [..., H, W]."""
    shown = [np.asarray(Image.open(io.BytesIO(file)), np.int32) for file in files.ravel()]
    return np.reshape(shown, (*files.shape, *shown[0].shape))


def test_samples_are_rows_of_consecutive_seeds(served):
    output, images = served["sample"]
    assert (output, images.shape) == ("images", (7, 8, 8, 1))
    np.testing.assert_allclose(images[0], served["sample_rows"][1][1], atol=1e-6)  # both of 2^40 at 0.5


def test_no_rows(served):
    assert served["empty"][1].shape == (0, 8, 8, 1)


def test_png_files_show_the_images(served):
    output, files = served["refine_png_rows"]
    assert (output, files.shape) == ("png_bytes", (5, 3))
    np.testing.assert_array_equal(pixels(files)[..., np.newaxis], to_pixels(served["refine_rows"][1]))
    np.testing.assert_array_equal(served["png_rows"][1], files[:, -1])
    assert served["png_rows"][0] == "png_bytes"


@pytest.mark.parametrize("asked", REFUSED)
def test_what_is_out_of_range_is_refused_in_the_graph(served, asked):
    output, message = served[asked]
    assert output == "error"
    assert REFUSED[asked][2] in message


@pytest.mark.parametrize("noise", NOISES)
def test_truncation_scales_every_noise(exported, noise):
    signatures = Signatures(exported[0], noise)
    seeds = tf.constant([3, 3, 3], tf.int64)
    z = signatures.latents_rows(seeds, tf.constant([1.0, 0.5, 0.25]))["z"].numpy()
    np.testing.assert_array_equal(z[0], row_latents(seeds[:1], 3, 4, noise)[:, 0])
    np.testing.assert_array_equal(z[1:], [z[0] / 2, z[0] / 4])  # powers of two: exact


def test_the_same_seeds_give_the_same_images_from_run_and_export(exported):
    generator, folder = exported
    run, export, seeds = Sampler(generator, NOISE), ExportedGenerator(folder), row_seeds(3, 70)
    np.testing.assert_allclose(export.images(seeds), run.images(seeds), atol=1e-6)
    np.testing.assert_allclose(export.canvases(seeds), run.canvases(seeds), atol=1e-6)


def test_points_have_no_png_files(tmp_path):
    config = Config(network="mlp", dataset="gaussians_8", width=4, latent=4, time_steps=2)
    generator = NETWORKS["mlp"].build_generator(config, (2,))
    loaded = tf.saved_model.load(str(export_generator(generator, config, tmp_path)))
    assert set(loaded.signatures) == {"serving_default", "sample", "sample_rows", "refine_rows", "latents_rows"}
    canvases = loaded.signatures["refine_rows"](**{name: tf.constant(value) for name, value in rows().items()})
    assert canvases["canvases"].shape == (5, 2, 2)


def test_every_generator_is_exported_and_draws_in_a_session(in_sessions, tmp_path):
    """With T = 2 where it has an encoder; what it draws is what the generator draws here. Some networks share one."""
    names = list({NETWORKS[name].build_generator: name for name in reversed(SHAPES)}.values())
    assert {"convolutional", "mlp", "dcgan", "began", "began_skip", "resnet", "draw"} == set(names)
    asked, expected = [], []
    for name in names:
        config = Config(network=name, width=2, latent=4, time_steps=2 if name in (*RECURRENT, "draw") else 1,
                        initializer="glorot", canvas="sum" if name == "draw" else "last")
        generator = NETWORKS[name].build_generator(config, SHAPES[name])
        asked.append((export_generator(generator, config, tmp_path / name, iteration=1), [("sample_rows", rows())]))
        z = TRUNCATIONS[:, np.newaxis] * row_latents(tf.constant(SEEDS), config.time_steps, config.latent, config.noise)
        expected.append(generator.generate(z))
    for name, (output, images), drawn in zip(names, in_sessions(asked), expected, strict=True):
        assert (output, images.shape) == ("images", (5, *SHAPES[name])), name
        np.testing.assert_allclose(images, drawn, atol=1e-5, err_msg=name)
