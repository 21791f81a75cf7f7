import importlib.util
import sys

import pytest

from wirgan_tf.evaluation import tfgan


@pytest.fixture
def unloaded():
    tfgan._load.cache_clear()
    yield
    tfgan._load.cache_clear()


@pytest.mark.usefixtures("unloaded")
def test_leaves_no_empty_packages_behind():
    assert tfgan.formulas().classifier_score_from_logits
    assert "tensorflow_gan" not in sys.modules


@pytest.mark.usefixtures("unloaded")
def test_not_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="not installed: pip install wirgan-tf"):
        tfgan.formulas()


@pytest.mark.usefixtures("unloaded")
def test_layout_without_the_formulas(monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.startswith("tensorflow_gan")]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "tensorflow_gan").mkdir()
    (tmp_path / "tensorflow_gan" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="does not import"):
        tfgan.formulas()


@pytest.mark.usefixtures("unloaded")
def test_layout_with_other_names(monkeypatch):
    monkeypatch.setattr(tfgan, "_NEEDED", ("classifier_score_from_logits", "renamed"))
    with pytest.raises(ValueError, match="lacks renamed; its layout has changed"):
        tfgan.formulas()
