import dataclasses
import json
import pathlib

import pytest

from wirgan_tf import data
from wirgan_tf.config import AXES, Config
from wirgan_tf.data import DATASETS
from wirgan_tf.data.mnist import Mnist
from wirgan_tf.objectives import PENALTIES
from wirgan_tf.objectives.lsgan import LeastSquares
from wirgan_tf.objectives.penalties import SlopePenalty
from wirgan_tf.parts import setting_fields
from wirgan_tf.presets import PRESETS

GRADIENT_PENALTIES = [name for name, penalty in PENALTIES.items() if issubclass(penalty, SlopePenalty)]
MOST_SETTINGS = 40


@pytest.mark.parametrize(("changes", "message"), [
    ({"time_steps": 0}, "^time_steps=0: must be at least 1"),
    ({"width": 0}, "^width=0: must be at least 1"),
    ({"width": 1.5}, "^width=1.5: expected int"),
    ({"noise_layer": 1}, "^noise_layer=1: expected bool"),
    ({"batch_size": -1}, "^batch_size=-1"),
    ({"batch_size": True}, "^batch_size=True: expected int"),
    ({"seed": 2**62}, r"^seed=4611686018427387904: must be between -2\^62 and 2\^62"),
    ({"critic_learning_rate": 0.0}, "^critic_learning_rate=0.0: must be greater than 0"),
    ({"critic_learning_rate": float("nan")}, "must be greater than 0"),
    ({"generator_average": 1.0}, r"^generator_average=1.0: must be in \[0, 1\)"),
    ({"noise": "gauss"}, "^noise=gauss: the choices are truncated_normal, normal, uniform"),
    ({"model": "wgan", "time_steps": 3}, "use model=wirgan"),
    *(({"penalty": penalty, "critic_normalization": "batch"}, f"penalty={penalty}.*use critic_normalization=none")
      for penalty in GRADIENT_PENALTIES),
    ({"objective": "f_gan", "divergence": "kll"}, "^divergence=kll: the choices are kl"),
    ({"model": "ebgan", "margin": 0.0}, "^margin=0.0: must be greater than 0"),
    ({"model": "began", "gamma": 1.5}, r"^gamma=1.5: must be in \[0, 1\]"),
    ({"objective": "gls_gan", "slope": 1.5}, "^slope=1.5: must be at most 1"),
    ({"model": "ebgan", "pulling_away_weight": -0.1}, "^pulling_away_weight=-0.1: must be at least 0"),
    ({"objective": "lsgan", "real_target": float("inf")}, "^real_target=inf: must be finite"),
    ({"critic_skip_above": 0.5, "generator_skip_below": 0.6}, "neither player would be updated"),
    ({"model": "resnet", "time_steps": 3}, "use model=recurrent_resnet"),
    ({"critic_dropout": 1.0}, r"^critic_dropout=1.0: must be in \[0, 1\)"),
    ({"objective": "ebgan"}, "objective=ebgan needs a network with a critic that is an autoencoder, which "
                             "network=convolutional does not have; .*: mlp_autoencoder, ebgan, began, began_skip"),
    ({"learning_rate_decay": "on_stall"}, "objective=wgan does not have; use objective=began"),
])
def test_values_that_cannot_work_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Config(**changes)


def test_a_name_is_its_preset():
    gran = Config(model="gran")
    assert (gran.model, gran.family.name, gran.network.name) == ("gran", "adversarial", "convolutional")
    assert (gran.objective.name, gran.penalty.name, gran.optimizer.name) == ("gan", "none", "adam")
    assert (gran.network.canvas, gran.network.critic_normalization, gran.family.critic_updates) == ("sum", "batch", 1)
    assert Config() == Config(model="gp_wirgan") != gran


