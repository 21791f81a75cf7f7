"""Models by name: each a whole Config, whose fields the command line may override."""

import dataclasses

from wirgan_tf.config import Config
from wirgan_tf.registry import Registry

# Feng et al. 2020, section 3.2, Algorithm 3; hyperparameters of Gulrajani et al. 2017.
GP_WIRGAN = Config(model="gp_wirgan")
WGAN_GP = Config(model="wgan_gp", time_steps=1)

# Feng et al. 2020, section 3.1, Algorithm 2; hyperparameters of Arjovsky et al. 2017.
WIRGAN = Config(
    model="wirgan", penalty="clipping", critic_normalization="batch", optimizer="rmsprop",
    generator_learning_rate=5e-5, critic_learning_rate=5e-5)
WGAN = Config(
    model="wgan", time_steps=1, penalty="clipping", critic_normalization="batch", optimizer="rmsprop",
    generator_learning_rate=5e-5, critic_learning_rate=5e-5)

# Im et al. 2016: the sum of canvases, bounded noise and states, the original GAN's loss; optimizer of Radford et al.
GRAN = Config(
    model="gran", objective="gan", penalty="none", critic_normalization="batch", critic_updates=1, canvas="sum",
    noise_layer=True, encoder_activation="tanh", generator_learning_rate=2e-4, critic_learning_rate=2e-4,
    beta_2=0.999)

# Goodfellow et al. 2014, equation 1 to the letter; optimizer of Radford et al. 2016.
GAN_MINIMAX = Config(
    model="gan_minimax", time_steps=1, objective="gan_minimax", penalty="none", critic_updates=1,
    generator_learning_rate=2e-4, critic_learning_rate=2e-4, beta_2=0.999)

# The same with its section 3's loss for the generator, which does not saturate.
GAN = dataclasses.replace(GAN_MINIMAX, model="gan", objective="gan")

# Mao et al. 2017, their LSUN scenes.
LSGAN = Config(
    model="lsgan", time_steps=1, objective="lsgan", penalty="none", critic_normalization="batch", critic_updates=1,
    latent=1024, noise="uniform", generator_learning_rate=1e-3, critic_learning_rate=1e-3, beta_2=0.999)

# Nowozin et al. 2016, section 4.1.
F_GAN = Config(
    model="f_gan", time_steps=1, objective="f_gan", penalty="none", critic_updates=1, latent=100, noise="uniform",
    generator_learning_rate=2e-4, critic_learning_rate=2e-4, beta_2=0.999)

# Qi 2017: the program of LS-GAN with a gradient penalty, and that of GLS-GAN, which clips.
LS_GAN = Config(
    model="ls_gan", time_steps=1, objective="ls_gan", critic_updates=1, latent=100, noise="normal",
    generator_learning_rate=2e-4, critic_learning_rate=2e-4, beta_2=0.999)
GLS_GAN = Config(
    model="gls_gan", time_steps=1, objective="gls_gan", penalty="clipping", clip=0.04, critic_normalization="batch",
    critic_updates=1, latent=100, noise="uniform", beta_2=0.999)

# Miyato et al. 2018.
SNGAN = Config(
    model="sngan", time_steps=1, objective="hinge", penalty="spectral", noise="normal", generator_learning_rate=2e-4,
    critic_learning_rate=2e-4, beta_1=0.0)

# Radford et al. 2016; the latent size, batch size and optimizer are also those of the report on landscapes.
DCGAN = Config(
    model="dcgan", network="dcgan", time_steps=1, latent=100, noise="uniform", objective="gan", penalty="none",
    critic_normalization="batch", critic_updates=1, generator_learning_rate=2e-4, critic_learning_rate=2e-4,
    beta_2=0.999)

# Zhao et al. 2016, with DCGAN's optimizer. The margin is one of the mean squared error: see docs/reference.md.
EBGAN = Config(
    model="ebgan", network="ebgan", time_steps=1, width=64, kernel_size=4, latent=100, noise="uniform",
    objective="ebgan", margin=0.1, penalty="none", critic_normalization="batch", critic_updates=1,
    generator_learning_rate=2e-4, critic_learning_rate=2e-4, beta_2=0.999)

# Berthelot et al. 2017.
BEGAN = Config(
    model="began", network="began", time_steps=1, width=64, kernel_size=3, latent=64, noise="uniform",
    objective="began", penalty="none", batch_size=16, critic_updates=1, beta_2=0.999, learning_rate_decay="on_stall",
    initializer="glorot", critic_initializer="glorot")

# Yin et al. 2020: skip connections, and two time scales of learning, 4 : 1.
BEGAN_SKIP = dataclasses.replace(BEGAN, model="began_skip", network="began_skip", critic_learning_rate=4e-4)

# Gulrajani et al. 2017, the residual network for CIFAR-10 without labels.
RESNET = Config(
    model="resnet", network="resnet", time_steps=1, kernel_size=3, noise="normal", generator_learning_rate=2e-4,
    critic_learning_rate=2e-4, beta_1=0.0, learning_rate_decay="linear_throughout", iterations=100_000,
    initializer="he", critic_initializer="he")

# The future work of Feng et al. 2020, section 5: GP-WIRGAN on a residual backbone, with Glorot's initial weights.
RECURRENT_RESNET = dataclasses.replace(
    RESNET, model="recurrent_resnet", time_steps=3, noise="truncated_normal", initializer="glorot",
    critic_initializer="glorot")

# Feng et al. 2020, section 4.3.2: the toy study. The source's layers have 512 units; 128 take a tenth of the time,
# which goes into updates instead. It gives no rates and no noise: these are the best of those tried (docs/results.md).
SIM_GP_WIRGAN = Config(
    model="sim_gp_wirgan", network="mlp", width=128, latent=2, noise="normal", batch_size=128, initializer="glorot",
    critic_initializer="he", penalty_weight=1.0, generator_learning_rate=4e-3, critic_learning_rate=4e-3, beta_1=0.0,
    learning_rate_decay="linear", generator_average=0.99, iterations=3000)
SIM_WIRGAN = dataclasses.replace(
    SIM_GP_WIRGAN, model="sim_wirgan", penalty="clipping", clip=0.1, optimizer="rmsprop", generator_learning_rate=1e-3,
    critic_learning_rate=1e-3)

# Not adversaries: Kingma and Welling 2014 on GP-WIRGAN's own generator, by Adam as its article sets it.
VAE = Config(
    model="vae", objective="evidence_lower_bound", penalty="none", critic_updates=1, time_steps=1, canvas="sum",
    noise="normal", initializer="glorot", batch_size=100, generator_learning_rate=1e-3, beta_1=0.9, beta_2=0.999)
AUTOENCODER = dataclasses.replace(VAE, model="autoencoder", objective="reconstruction", noise="uniform")
# Im et al. 2017.
DENOISING_VAE = dataclasses.replace(VAE, model="denoising_vae", objective="denoising_evidence_lower_bound")
# Gregor et al. 2015, its sizes for MNIST.
DRAW = dataclasses.replace(VAE, model="draw", network="draw", time_steps=64, width=256, latent=100)

PRESETS = Registry("model", {preset.model: preset for preset in (
    GP_WIRGAN, WIRGAN, GRAN, WGAN, WGAN_GP, GAN, GAN_MINIMAX, LSGAN, F_GAN, LS_GAN, GLS_GAN, SNGAN, DCGAN, EBGAN, BEGAN,
    BEGAN_SKIP, RESNET, RECURRENT_RESNET, SIM_GP_WIRGAN, SIM_WIRGAN, AUTOENCODER, VAE, DENOISING_VAE, DRAW)})
