import dataclasses

import pytest

from wirgan_tf.config import GRADIENT_PENALTIES, Config
from wirgan_tf.presets import PRESETS


@pytest.mark.parametrize(("changes", "message"), [
    ({"time_steps": 0}, "time_steps=0: must be at least 1"),
    ({"width": 0}, "width=0: must be at least 1"),
    ({"batch_size": -1}, "batch_size=-1"),
    ({"critic_learning_rate": 0.0}, "critic_learning_rate=0.0: must be greater than 0"),
    ({"critic_learning_rate": float("nan")}, "must be greater than 0"),
    ({"generator_average": 1.0}, r"generator_average=1.0: must be in \[0, 1\)"),
    ({"noise": "gauss"}, "noise=gauss: the choices are truncated_normal, normal, uniform"),
    ({"model": "wgan", "time_steps": 3}, "use --model=wirgan"),
    *(({"penalty": penalty, "critic_normalization": "batch"}, f"penalty={penalty}.*use --critic_normalization=none")
      for penalty in GRADIENT_PENALTIES),
    ({"divergence": "kll"}, "divergence=kll: the choices are kl"),
    ({"margin": 0.0}, "margin=0.0: must be greater than 0"),
    ({"gamma": 1.5}, r"gamma=1.5: must be in \[0, 1\]"),
    ({"slope": 1.5}, "slope=1.5: must be at most 1"),
    ({"pulling_away_weight": -0.1}, "pulling_away_weight=-0.1: must be at least 0"),
    ({"real_target": float("inf")}, "real_target=inf: must be finite"),
    ({"critic_skip_above": 0.5, "generator_skip_below": 0.6}, "both players would stand still"),
    ({"model": "resnet", "time_steps": 3}, "use --model=recurrent_resnet"),
    ({"critic_dropout": 1.0}, r"critic_dropout=1.0: must be in \[0, 1\)"),
])
def test_values_that_cannot_work_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Config(**changes)


def test_save_and_load(tmp_path):
    config = Config(dataset="mnist", width=32, jit_compile=True)
    config.save(tmp_path / "config.json")
    assert Config.load(tmp_path / "config.json") == config
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_a_file_that_is_no_config_is_named(tmp_path):
    (tmp_path / "config.json").write_text('{"widht": 3}')
    with pytest.raises(ValueError, match=r"config.json is not a config.*widht"):
        Config.load(tmp_path / "config.json")


def test_differences_leave_out_what_may_change():
    config = Config()
    assert config.differences(dataclasses.replace(config, iterations=1, log_every=7)) == []
    assert config.differences(dataclasses.replace(config, width=1, iterations=1)) == ["width"]


def test_iterations_may_not_change_under_a_decay_that_ends_with_them():
    config = Config(learning_rate_decay="linear")
    assert config.differences(dataclasses.replace(config, iterations=1)) == ["iterations"]
    on_stall = PRESETS["began"]
    assert on_stall.differences(dataclasses.replace(on_stall, iterations=1)) == []


def test_presets_carry_the_sources_settings():
    gp_wirgan, wirgan, gran = PRESETS["gp_wirgan"], PRESETS["wirgan"], PRESETS["gran"]
    assert (gp_wirgan.penalty_weight, gp_wirgan.optimizer, gp_wirgan.critic_learning_rate) == (10.0, "adam", 1e-4)
    assert (gp_wirgan.beta_1, gp_wirgan.beta_2, gp_wirgan.critic_updates) == (0.5, 0.9, 5)
    assert (wirgan.clip, wirgan.optimizer, wirgan.critic_learning_rate) == (0.01, "rmsprop", 5e-5)
    assert (gran.canvas, gran.noise_layer, gran.encoder_activation) == ("sum", True, "tanh")
    lsgan, gls_gan, sngan = PRESETS["lsgan"], PRESETS["gls_gan"], PRESETS["sngan"]
    assert (lsgan.fake_target, lsgan.real_target, lsgan.generator_target) == (-1.0, 1.0, 0.0)
    assert (gls_gan.slope, gls_gan.clip, gls_gan.penalty) == (0.5, 0.04, "clipping")
    assert (sngan.objective, sngan.penalty, sngan.beta_1, sngan.critic_updates) == ("hinge", "spectral", 0.0, 5)
    for model, recurrent in (("wgan", wirgan), ("wgan_gp", gp_wirgan)):
        assert PRESETS[model] == dataclasses.replace(recurrent, model=model, time_steps=1)


def test_settings_without_effect_are_refused():
    Config(objective="ebgan").check_used(["objective", "margin"])
    with pytest.raises(ValueError, match="--margin is used with --objective=ebgan, and --objective=wgan"):
        Config().check_used(["width", "margin"])
    with pytest.raises(ValueError, match="--clip is used with --penalty=clipping, and --penalty=gp"):
        Config().check_used(["clip"])


def test_presets_of_the_autoencoder_critics():
    began, skip, ebgan = PRESETS["began"], PRESETS["began_skip"], PRESETS["ebgan"]
    assert (began.batch_size, began.gamma, began.critic_updates, began.learning_rate_decay) == (16, 0.5, 1, "on_stall")
    assert skip == dataclasses.replace(began, model="began_skip", network="began_skip",
                                       critic_learning_rate=4 * began.generator_learning_rate)
    assert (ebgan.objective, ebgan.pulling_away_weight, ebgan.latent) == ("ebgan", 0.1, 100)


def test_presets_of_residual_networks():
    resnet, recurrent = PRESETS["resnet"], PRESETS["recurrent_resnet"]
    assert (resnet.generator_learning_rate, resnet.beta_1, resnet.beta_2, resnet.critic_updates) == (2e-4, 0.0, 0.9, 5)
    assert (resnet.width, resnet.learning_rate_decay, resnet.iterations) == (128, "linear_throughout", 100_000)
    assert (recurrent.time_steps, recurrent.initializer, recurrent.network) == (3, "glorot", "resnet")