@pytest.mark.parametrize(("changes", "message"), [
    ({"model": "grna"}, "^unknown model 'grna'; did you mean 'gran'"),
    ({"network": "convolutionl"}, "^unknown network 'convolutionl'; did you mean 'convolutional'"),
    ({"objective": "elbo"}, "^unknown objective 'elbo'.*wgan"),
    ({"penalty": "gradient"}, "^unknown penalty 'gradient'; .*gp_one_sided"),
    ({"family": "vea"}, "^unknown family 'vea'; did you mean 'vae'"),
    ({"widht": 3}, r"^unknown setting 'widht'; did you mean 'width'\?$"),
    ({"xyzzy": 3}, "^unknown setting 'xyzzy'$"),
    ({"data": Mnist()}, "^unknown setting 'data'"),
])
def test_unknown_names_are_refused_with_the_nearest(changes, message):
    for make in (Config, Config().replace):
        with pytest.raises(ValueError, match=message):
            make(**changes)


@pytest.mark.parametrize(("changes", "message"), [
    ({"clip": 0.1}, "^clip is a setting of penalty=clipping, and penalty=gp was chosen; leave one of them out$"),
    ({"margin": 0.1}, "^margin is a setting of objective=ebgan, and objective=wgan was chosen"),
    ({"flip": True}, "^flip is a setting of dataset=celeba or .*, and dataset=digits was chosen"),
    ({"stall_patience": 3}, "^stall_patience is a setting of learning_rate_decay=on_stall, and "
                            "learning_rate_decay=none was"),
    ({"model": "wgan", "beta_1": 0.0}, "^beta_1 is a setting of optimizer=adam, and optimizer=rmsprop was chosen"),
    ({"model": "dcgan", "time_steps": 3}, "^time_steps is a setting of network=convolutional or .*network=dcgan was"),
    ({"corruption": 0.1}, "^corruption is a setting of family=denoising_vae, and family=adversarial was chosen"),
    ({"model": "vae", "critic_updates": 5}, "^critic_updates is a setting of family=adversarial or .*and "
                                            "family=vae was"),
    ({"model": "vae", "penalty_weight": 1.0}, "^penalty_weight is a setting of penalty=gp or .*, and family=vae has "
                                               "no penalty; leave one of them out$"),
    ({"model": "vae", "objective": "wgan"}, "^objective goes with family=adversarial or .*and family=vae "
                                            "was chosen; leave one of them out$"),
    ({"model": "vae", "penalty": "gp"}, "^penalty goes with family=adversarial or .*and family=vae was"),
])
def test_a_setting_of_a_part_that_was_not_chosen_names_who_has_it(changes, message):
    with pytest.raises(ValueError, match=message):
        Config(**changes)


@pytest.mark.parametrize(("changes", "message"), [
    ({"penalty": "spectral"}, "^penalty=spectral is now spectral_normalization=True, with any penalty$"),
    ({"objective": "evidence_lower_bound"}, "^objective=evidence_lower_bound is now family=vae$"),
    ({"objective": "reconstruction"}, "^objective=reconstruction is now family=autoencoder$"),
    ({"objective": "denoising_evidence_lower_bound"}, "is now family=denoising_vae$"),
])
def test_moved_names_are_refused_with_the_new_ones(changes, message):
    with pytest.raises(ValueError, match=message):
        Config(**changes)


def test_parts_may_be_given_as_objects():
    config = Config(objective=LeastSquares(fake_target=0.0), dataset=Mnist(data_dir="/data"))
    assert (config.objective, config.dataset, config.data) == (LeastSquares(fake_target=0.0), "mnist", Mnist("/data"))
    assert config == Config(objective="lsgan", fake_target=0.0, dataset="mnist", data_dir="/data")
    # What an object says stands against the preset, too.
    assert Config(model="gls_gan", objective=LeastSquares(), penalty=PENALTIES["clipping"]()).penalty.clip == 0.01
    assert config.replace(penalty=PENALTIES["gp"](penalty_weight=3.0)).penalty.penalty_weight == 3.0


