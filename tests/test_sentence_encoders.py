"""Texts as vectors by a language model."""

import numpy as np
import pytest

from tests import sentence_transformers_double as double
from wirgan_tf.sentence_encoders import _load, sentence_vectors


@pytest.fixture(autouse=True)
def _unloaded():
    yield
    _load.cache_clear()


def test_vectors_are_scaled_to_a_mean_square_of_1(monkeypatch):
    double.install(monkeypatch)
    found = sentence_vectors(["see me", ""], double.ENCODER)
    assert found.dtype == np.float32
    # (6, 3, 1, -1) and (0, 0, 1, -1): mean squares 47/4 and 1/2
    expected = [np.array([6, 3, 1, -1]) / np.sqrt(47 / 4), np.array([0, 0, 1, -1]) * np.sqrt(2)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_folder_is_found_below_the_home(monkeypatch, tmp_path):
    double.install(monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "minilm").mkdir()
    assert _load("sentence_transformer:~/minilm").name == str(tmp_path / "minilm")


def test_without_the_package_the_error_says_how_to_install_it(monkeypatch):
    double.remove(monkeypatch)
    with pytest.raises(ValueError, match=r"^sentence_transformer:small needs .*: pip install wirgan-tf\[text\]$"):
        sentence_vectors(["red"], double.ENCODER)


def test_a_model_that_is_not_there_is_named_in_one_line(monkeypatch):
    double.install(monkeypatch)
    with pytest.raises(ValueError, match=r"^sentence_transformer:missing cannot be loaded; .* local folder$"):
        sentence_vectors(["red"], "sentence_transformer:missing")


def test_a_real_model_tells_meanings_apart(tmp_path):
    """Runs where the extra `text` and the package of a small model are installed."""
    pytest.importorskip("sentence_transformers")
    folder = pytest.importorskip("all_minilm_l6_v2").extract_model(tmp_path)
    red, crimson, blue = sentence_vectors(["a thick red three", "a bold crimson 3", "a thin blue seven"],
                                          f"sentence_transformer:{folder}")
    np.testing.assert_allclose(np.mean(np.square([red, crimson, blue]), axis=1), 1.0, rtol=1e-5)
    assert np.mean(red * crimson) > np.mean(red * blue) + 0.1
