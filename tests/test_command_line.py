import pytest

from wirgan_tf.command_line import parse
from wirgan_tf.config import Config


def request(*flags):
    return parse(["main", *flags])


def test_defaults_are_the_presets():
    assert request().config() == Config()
    assert request("--model=wirgan").config().optimizer == "rmsprop"


def test_flags_after_the_flagfile_win(tmp_path):
    flagfile = tmp_path / "run.flags"
    flagfile.write_text("# a comment\n--model=gran\n--width=32\n--time_steps=5\n")
    config = request(f"--flagfile={flagfile}", "--width=16").config()
    assert (config.model, config.width, config.time_steps, config.critic_updates) == ("gran", 16, 5, 1)


def test_a_run_is_continued_by_its_folder_alone(tmp_path):
    Config(width=8, dataset="mnist").save(tmp_path / "config.json")
    assert request(f"--run_dir={tmp_path}").config() == Config(width=8, dataset="mnist")
    assert request(f"--run_dir={tmp_path}", "--iterations=9").config().iterations == 9


def test_default_run_path():
    asked = request("--dataset=mnist", "--time_steps=5")
    assert str(asked.run_path(asked.config())) == "runs/mnist_gp_wirgan_t5"


@pytest.mark.parametrize(("flags", "message"), [
    (["--widht=3"], "Unknown command line flag 'widht'. Did you mean: width"),
    (["--width=many"], "width=many"),
    (["train"], "unexpected argument 'train'"),
    (["--num_samples=-1"], "num_samples=-1: must be at least 1"),
    (["--flagfile=missing.flags"], "missing.flags"),
])
def test_wrong_flags(flags, message):
    with pytest.raises(ValueError, match=message):
        request(*flags)


def test_flags_without_effect_are_refused():
    assert request("--model=lsgan", "--objective=wgan", "--penalty=gp", "--critic_normalization=none").config()
    with pytest.raises(ValueError, match="--divergence is used with --objective=f_gan"):
        request("--divergence=kl").config()
    assert request("--model=f_gan", "--divergence=kl").config().divergence == "kl"


def test_unknown_model_lists_the_choices():
    with pytest.raises(ValueError, match=r"did you mean 'wirgan'.*gp_wirgan, wirgan, gran"):
        request("--model=wirgn").config()


def test_help_names_every_field_of_the_config(capsys):
    assert request("--help") is None
    shown = capsys.readouterr().out
    assert all(f"--{name}" in shown or f"--[no]{name}" in shown for name in Config.__dataclass_fields__)
