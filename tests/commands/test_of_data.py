"""Modes that take a data set and no run."""

import pytest

from wirgan_tf.command_line import parse


@pytest.mark.parametrize("flags", [("--mode=train_classifier",), ("--mode=bulk_statistics", "--output=out")])
def test_settings_of_data_without_an_effect_are_refused(flags, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="data_dir has no effect: digits_from=digits needs no folder"):
        parse(["wirgan_tf", *flags, "--dataset=digit_tints", "--data_dir=mine"]).run()
    assert not list(tmp_path.iterdir())
