"""Models by name: for each, the settings by which it differs from the defaults of its parts."""

from typing import Any

from wirgan_tf.registry import Registry

Preset = dict[str, Any]
"""Names of parts by axis, and settings; `time_steps` even for a network without recurrence, should it be replaced."""

# Feng et al. 2020, section 3.2, Algorithm 3; hyperparameters of Gulrajani et al. 2017.
GP_WIRGAN: Preset = {"family": "adversarial", "network": "convolutional", "objective": "wgan", "penalty": "gp",
                     "optimizer": "adam", "learning_rate_decay": "none"}
WGAN_GP = GP_WIRGAN | {"time_steps": 1}

# Feng et al. 2020, section 3.1, Algorithm 2; hyperparameters of Arjovsky et al. 2017.
WIRGAN = GP_WIRGAN | {
    "penalty": "clipping", "critic_normalization": "batch", "optimizer": "rmsprop", "generator_learning_rate": 5e-5,
    "critic_learning_rate": 5e-5}
WGAN = WIRGAN | {"time_steps": 1}

# Im et al. 2016: the sum of canvases, bounded noise and states, the original GAN's loss; optimizer of Radford et al.
GRAN = GP_WIRGAN | {
    "objective": "gan", "penalty": "none", "critic_normalization": "batch", "critic_updates": 1, "canvas": "sum",
    "noise_layer": True, "encoder_activation": "tanh", "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4,
    "beta_2": 0.999}

# The same as set in its authors' code (main_granI_cifar10.py, optimize_gan.py of github.com/jiwoongim/GRAN). There
# Adam's beta_1 is given as 0.9, but it is multiplied by 1e-8 from the second update on: beta_1 is in effect 0, and the
# first updates take larger steps. Not here: what networks/gran.py names, weight decay of 5e-6, rates that fall by
# 1 / (1 + epoch / 50), and kernels of convolutions that begin as N(0, 0.01^2).
GRAN_PROGRAM = GRAN | {
    "network": "gran", "latent": 100, "noise": "normal", "batch_size": 100, "generator_learning_rate": 1e-4,
    "critic_learning_rate": 4e-5, "beta_1": 0.0, "initializer": "glorot", "critic_initializer": "glorot"}