def test_replace_keeps_what_both_parts_have_and_drops_the_rest():
    gls_gan = Config(model="gls_gan", width=8, latent=3)
    changed = gls_gan.replace(penalty="gp_one_sided", critic_normalization="none", network="resnet", seed=3)
    assert (changed.model, changed.seed, changed.batch_size) == ("gls_gan", 3, 64)
    assert (changed.network.name, changed.network.width, changed.network.latent) == ("resnet", 8, 3)
    assert changed.network.noise == "uniform"
    assert "clip" not in changed.settings()
    assert changed.penalty.penalty_weight == 10.0
    assert changed.objective == gls_gan.objective
    weighted = Config(penalty="gp", penalty_weight=2.0).replace(penalty="dragan")
    assert (weighted.penalty.name, weighted.penalty.penalty_weight) == ("dragan", 2.0)
    assert changed.replace() == changed
    with pytest.raises(ValueError, match=r"^clip is a setting of penalty=clipping, and penalty=gp_one_sided was"):
        changed.replace(clip=0.1)


def test_replace_leaves_and_enters_the_families_with_adversaries():
    vae = Config(model="gp_wirgan", width=8).replace(family="vae", noise="normal", canvas="sum")
    assert (vae.objective, vae.penalty, vae.network.width) == (None, None, 8)
    assert not {"objective", "penalty", "critic_updates", "penalty_weight"} & set(vae.settings())
    again = vae.replace(family="adversarial")
    assert (again.objective.name, again.penalty.name, again.network.width) == ("wgan", "gp", 8)


@pytest.mark.parametrize("model", PRESETS)
def test_json_holds_the_whole_config(model):
    config = Config(model=model, batch_size=7, seed=2**40)
    fields = json.loads(json.dumps(config.to_json()))
    assert Config.from_json(fields) == config
    assert fields["network"]["name"] == config.network.name
    assert fields["format"] == 2


def test_save_and_load(tmp_path):
    config = Config(dataset="mnist", width=32, jit_compile=True)
    config.save(tmp_path / "config.json")
    assert Config.load(tmp_path / "config.json") == config
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_a_saved_config_does_not_follow_its_preset(tmp_path, monkeypatch):
    config = Config(model="gran")
    config.save(tmp_path / "config.json")
    monkeypatch.setitem(PRESETS["gran"], "beta_2", 0.5)
    assert Config(model="gran").optimizer.beta_2 == 0.5
    assert Config.load(tmp_path / "config.json") == config


@pytest.mark.parametrize(("text", "message"), [
    ('{"format": 2, "widht": 3}', "config.json is not a config .*widht"),
    ('{"format": 2, "network": {"width": 3}}', "config.json is not a config"),
    ("[1]", "config.json is not a config"),
    ("{", "config.json is not a config"),
])
def test_a_file_that_is_no_config_is_named(tmp_path, text, message):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        Config.load(tmp_path / "config.json")


@pytest.mark.parametrize(("fields", "found"), [({"model": "gran", "width": 3}, 1), ({"format": 3}, 3)])
def test_the_format_of_another_version_is_refused_in_one_sentence(tmp_path, fields, found):
    (tmp_path / "config.json").write_text(json.dumps(fields))
    with pytest.raises(ValueError, match=rf"config.json has format {found}, of another version .* this one reads "
                                         "format 2; train the run anew, or use its exports") as raised:
        Config.load(tmp_path / "config.json")
    assert "\n" not in str(raised.value)
    assert ". " not in str(raised.value)


def test_differences_leave_out_what_may_change():
    config = Config()
    assert config.differences(config.replace(iterations=1, log_every=7, recompute=True)) == []
    assert config.differences(config.replace(width=1, iterations=1)) == ["width"]
    mnist = Config(dataset="mnist", data_dir="/a")
    assert mnist.differences(mnist.replace(data_dir="/b")) == []


def test_differences_across_parts_name_the_axis_and_the_settings_of_one_alone():
    config = Config()
    assert set(config.differences(config.replace(penalty="clipping"))) == {"penalty", "penalty_weight", "clip"}
    assert config.differences(config.replace(penalty="gp_one_sided")) == ["penalty"]
    assert set(config.differences(config.replace(optimizer="rmsprop"))) == {"optimizer", "beta_1", "beta_2"}
    assert config.differences(config.replace(dataset="mnist", data_dir="/a")) == ["dataset"]
    assert {"family", "objective", "penalty", "critic_updates"} < set(config.differences(Config(model="vae")))


