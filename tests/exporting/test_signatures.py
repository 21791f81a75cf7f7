"""Every signature, most of them as TensorFlow Serving runs them."""

import io
import pickle
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.exporting import sessions
from tests.networks.shapes import SHAPES
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.exporting.signatures import Signatures
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler, draw_rows, row_seeds
from wirgan_tf.networks import NETWORKS
from wirgan_tf.networks.network import LatentNetwork, Recurrent
from wirgan_tf.noise import DISTRIBUTIONS, Noise, row_noise
from wirgan_tf.pictures import to_pixels

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
                "expected a row of truncation for each seed, got] [1] [for] [2]"),
    "empty": ("sample_rows", rows([], []), "expected 1 to 1024 rows, got] [0]"),
    "long": ("refine_png_rows", rows([1] * 1025, [1.0] * 1025), "expected 1 to 1024 rows, got] [1025]"),
}


@pytest.fixture(scope="module")
def served(exported, tmp_path_factory):
    """Answers by question, all given by one process that knows nothing of this package."""
    z = np.random.default_rng(0).uniform(-1, 1, (5, 3, 4)).astype(np.float32)
    questions = {"z": ("serving_default", {"z": z}), "one z": ("serving_default", {"z": z[:1]}),
                 "sample": ("sample", scalars(7, 2**40, 0.5)), }
    for name in ROW_SIGNATURES:
        questions[name] = (name, rows())
        questions[f"{name} reversed"] = (name, rows(SEEDS[::-1], TRUNCATIONS[::-1]))
        questions |= {f"{name} {i}": (name, rows([SEEDS[i]], [TRUNCATIONS[i]])) for i in range(5)}
    questions |= {name: question[:2] for name, question in REFUSED.items()}
    files = tmp_path_factory.mktemp("sessions")
    (files / "asked").write_bytes(pickle.dumps([(exported[1], list(questions.values()))]))
    subprocess.run([sys.executable, sessions.__file__, files / "asked", files / "answered"], check=True, cwd=files)
    answers = pickle.loads((files / "answered").read_bytes())
    return {"given z": z, **dict(zip(questions, answers, strict=True))}


def test_given_noise_in_batches_of_any_size(exported, served):
    expected = exported[0]({"z": served["given z"].transpose(1, 0, 2)}).numpy()
    for question, count in (("z", 5), ("one z", 1)):
        output, images = served[question]
        assert output == "images"
        np.testing.assert_allclose(images, expected[:count], atol=1e-6)


def test_images_are_those_of_the_model(exported, served):
    expected = draw_rows(exported[0], tf.constant(SEEDS), {}, tf.constant(TRUNCATIONS))
    assert served["latents_rows"][0] == "z"
    np.testing.assert_array_equal(served["latents_rows"][1], np.transpose(expected["noise"]["z"], [1, 0, 2]))
    assert served["refine_rows"][0] == "canvases"
    np.testing.assert_allclose(served["refine_rows"][1], expected["canvases"], atol=1e-6)
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


class Noisy:
    """As much of a model as `latents_rows` looks at: two entries of noise."""

    def __init__(self, distribution):
        self.conditions, self.data_conditions, self.codes = {}, {}, {}
        self.noise = {"z": Noise((3, 4), distribution), "code": Noise((2,), distribution)}
        self.sampled_generators = {}

    def noise_of(self, conditions):
        return {}

    def draw(self, networks, noise, conditions):
        return {"image": noise["code"]}


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_truncation_scales_every_noise(distribution):
    model, seeds = Noisy(distribution), tf.constant([3, 3, 3], tf.int64)
    latents = Signatures(model).latents_rows({"seed": seeds, "truncation": tf.constant([1.0, 0.5, 0.25])})
    drawn = row_noise(seeds, model.noise)
    np.testing.assert_array_equal(latents["z"][0], drawn["z"][:, 0])
    np.testing.assert_array_equal(latents["code"][0], drawn["code"][0])
    for entry in latents.values():
        np.testing.assert_array_equal(entry[1:], [entry[0] / 2, entry[0] / 4])  # powers of two: exact


def test_the_same_seeds_give_the_same_images_from_run_and_export(exported):
    model, folder = exported
    run, export, seeds = Sampler(model), ExportedGenerator(folder), row_seeds(3, 70)
    np.testing.assert_allclose(export.images(seeds), run.images(seeds), atol=1e-6)
    np.testing.assert_allclose(export.canvases(seeds), run.canvases(seeds), atol=1e-6)


def test_points_have_no_png_files():
    config = Config(network="mlp", dataset="gaussians_8", width=4, latent=4, time_steps=2)
    signatures = Signatures(build_model(config, (2,)))
    assert (signatures.image_shape, signatures.time_steps) == ((2,), 2)
    assert set(signatures.table()) == {"serving_default", "sample", "sample_rows", "refine_rows", "latents_rows"}


@pytest.mark.exhaustive
def test_every_generator_is_exported_and_draws_in_a_session(tmp_path, monkeypatch):
    """With T = 2 where it has an encoder; what it draws is what the model draws here."""
    table = Signatures.table
    monkeypatch.setattr(Signatures, "table", lambda self: {"sample_rows": table(self)["sample_rows"]})
    asked, expected, names = [], [], sorted(GENERATORS.values())
    for name in names:
        network = NETWORKS[name]
        steps = {"time_steps": 2} if name == "draw" or issubclass(network, Recurrent) else {}
        family = {"family": "vae", "noise": "normal"} if name == "draw" else {}
        config = Config(network=name, width=2, latent=4, initializer="glorot", **steps, **family)
        model = build_model(config, SHAPES[name])
        asked.append((export_generator(model, config, tmp_path / name), [("sample_rows", rows())]))
        expected.append(draw_rows(model, tf.constant(SEEDS), {}, tf.constant(TRUNCATIONS))["image"])
    for name, (output, images), drawn in zip(names, sessions.answers(asked), expected, strict=True):
        assert (output, images.shape) == ("images", (5, *SHAPES[name])), name
        np.testing.assert_allclose(images, drawn, atol=1e-5, err_msg=name)


GENERATORS = {NETWORKS[name].build_generator: name for name in reversed(SHAPES)
              if issubclass(NETWORKS[name], LatentNetwork)}
"""The first network of each way to build a generator."""