# Goodfellow et al. 2014, equation 1 to the letter; optimizer of Radford et al. 2016.
GAN_MINIMAX = GP_WIRGAN | {
    "time_steps": 1, "objective": "gan_minimax", "penalty": "none", "critic_updates": 1,
    "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4, "beta_2": 0.999}

# The same with the non-saturating loss for the generator of its section 3.
GAN = GAN_MINIMAX | {"objective": "gan"}

# Mao et al. 2017, their LSUN scenes, with the targets of equation 8, which minimise the Pearson chi^2 divergence.
LSGAN = GP_WIRGAN | {
    "time_steps": 1, "objective": "lsgan", "penalty": "none", "critic_normalization": "batch", "critic_updates": 1,
    "latent": 1024, "noise": "uniform", "generator_learning_rate": 1e-3, "critic_learning_rate": 1e-3, "beta_2": 0.999}

# Nowozin et al. 2016, section 4.1.
F_GAN = GP_WIRGAN | {
    "time_steps": 1, "objective": "f_gan", "penalty": "none", "critic_updates": 1, "latent": 100, "noise": "uniform",
    "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4, "beta_2": 0.999}

# Qi 2017: the code of LS-GAN with a gradient penalty, and that of GLS-GAN, which clips.
LS_GAN = GP_WIRGAN | {
    "time_steps": 1, "objective": "ls_gan", "critic_updates": 1, "latent": 100, "noise": "normal",
    "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4, "beta_2": 0.999}
GLS_GAN = GP_WIRGAN | {
    "time_steps": 1, "objective": "gls_gan", "penalty": "clipping", "clip": 0.04, "critic_normalization": "batch",
    "critic_updates": 1, "latent": 100, "noise": "uniform", "beta_2": 0.999}

# Miyato et al. 2018.
SNGAN = GP_WIRGAN | {
    "time_steps": 1, "objective": "hinge", "penalty": "none", "spectral_normalization": True, "noise": "normal",
    "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4, "beta_1": 0.0}

# Huang et al. 2024 (R3GAN): its loss and penalties on the convolutional network. Rate, gamma (`r1_gamma`), betas and
# latent size are those that its code's CIFAR-10 preset starts from. There, within 20 million images and batches of
# 512, the rate falls to 5e-5, gamma to 0.005, beta_2 rises to 0.99 and the half-life of the average from 0 to 5 million
# images, of which 0.999 is what 20,000 updates of this batch reach. gamma depends on the data: 2 for FFHQ at 64x64, 150
# at 256x256, 0.5 and 1 for ImageNet at 32x32 and 64x64. Its labels and augmentation are not here.
R3GAN_LOSS = GP_WIRGAN | {
    "time_steps": 1, "objective": "relativistic", "penalty": "r1_r2", "r1_gamma": 0.05, "critic_updates": 1,
    "noise": "normal", "latent": 64, "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4, "beta_1": 0.0,
    "beta_2": 0.9, "initializer": "he", "critic_initializer": "he", "generator_average": 0.999}

# Radford et al. 2016; the latent size, batch size and optimizer are also those of the report on landscapes.
DCGAN = GP_WIRGAN | {
    "network": "dcgan", "time_steps": 1, "latent": 100, "noise": "uniform", "objective": "gan", "penalty": "none",
    "critic_normalization": "batch", "critic_updates": 1, "generator_learning_rate": 2e-4,
    "critic_learning_rate": 2e-4, "beta_2": 0.999}

# Zhao et al. 2016, with DCGAN's optimizer. The margin is one of the mean squared error: see docs/reference.md.
EBGAN = GP_WIRGAN | {
    "network": "ebgan", "time_steps": 1, "width": 64, "kernel_size": 4, "latent": 100, "noise": "uniform",
    "objective": "ebgan", "margin": 0.1, "penalty": "none", "critic_normalization": "batch", "critic_updates": 1,
    "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4, "beta_2": 0.999}

# Berthelot et al. 2017.
BEGAN = GP_WIRGAN | {
    "network": "began", "time_steps": 1, "width": 64, "kernel_size": 3, "latent": 64, "noise": "uniform",
    "objective": "began", "penalty": "none", "batch_size": 16, "critic_updates": 1, "beta_2": 0.999,
    "learning_rate_decay": "on_stall", "initializer": "glorot", "critic_initializer": "glorot"}

# Yin et al. 2020: skip connections, and two time scales of learning, 4 : 1.
BEGAN_SKIP = BEGAN | {"network": "began_skip", "critic_learning_rate": 4e-4}

# Gulrajani et al. 2017, the residual network for CIFAR-10 without labels.
RESNET = GP_WIRGAN | {
    "network": "resnet", "time_steps": 1, "kernel_size": 3, "noise": "normal", "generator_learning_rate": 2e-4,
    "critic_learning_rate": 2e-4, "beta_1": 0.0, "learning_rate_decay": "linear_throughout", "iterations": 100_000,
    "initializer": "he", "critic_initializer": "he"}

# The future work of Feng et al. 2020, section 5: GP-WIRGAN on a residual backbone, with Glorot's initial weights.
RECURRENT_RESNET = RESNET | {
    "time_steps": 3, "noise": "truncated_normal", "initializer": "glorot", "critic_initializer": "glorot"}

# Feng et al. 2020, section 4.3.2: the toy study. The source's layers have 512 units; 128 take a tenth of the time,
# which goes into updates instead. It gives no rates and no noise: these are the best of those tried
# (docs/results/toy.md).
SIM_GP_WIRGAN = GP_WIRGAN | {
    "network": "mlp", "width": 128, "latent": 2, "noise": "normal", "batch_size": 128, "initializer": "glorot",
    "critic_initializer": "he", "penalty_weight": 1.0, "r1_gamma": 1.0, "generator_learning_rate": 4e-3,
    "critic_learning_rate": 4e-3, "beta_1": 0.0, "learning_rate_decay": "linear", "generator_average": 0.99,
    "iterations": 3000}
SIM_WIRGAN = SIM_GP_WIRGAN | {
    "penalty": "clipping", "clip": 0.1, "optimizer": "rmsprop", "generator_learning_rate": 1e-3,
    "critic_learning_rate": 1e-3}

# GP-WIRGAN and WIRGAN that draw what they are asked for: one y for all time steps, joined to each step's noise. Weights
# and rates are those that learn every class of the digits in 1,500 updates; with their models' own, GP-WIRGAN draws one
# class as another in one run of two, and WIRGAN draws 14 % as asked (docs/results/conditions.md).
CONDITIONAL_GP_WIRGAN = GP_WIRGAN | {
    "family": "conditional", "initializer": "glorot", "critic_initializer": "he", "generator_learning_rate": 5e-4,
    "critic_learning_rate": 5e-4}
CONDITIONAL_WIRGAN = WIRGAN | {
    "family": "conditional", "initializer": "glorot", "critic_initializer": "he", "generator_learning_rate": 1e-3,
    "critic_learning_rate": 1e-3}

# Mirza and Osindero 2014, as is common practice: DCGAN's networks and optimizer, label planes joined to the image. The
# class enters by batch normalisation, as in the projection GAN. Joined to the noise, the class alone makes batches
# vary; the noise is then no longer needed, and all samples of a class become one picture (docs/results/conditions.md).
# Rates and weights are those of the conditional GP-WIRGAN.
CGAN = DCGAN | {
    "family": "conditional", "network": "convolutional", "generator_condition": "normalization",
    "critic_condition": "planes", "initializer": "glorot", "critic_initializer": "he", "generator_learning_rate": 5e-4,
    "critic_learning_rate": 5e-4, "learning_rate_decay": "linear"}

# Odena et al. 2017: a classifier in the critic, trained on real images alone (see docs/reference.md).
ACGAN = CGAN | {"critic_condition": "classifier"}

# Miyato and Koyama 2018: SNGAN with conditional batch normalisation and a projection; rates fall from the start.
# Its authors' code draws weights sqrt(2) times as large as Glorot's, which between equal widths are He's. Their rates,
# 2e-4 for 50,000 updates, are in the flagfile of CIFAR-10; in 1,500 on digits, those here draw more samples as asked.
PROJECTION_GAN = SNGAN | {
    "family": "conditional", "generator_condition": "normalization", "learning_rate_decay": "linear_throughout",
    "initializer": "he", "critic_initializer": "he", "generator_learning_rate": 4e-4, "critic_learning_rate": 4e-4}

# Chen et al. 2016, appendix C.1, MNIST: 62 numbers of noise, a code of 10 classes and two continuous ones.
INFOGAN = GP_WIRGAN | {
    "family": "infogan", "network": "infogan", "time_steps": 1, "width": 64, "kernel_size": 4, "latent": 62,
    "noise": "uniform", "objective": "gan", "penalty": "none", "critic_normalization": "batch", "critic_updates": 1,
    "batch_size": 128, "generator_learning_rate": 1e-3, "critic_learning_rate": 2e-4, "beta_2": 0.999}

# Zhang et al. 2017, with the loss and penalties of R3GAN, a projection, conditional batch normalisation, and rates and
# weights that learn digits in some hundred updates. In as many, the paper's own form, in the flagfile of 256x256, draws
# one shape for each tint (docs/results/stackgan.md). Its rates halve every 50 or 100 epochs; those here fall linearly.
STACKGAN = GP_WIRGAN | {
    "family": "stackgan", "network": "stackgan", "width": 64, "latent": 100, "noise": "normal",
    "generator_condition": "normalization", "condition_in_critic": "projection", "augmentation_deviation": 0.2,
    "divergence_weight": 1e-3,
    "objective": "relativistic", "penalty": "r1_r2", "r1_gamma": 0.005, "critic_updates": 3, "initializer": "he",
    "critic_initializer": "he", "generator_learning_rate": 1e-3, "critic_learning_rate": 1e-3, "beta_2": 0.999,
    "learning_rate_decay": "linear_throughout", "generator_average": 0.99}

# Isola et al. 2017, section 3 and appendix 6.2, and its authors' code: rates stay constant. Normalisation is that of
# each image, which is what batch normalisation does at the source's batch of 1. Its critic's loss is half of `gan`'s.
PIX2PIX = GP_WIRGAN | {
    "family": "pix2pix", "network": "unet", "objective": "gan", "penalty": "none", "width": 64, "batch_size": 1,
    "critic_updates": 1, "critic_weight": 0.5, "generator_learning_rate": 2e-4, "critic_learning_rate": 2e-4,
    "beta_2": 0.999}

# Zhu et al. 2017, section 4 and appendix 7: least squares, as in its code. The targets are 0 and 1, and the generators'
# loss is twice `lsgan`'s. Iterations depend on the data: half of them at constant rates, half at rates falling to 0.
CYCLEGAN = PIX2PIX | {
    "family": "cyclegan", "network": "resnet_translator", "objective": "lsgan", "fake_target": 0.0, "real_target": 1.0,
    "generator_target": 1.0, "adversarial_weight": 2.0, "critic_weight": 1.0, "learning_rate_decay": "linear"}

# Choi et al. 2018, section 4 and appendix 7.2: 200,000 updates of the critic. Its authors' code leaves the initial
# weights to PyTorch: variance 1 / (3 fan in), to which Glorot's is the nearest here. N(0, 0.02^2) is too small for a
# critic of few channels without normalisation.
STARGAN = GP_WIRGAN | {
    "family": "stargan", "network": "stargan", "padding": "zero", "strided_kernel": 4, "patch_normalization": "none",
    "width": 64, "batch_size": 16, "beta_2": 0.999, "initializer": "glorot", "critic_initializer": "glorot",
    "learning_rate_decay": "linear", "iterations": 40_000}

# Not adversaries: Kingma and Welling 2014 on GP-WIRGAN's own generator, with Adam as in its article.
VAE = GP_WIRGAN | {
    "family": "vae", "time_steps": 1, "canvas": "sum", "noise": "normal", "initializer": "glorot", "batch_size": 100,
    "generator_learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999}
AUTOENCODER = VAE | {"family": "autoencoder", "noise": "uniform"}
# Im et al. 2017.
DENOISING_VAE = VAE | {"family": "denoising_vae"}
# Gregor et al. 2015, its sizes for MNIST.
DRAW = VAE | {"network": "draw", "time_steps": 64, "width": 256, "latent": 100}

PRESETS: Registry[Preset] = Registry("model", {
    "gp_wirgan": GP_WIRGAN, "wirgan": WIRGAN, "gran": GRAN, "gran_program": GRAN_PROGRAM, "wgan": WGAN,
    "wgan_gp": WGAN_GP, "gan": GAN,
    "gan_minimax": GAN_MINIMAX, "lsgan": LSGAN, "f_gan": F_GAN, "ls_gan": LS_GAN, "gls_gan": GLS_GAN, "sngan": SNGAN,
    "r3gan_loss": R3GAN_LOSS, "dcgan": DCGAN, "ebgan": EBGAN, "began": BEGAN, "began_skip": BEGAN_SKIP,
    "resnet": RESNET, "recurrent_resnet": RECURRENT_RESNET, "sim_gp_wirgan": SIM_GP_WIRGAN, "sim_wirgan": SIM_WIRGAN,
    "conditional_gp_wirgan": CONDITIONAL_GP_WIRGAN, "conditional_wirgan": CONDITIONAL_WIRGAN, "cgan": CGAN,
    "acgan": ACGAN, "projection_gan": PROJECTION_GAN, "infogan": INFOGAN,
    "pix2pix": PIX2PIX, "cyclegan": CYCLEGAN, "stargan": STARGAN,
    "stackgan": STACKGAN,
    "autoencoder": AUTOENCODER, "vae": VAE, "denoising_vae": DENOISING_VAE, "draw": DRAW})

RECURRENT_FORM = {"wgan": "wirgan", "wgan_gp": "gp_wirgan", "resnet": "recurrent_resnet"}
"""Models that are the case T = 1 of another, which is the one to use for T > 1."""