def test_iterations_may_not_change_under_a_decay_that_ends_with_them():
    config = Config(learning_rate_decay="linear")
    assert config.differences(config.replace(iterations=1)) == ["iterations"]
    on_stall = Config(model="began")
    assert on_stall.differences(on_stall.replace(iterations=1)) == []


def test_settings_without_effect_are_found_and_refused():
    assert Config().unused() == {"earlier_canvases_until": "with earlier_canvases=0 no share falls"}
    single = Config(model="wgan_gp")
    alone = "with time_steps=1 there is no earlier canvas"
    assert single.unused() == {"encoder_activation": "with time_steps=1 no canvas is encoded",
                               "earlier_canvases": alone, "earlier_canvases_until": alone,
                               "canvas": "with time_steps=1 there is one canvas"}
    single.check_used(["width", "time_steps"])
    with pytest.raises(ValueError, match=r"^encoder_activation has no effect: with time_steps=1 no canvas is encoded; "
                                         r"leave it out, or set encoder_activation=linear$"):
        single.replace(encoder_activation="tanh").check_used(["width", "encoder_activation"])


def test_what_a_flagfile_says_can_be_taken_back():
    """A setting without effect may be given at its default, and at no other value."""
    off = Config(earlier_canvases=0.0, earlier_canvases_until=0)
    off.check_used(["earlier_canvases", "earlier_canvases_until"])
    Config("gran", time_steps=1, encoder_activation="linear").check_used(["encoder_activation"])
    with pytest.raises(ValueError, match=r"^earlier_canvases_until has no effect: with earlier_canvases=0 no share "
                                         r"falls; leave it out, or set earlier_canvases_until=0$"):
        off.replace(earlier_canvases_until=100).check_used(["earlier_canvases_until"])


def test_a_critics_settings_have_no_effect_without_a_critic():
    critics = {"critic_initializer", "spectral_normalization", "critic_normalization", "critic_dropout"}
    vae = Config(model="vae")
    assert critics & set(vae.settings()) == critics
    assert {name: vae.unused()[name] for name in critics} == dict.fromkeys(critics, "family=vae has no critic")
    assert set(Config(model="vae", network="mlp").unused()) & critics == {"critic_initializer",
                                                                        "spectral_normalization"}
    assert not critics & set(Config(model="draw").settings())


def test_a_data_set_of_arrays_has_a_name_and_no_loader():
    config = Config(dataset="my_birds")
    assert (config.dataset, config.replace(width=3).dataset) == ("my_birds", "my_birds")
    assert Config.from_json(config.to_json()) == config
    with pytest.raises(ValueError, match="unknown dataset 'my_birds'"):
        data.load(config.data, "train")


def test_no_class_has_too_many_settings():
    owners = [Config, *(part for registry in (DATASETS, *AXES.values()) for part in registry.values())]
    assert {owner.__name__: len(setting_fields(owner)) for owner in owners
            if len(setting_fields(owner)) > MOST_SETTINGS} == {}


def test_settings_are_of_one_owner_in_every_config():
    """A flat name says which part it is of, whatever is chosen: no two parts of a config share a setting's name."""
    axes = {"run": [Config], "dataset": DATASETS.values(), **{axis: parts.values() for axis, parts in AXES.items()}}
    names = {axis: {name for owner in owners for name in setting_fields(owner)} for axis, owners in axes.items()}
    assert sum(map(len, names.values())) == len(set.union(*names.values()))


def test_configs_are_values():
    config = Config()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.seed = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.network.width = 3
    assert {config: 1}[Config()] == 1


def test_replace_does_not_relabel():
    with pytest.raises(ValueError, match=r"replace keeps the model, which is gp_wirgan; .*use Config\(model=...\)"):
        Config().replace(model="dcgan")
    assert Config().replace(model="gp_wirgan", width=8) == Config(width=8)


def test_paths_are_kept_as_text():
    config = Config(dataset="image_folder", data_dir=pathlib.Path("photos"), init_from=pathlib.Path("a") / "b")
    assert (config.data.data_dir, config.init_from) == ("photos", str(pathlib.Path("a") / "b"))
