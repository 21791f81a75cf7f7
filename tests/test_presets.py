from wirgan_tf.config import Config
from wirgan_tf.objectives.lsgan import LeastSquares


def test_presets_carry_the_sources_settings():
    gp_wirgan, wirgan, gran = (Config(model=name) for name in ("gp_wirgan", "wirgan", "gran"))
    assert (gp_wirgan.penalty.penalty_weight, gp_wirgan.family.critic_learning_rate) == (10.0, 1e-4)
    assert (gp_wirgan.optimizer.name, gp_wirgan.optimizer.beta_1, gp_wirgan.optimizer.beta_2) == ("adam", 0.5, 0.9)
    assert gp_wirgan.family.critic_updates == 5
    assert (wirgan.penalty.clip, wirgan.optimizer.name, wirgan.family.critic_learning_rate) == (0.01, "rmsprop", 5e-5)
    assert (gran.network.canvas, gran.network.noise_layer, gran.network.encoder_activation) == ("sum", True, "tanh")
    lsgan, gls_gan, sngan = (Config(model=name) for name in ("lsgan", "gls_gan", "sngan"))
    assert lsgan.objective == LeastSquares(fake_target=-1.0, real_target=1.0, generator_target=0.0)
    assert (gls_gan.objective.slope, gls_gan.penalty.name, gls_gan.penalty.clip) == (0.5, "clipping", 0.04)
    assert (sngan.objective.name, sngan.penalty.name, sngan.network.spectral_normalization) == ("hinge", "none", True)
    assert (sngan.optimizer.beta_1, sngan.family.critic_updates) == (0.0, 5)
    for model, recurrent in (("wgan", wirgan), ("wgan_gp", gp_wirgan)):
        assert recurrent.replace(time_steps=1).settings() | {"model": model} == Config(model=model).settings()


def test_presets_of_the_autoencoder_critics():
    began, skip, ebgan = (Config(model=name) for name in ("began", "began_skip", "ebgan"))
    assert (began.batch_size, began.objective.gamma, began.family.critic_updates) == (16, 0.5, 1)
    assert began.learning_rate_decay.name == "on_stall"
    rate = 4 * began.family.generator_learning_rate
    assert (began.replace(network="began_skip", critic_learning_rate=rate).settings() | {"model": "began_skip"}
            == skip.settings())
    assert (ebgan.objective.name, ebgan.objective.pulling_away_weight, ebgan.network.latent) == ("ebgan", 0.1, 100)


def test_presets_of_residual_networks():
    resnet, recurrent = Config(model="resnet"), Config(model="recurrent_resnet")
    assert (resnet.family.generator_learning_rate, resnet.family.critic_updates) == (2e-4, 5)
    assert (resnet.optimizer.beta_1, resnet.optimizer.beta_2) == (0.0, 0.9)
    assert (resnet.network.width, resnet.learning_rate_decay.name, resnet.iterations) == (
        128, "linear_throughout", 100_000)
    assert (recurrent.network.time_steps, recurrent.network.initializer) == (3, "glorot")
    assert recurrent.network.name == "resnet"
