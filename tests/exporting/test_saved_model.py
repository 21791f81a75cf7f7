"""Versions of an export, and what is known of it."""

import json
import shutil

import numpy as np
import pytest
from tensorflow.core.protobuf import saved_model_pb2

from tests.exporting.conftest import CONFIG
from wirgan_tf import __version__
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator, export_generator, saved_model
from wirgan_tf.serving.loaded_model import LoadedModel


@pytest.fixture
def base(exported, tmp_path):
    """A model whose versions 1 and 7 are there."""
    for version in ("1", "7"):
        shutil.copytree(exported[1], tmp_path / "model" / version)
    return tmp_path / "model"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_versions_count_up_and_the_newest_is_used(exported, base):
    assert ExportedGenerator(base).folder == base / "7"
    assert export_generator(exported[0], Config(), base) == base / "8"
    assert names(base) == ["1", "7", "8"]
    assert ExportedGenerator(base).metadata["iteration"] is None


@pytest.mark.parametrize("name", ["lr[1e-3]", "exp?", "a\\b"])
def test_a_folder_is_no_pattern(exported, tmp_path, name):
    """TensorFlow looks for a SavedModel's variables by matching its path: sampled and served all the same."""
    folder = export_generator(exported[0], CONFIG, tmp_path / name / "export")
    seeds = np.arange(2)
    expected = ExportedGenerator(exported[1]).images(seeds)
    np.testing.assert_array_equal(ExportedGenerator(folder).images(seeds), expected)
    loaded = LoadedModel(folder)
    inputs = {"seed": seeds, "truncation": np.ones(2, np.float32)}
    served = loaded.run(loaded.signatures["sample_rows"], inputs, ["images"], timeout_s=60.0)["images"]
    loaded.close()
    np.testing.assert_allclose(served, expected, atol=2e-5)


def test_a_version_that_was_asked_for(exported, base):
    assert export_generator(exported[0], Config(), base, version=3) == base / "3"
    assert names(base) == ["1", "3", "7"]


@pytest.mark.parametrize(("version", "message"), [
    (7, "--version=7: .*7 is there already; use another, or leave --version out for the next, 8"),
    (-1, "--version=-1: must be at least 1, or 0 for the next, 8"),
])
def test_versions_that_cannot_be(exported, base, version, message):
    with pytest.raises(ValueError, match=message):
        export_generator(exported[0], Config(), base, version=version)
    assert names(base) == ["1", "7"]


def test_what_is_known_of_it(exported):
    metadata = json.loads((exported[1] / "assets.extra" / "wirgan.json").read_text())
    signatures = ["serving_default", "sample", "sample_rows", "refine_rows", "latents_rows", "png_rows",
                  "refine_png_rows"]
    assert metadata == {
        "code_version": __version__, "model": "gp_wirgan", "dataset": "digits", "iteration": 40, "shape": [8, 8, 1],
        "value_range": [-1.0, 1.0], "time_steps": 3, "latent": 4, "noise": "truncated_normal", "most_samples": 1024,
        "signatures": signatures,
        "measures": [{"name": "fid_1k_digits_test_pixels", "value": 8.5, "iteration": 40}]}


def test_a_failed_export_leaves_nothing(exported, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(saved_model, "write_warmup", full)
    with pytest.raises(OSError, match="disk full"):
        export_generator(exported[0], Config(), tmp_path)
    assert names(tmp_path) == []


def test_no_export_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no exported generator in"):
        ExportedGenerator(tmp_path)


def test_exports_of_other_versions_of_this_package_are_told(base):
    metadata = base / "7" / "assets.extra" / "wirgan.json"
    metadata.write_text(json.dumps({"code_version": "0.1"}))
    with pytest.raises(ValueError, match="7 is not an export of this version of wirgan_tf: KeyError"):
        ExportedGenerator(base)


def test_older_servers_can_read_it(exported):
    """The ops are plain ones: no server younger than the oldest of the supported range is asked for."""
    saved = saved_model_pb2.SavedModel.FromString((exported[1] / "saved_model.pb").read_bytes())
    assert saved.meta_graphs[0].graph_def.versions.min_consumer <= 12


def test_no_function_asks_for_xla(exported):
    """Servers run without it, and refuse a function that must be compiled."""
    saved = saved_model_pb2.SavedModel.FromString((exported[1] / "saved_model.pb").read_bytes())
    functions = saved.meta_graphs[0].graph_def.library.function
    assert len(functions) > 10
    assert not [function.signature.name for function in functions if function.attr["_XlaMustCompile"].b]
