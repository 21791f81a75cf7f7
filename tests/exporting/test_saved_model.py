"""Exports as TensorFlow Serving runs them: in a TF1 Session, by tensor names, without this package's code."""

import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator, export_generator
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.networks import NETWORKS
from wirgan_tf.noise import row_latents

CONFIG = Config(width=4, latent=4, time_steps=3, initializer="glorot")

IN_A_SESSION = """
import sys
import numpy as np
import tensorflow as tf
folder, output = sys.argv[1:]
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    model = tf.compat.v1.saved_model.load(session, ["serve"], folder)
    def run(signature, **inputs):
        signature = model.signature_def[signature]
        feeds = {signature.inputs[name].name: value for name, value in inputs.items()}
        return session.run(signature.outputs["images"].name, feeds)
    z = np.random.default_rng(0).uniform(-1, 1, (5, 3, 4)).astype(np.float32)
    refused = ""
    try:
        run("sample", num_samples=np.int64(1025), seed=np.int64(0))
    except tf.errors.InvalidArgumentError as error:
        refused = str(error)
    np.savez(output, z=z, images=run("serving_default", z=z), one=run("serving_default", z=z[:1]), refused=refused,
             sampled=run("sample", num_samples=np.int64(7), seed=np.int64(2**40)))
assert "wirgan_tf" not in sys.modules
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    generator = NETWORKS["convolutional"].build_generator(CONFIG, (8, 8, 1))
    return generator, export_generator(generator, CONFIG, tmp_path_factory.mktemp("models") / "digits")


def test_runs_in_a_session_without_this_package(exported, tmp_path):
    generator, folder = exported
    output = tmp_path / "output.npz"
    subprocess.run([sys.executable, "-c", IN_A_SESSION, folder, output], check=True, cwd=tmp_path)
    served = np.load(output)
    expected = generator.generate(tf.constant(served["z"].transpose(1, 0, 2))).numpy()
    np.testing.assert_allclose(served["images"], expected, atol=1e-5)
    np.testing.assert_allclose(served["one"], expected[:1], atol=1e-5)
    seeds = tf.range(2**40, 2**40 + 7, dtype=tf.int64)
    expected = generator.generate(row_latents(seeds, 3, 4, CONFIG.noise))
    np.testing.assert_allclose(served["sampled"], expected, atol=1e-5)
    assert "num_samples must be 1 to 1024" in str(served["refused"])


@pytest.mark.parametrize("count", [0, -1, 1025])
def test_counts_out_of_range_fail_in_the_graph(exported, count):
    sample = tf.saved_model.load(str(exported[1])).signatures["sample"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_samples must be 1 to 1024"):
        sample(num_samples=tf.constant(count, tf.int64), seed=tf.constant(0, tf.int64))


def test_the_same_seed_gives_the_same_images_from_run_and_export(exported):
    generator, folder = exported
    images = ExportedGenerator(folder).images(seed=3, count=70)
    np.testing.assert_array_equal(images, Sampler(generator, CONFIG.noise).images(row_seeds(3, 70)))


def test_versions_count_up_and_the_newest_is_used(exported):
    generator, first = exported
    second = export_generator(generator, CONFIG, first.parent)
    assert (first.name, second.name) == ("1", "2")
    assert ExportedGenerator(first.parent).folder == second
    assert sorted(path.name for path in first.parent.iterdir()) == ["1", "2"]


def test_metadata(exported):
    metadata = json.loads((exported[1] / "assets.extra" / "wirgan.json").read_text())
    assert (metadata["time_steps"], metadata["latent"], metadata["shape"]) == (3, 4, [8, 8, 1])
    assert (metadata["value_range"], metadata["dataset"], metadata["noise"]) == ([-1, 1], "digits", "truncated_normal")


def test_a_failed_export_leaves_nothing(exported, tmp_path, monkeypatch):
    generator, _ = exported
    monkeypatch.setattr("pathlib.Path.rename", lambda self, target: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        export_generator(generator, CONFIG, tmp_path)
    assert not list(tmp_path.iterdir())


def test_no_export_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no exported generator in"):
        ExportedGenerator(tmp_path)


def test_older_servers_can_read_it(exported):
    """The ops are plain ones: no server younger than the oldest of the supported range is asked for."""
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString((exported[1] / "saved_model.pb").read_bytes())
    assert saved.meta_graphs[0].graph_def.versions.min_consumer <= 12
