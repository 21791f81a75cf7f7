"""Versions of an export, and what is known of it."""

import json
import shutil

import numpy as np
import pytest
from tensorflow.core.protobuf import saved_model_pb2

from tests.conftest import MEASURES
from wirgan_tf import __version__
from wirgan_tf.config import Config
from wirgan_tf.exporting import ExportedGenerator, export_generator, exported_weights, find_export, saved_model
from wirgan_tf.serving.loaded_model import LoadedModel
from wirgan_tf.training.variable_keys import keyed_weights

OLD = {"code_version": "0.1.0", "model": "gp_wirgan", "dataset": "digits", "iteration": 40, "shape": [8, 8, 1],
       "value_range": [-1.0, 1.0], "time_steps": 3, "latent": 4, "noise": "truncated_normal", "most_samples": 1024,
       "signatures": ["serving_default", "sample", "sample_rows", "refine_rows", "latents_rows", "png_rows",
                      "refine_png_rows"], "measures": []}
"""The metadata of an export from before models had conditions."""


@pytest.fixture
def base(exported, tmp_path):
    """A model whose versions 1 and 7 are there."""
    for version in ("1", "7"):
        shutil.copytree(exported[1], tmp_path / "model" / version)
    return tmp_path / "model"


@pytest.fixture
def unwritten(monkeypatch):
    """Exports in which nothing but the metadata is written, for tests of which folder they go to."""
    monkeypatch.setattr(saved_model, "_write_signatures", lambda table, folder: folder.mkdir() or [])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_versions_count_up_and_the_newest_is_used(exported, base, unwritten):
    assert ExportedGenerator(base).folder == base / "7"
    (base / "7" / "assets.extra" / "wirgan.json").write_text(json.dumps(OLD))  # a newer one may stand beside it
    assert export_generator(exported[0], Config(), base) == base / "8"
    assert export_generator(exported[0], Config(), base, version=3) == base / "3"
    assert names(base) == ["1", "3", "7", "8"]
    assert find_export(base)[0] == base / "8"


def test_a_version_of_another_model_is_refused(labelled, base):
    with pytest.raises(ValueError, match=r"7 is a version of another model: conditions \(\{\} there, .*label.* now\), "
                       r"signatures \(sample there alone\); export to another folder"):
        export_generator(labelled[0], Config(), base)
    assert names(base) == ["1", "7"]


@pytest.mark.parametrize(("there", "message"), [
    ({"noise": {"z": {"shape": [9, 4], "distribution": "normal"}}}, r"noise \({'z': \[9, 4\]} there, {'z': "),
    ({"directions": ["a_to_b", "b_to_a"]}, r"directions \(\['a_to_b', 'b_to_a'\] there, None now")])
def test_a_version_of_other_inputs_is_refused(exported, base, unwritten, there, message):
    file = base / "7" / "assets.extra" / "wirgan.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | there))
    with pytest.raises(ValueError, match=message):
        export_generator(exported[0], Config(), base)


@pytest.mark.parametrize("name", ["lr[1e-3]", "exp?", "a\\b"])
def test_a_folder_is_no_pattern(labelled, tmp_path, name):
    """TensorFlow looks for a SavedModel's variables by matching its path: sampled and served all the same."""
    folder = export_generator(labelled[0], Config(), tmp_path / name / "export")
    seeds, conditions = np.arange(2), {"label": np.array([3, 9]), "attributes": np.eye(2, dtype=np.float32)}
    expected = ExportedGenerator(labelled[1]).images(seeds, conditions)
    np.testing.assert_array_equal(ExportedGenerator(folder).images(seeds, conditions), expected)
    loaded = LoadedModel(folder)
    inputs = {"seed": seeds, "truncation": np.ones(2, np.float32), **conditions}
    served = loaded.run(loaded.signatures["sample_rows"], inputs, ["images"], timeout_s=60.0)["images"]
    loaded.close()
    np.testing.assert_allclose(served, expected, atol=2e-5)


@pytest.mark.parametrize(("version", "message"), [
    (7, "version=7: .*7 is there already; use another, or leave it out for the next, 8"),
    (-1, "version=-1: must be at least 1, or 0 for the next, 8"),
])
def test_versions_that_cannot_be(exported, base, version, message):
    with pytest.raises(ValueError, match=message):
        export_generator(exported[0], Config(), base, version=version)
    assert names(base) == ["1", "7"]


def test_what_is_known_of_it(exported):
    metadata = json.loads((exported[1] / "assets.extra" / "wirgan.json").read_text())
    assert Config.from_json(metadata.pop("config")) == Config(width=2, latent=4, time_steps=3, initializer="glorot")
    assert metadata.pop("weights").keys() == keyed_weights({"generator": exported[0].generator}).keys()
    signatures = ["serving_default", "sample_rows", "refine_rows", "latents_rows", "sample", "png_rows",
                  "refine_png_rows"]
    assert metadata == {
        "code_version": __version__, "model": "gp_wirgan", "dataset": "digits", "iteration": 0, "shape": [8, 8, 1],
        "value_range": [-1.0, 1.0], "time_steps": 3, "conditions": {}, "most_samples": 1024,
        "noise": {"z": {"shape": [3, 4], "distribution": "truncated_normal"}}, "signatures": signatures,
        "measures": MEASURES, "data_identity": {}, "data_settings": {"image_size": 0, "pad": False}, "frequencies": {}}


def test_weights_are_read_by_their_keys(exported, tmp_path):
    expected = keyed_weights({"generator": exported[0].generator})
    shutil.copytree(exported[1], tmp_path / "[a] b" / "3")
    found = exported_weights(tmp_path / "[a] b")
    assert found.keys() == expected.keys()
    for key, values in found.items():
        np.testing.assert_array_equal(values, expected[key].numpy(), err_msg=key)


def test_weights_of_an_export_that_does_not_name_them(base):
    (base / "7" / "assets.extra" / "wirgan.json").write_text(json.dumps(OLD))
    with pytest.raises(ValueError, match="exports do not name their weights; export its run again"):
        exported_weights(str(base))


def test_paths_of_this_machine_are_left_out(exported, tmp_path, unwritten):
    config = Config(dataset="mnist", data_dir="home/data", init_from="home/run", init_fresh="critic")
    metadata = find_export(export_generator(exported[0], config, str(tmp_path)))[1]
    assert "home" not in json.dumps(metadata)
    assert Config.from_json(metadata["config"]) == Config(dataset="mnist")


def test_what_is_known_of_conditions(labelled):
    _, metadata = find_export(labelled[1])
    label, attributes = metadata["conditions"]["label"], metadata["conditions"]["attributes"]
    assert label == {"shape": [], "dtype": "int64", "names": [str(number) for number in range(10)]}
    assert attributes == {"shape": [2], "dtype": "float32", "names": ["upper", "left"]}
    assert metadata["noise"] == {"z": {"shape": [3], "distribution": "truncated_normal"}}
    assert metadata["time_steps"] == 1
    assert "sample" not in metadata["signatures"]


def test_exports_from_before_there_were_conditions_still_sample(exported, base):
    seeds = np.arange(3)
    (base / "7" / "assets.extra" / "wirgan.json").write_text(json.dumps(OLD))
    export = ExportedGenerator(base)
    assert export.conditions(seeds) == {}
    np.testing.assert_array_equal(export.images(seeds), ExportedGenerator(exported[1]).images(seeds))
    assert export.canvases(seeds).shape == (3, 3, 8, 8, 1)


def test_a_failed_export_leaves_nothing(labelled, tmp_path, monkeypatch, unwritten):
    def full(*arguments, **others):
        raise OSError("disk full")

    monkeypatch.setattr(saved_model, "write_warmup", full)
    with pytest.raises(OSError, match="disk full"):
        export_generator(labelled[0], Config(), tmp_path)
    assert names(tmp_path) == []


def test_a_folder_without_an_export(tmp_path):
    with pytest.raises(FileNotFoundError, match="no exported generator in"):
        ExportedGenerator(tmp_path)


@pytest.mark.parametrize(("content", "message"), [
    ('{"code_version": "0.1"}', "7 is not an export of this version of wirgan_tf: KeyError"),
    ("half of", "7 is not an export of this version of wirgan_tf: JSONDecodeError")])
def test_metadata_that_is_not_ours(base, content, message):
    (base / "7" / "assets.extra" / "wirgan.json").write_text(content)
    with pytest.raises(ValueError, match=message):
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
