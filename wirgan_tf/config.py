"""What defines a run: one frozen dataclass, checked when made, from which the command line's flags are derived."""

import dataclasses
import json
import math
import pathlib
from collections.abc import Iterable
from typing import Any

from wirgan_tf.files import write_whole

NOISES = ("truncated_normal", "normal", "uniform")
INITIALIZERS = ("normal", "glorot", "he")
DIVERGENCES = ("kl", "reverse_kl", "pearson", "squared_hellinger", "jensen_shannon", "gan")
GRADIENT_PENALTIES = ("gp", "gp_one_sided", "r1", "dragan")  # each takes the critic's gradient of every sample alone
LARGEST_SEED = 2**62


def setting(default: Any, about: str, *, choices: tuple[str, ...] = (), safe_to_change: bool = False,
            flag: str = "", only_for: tuple[str, ...] = ()) -> Any:
    """A field that is a flag: its default, its line of `--help`, and whether a resumed run may change it.

    `flag` is its name on the command line if not its own; `only_for`, if not empty, is the name of another field and
    the values of it under which this one is used.
    """
    return dataclasses.field(default=default, metadata={
        "about": about, "choices": choices, "safe_to_change": safe_to_change, "flag": flag, "only_for": only_for})


def flag_name(field: dataclasses.Field) -> str:
    """The flag that sets `field`."""
    return field.metadata["flag"] or field.name


def check_choices(settings: Any) -> None:
    """Raises `ValueError` for a field of the dataclass `settings` that is none of its choices."""
    for field in dataclasses.fields(settings):
        choices, value = field.metadata.get("choices"), getattr(settings, field.name)
        if choices and value not in choices:
            raise ValueError(f"--{field.name}={value}: the choices are {', '.join(choices)}")


@dataclasses.dataclass(frozen=True)
class Config:
    """A run's whole definition. Raises `ValueError` when a value cannot work, naming it and what would."""

    model: str = setting("gp_wirgan", "preset of network, objective, penalty and hyperparameters")
    # What is drawn.
    dataset: str = setting("digits", "data set")
    data_dir: str = setting("", "folder of the data: prepared TensorFlow Datasets, an LMDB folder or images",
                            safe_to_change=True)
    image_size: int = setting(0, "height and width of the images; 0: the data set's own (celeba: 64 or 128)")
    # Who draws and who judges.
    network: str = setting("convolutional", "architecture of generator and critic")
    time_steps: int = setting(3, "T, how many times the generator redraws its canvas")
    width: int = setting(128, "channels of the first convolution (units of a layer in the mlp network)")
    kernel_size: int = setting(5, "height and width of the convolutions' kernels")
    read_size: int = setting(2, "N, filters a side of the grid that DRAW reads by", only_for=("network", "draw"))
    write_size: int = setting(5, "N, filters a side of the grid that DRAW writes by", only_for=("network", "draw"))
    latent: int = setting(128, "size of a time step's noise vector z_t and of the encoded canvas h_t")
    noise: str = setting("truncated_normal", "distribution of z_t", choices=NOISES)
    canvas: str = setting("last", "the image: the last canvas, or tanh of the sum of all",
                          choices=("last", "sum"))
    noise_layer: bool = setting(False, "pass z_t through Dense + tanh before the decoder")
    encoder_activation: str = setting("linear", "activation of the encoded canvas h_t",
                                      choices=("linear", "tanh"))
    critic_normalization: str = setting("none", "normalisation in the critic", choices=("none", "batch"))
    critic_dropout: float = setting(0.0, "share of the critic's features dropped after each activation in training",
                                    only_for=("network", "convolutional", "dcgan"))
    initializer: str = setting("normal", "the generator's weights: N(0, 0.02^2), Glorot's or He's normal",
                               choices=INITIALIZERS)
    critic_initializer: str = setting("normal", "the critic's weights: N(0, 0.02^2), Glorot's or He's normal",
                                      choices=INITIALIZERS)
    # How they are trained.
    objective: str = setting("wgan", "losses of critic and generator, or of a likelihood")
    penalty: str = setting("gp", "how the critic is kept smooth")
    divergence: str = setting("jensen_shannon", "f-GAN's divergence", choices=DIVERGENCES,
                              only_for=("objective", "f_gan"))
    fake_target: float = setting(-1.0, "a, LSGAN's target of the critic for generated images",
                                 only_for=("objective", "lsgan"))
    real_target: float = setting(1.0, "b, LSGAN's target of the critic for real images",
                                 only_for=("objective", "lsgan"))
    generator_target: float = setting(0.0, "c, LSGAN's target of the generator", only_for=("objective", "lsgan"))
    margin_weight: float = setting(10.0, "lambda, weight of LS-GAN's violated margins",
                                   only_for=("objective", "ls_gan"))
    slope: float = setting(0.5, "v, GLS-GAN's slope for margins that are kept: 0 rewards none, 1 is WGAN",
                           only_for=("objective", "gls_gan"))
    margin: float = setting(0.1, "m, EBGAN's energy that generated images shall have", only_for=("objective", "ebgan"))
    pulling_away_weight: float = setting(0.1, "weight of EBGAN's pulling-away term; 0: none",
                                         only_for=("objective", "ebgan"))
    gamma: float = setting(0.5, "BEGAN's ratio of the energies of generated and real images",
                           only_for=("objective", "began"))
    corruption: float = setting(0.1, "share of the pixels that the encoder sees black or white by chance",
                                only_for=("objective", "denoising_evidence_lower_bound"))
    k_learning_rate: float = setting(0.001, "lambda_k, how fast BEGAN's k follows", only_for=("objective", "began"))
    penalty_weight: float = setting(10.0, "lambda, weight of the gradient penalty (gamma of r1)",
                                    only_for=("penalty", *GRADIENT_PENALTIES))
    clip: float = setting(0.01, "c, critic variables are clipped to [-c, c]", only_for=("penalty", "clipping"))
    batch_size: int = setting(64, "images in a batch, over all devices")
    sync_batch_norm: bool = setting(
        True, "with several devices, normalise by the batch of all of them rather than each by its own share")
    critic_updates: int = setting(5, "n_D, critic updates in each generator update")
    iterations: int = setting(20_000, "generator updates to reach", safe_to_change=True)
    optimizer: str = setting("adam", "optimizer of both players", choices=("adam", "rmsprop"))
    generator_learning_rate: float = setting(1e-4, "the learning rate of the generator, and of a likelihood's encoder")
    critic_learning_rate: float = setting(1e-4, "the critic's learning rate")
    beta_1: float = setting(0.5, "Adam's first moment decay")
    beta_2: float = setting(0.9, "Adam's second moment decay")
    learning_rate_decay: str = setting("none", "learning rates: constant, linearly to 0 over the second half or "
                                       "throughout, or halved when BEGAN's convergence measure stalls",
                                       choices=("none", "linear", "linear_throughout", "on_stall"))
    stall_patience: int = setting(2_000, "generator updates without a better convergence measure before the halving",
                                  only_for=("learning_rate_decay", "on_stall"))
    critic_skip_above: float = setting(
        1.0, "skip the critic's update when it ranks more than this share of real images above generated ones")
    generator_skip_below: float = setting(
        0.0, "skip the generator's update when the critic ranks less than this share of real images above generated "
        "ones")
    generator_average: float = setting(
        0.0, "decay of the moving average of the generator's weights used for sampling; 0: no average")
    seed: int = setting(0, "seed of weights, noise and data order")
    mixed_precision: bool = setting(False, "compute in bfloat16, keep variables in float32")
    recompute: bool = setting(False, "compute time steps again for their gradients: less memory for more time",
                              safe_to_change=True)
    jit_compile: bool = setting(False, "compile the training step with XLA, whose draws of the same seeds are others")
    # What is kept of it.
    checkpoint_every: int = setting(500, "generator updates between checkpoints", safe_to_change=True)
    keep_checkpoints: int = setting(3, "newest checkpoints kept, beside the best", safe_to_change=True)
    sample_every: int = setting(250, "generator updates between pictures", safe_to_change=True)
    log_every: int = setting(50, "generator updates between lines in TensorBoard", safe_to_change=True)
    eval_every: int = setting(500, "generator updates between brief evaluations; 0: at the end only",
                              safe_to_change=True)
    export_every: int = setting(0, "generator updates between exports to the run's folder; 0: at the end only",
                                safe_to_change=True)

    def __post_init__(self):
        check_choices(self)
        for name, smallest in _SMALLEST.items():
            if not getattr(self, name) >= smallest:
                raise ValueError(f"--{name}={getattr(self, name)}: must be at least {smallest}")
        for name in ("generator_learning_rate", "critic_learning_rate", "clip", "margin", "k_learning_rate"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"--{name}={getattr(self, name)}: must be greater than 0, and finite")
        check_seed(self.seed)
        for name in ("beta_1", "beta_2", "generator_average", "critic_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"--{name}={getattr(self, name)}: must be in [0, 1)")
        for name in ("gamma", "corruption", "critic_skip_above", "generator_skip_below"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"--{name}={getattr(self, name)}: must be in [0, 1]")
        for name in ("fake_target", "real_target", "generator_target", "slope"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"--{name}={getattr(self, name)}: must be finite")
        if self.generator_skip_below > self.critic_skip_above:
            raise ValueError(f"--generator_skip_below={self.generator_skip_below} is above --critic_skip_above="
                             f"{self.critic_skip_above}: between them both players would stand still; lower it")
        if not self.slope <= 1:
            raise ValueError(f"--slope={self.slope}: must be at most 1")
        recurrent = {"wgan": "wirgan", "wgan_gp": "gp_wirgan", "resnet": "recurrent_resnet"}.get(self.model)
        if recurrent and self.time_steps != 1:
            raise ValueError(f"--model={self.model} is the case T = 1, --time_steps={self.time_steps} was asked for; "
                             f"use --model={recurrent}")
        if self.penalty in GRADIENT_PENALTIES and self.critic_normalization == "batch":
            raise ValueError(f"--penalty={self.penalty} is a penalty of each sample alone and "
                             "--critic_normalization=batch mixes the samples of a batch; use "
                             "--critic_normalization=none")

    def check_used(self, names: Iterable[str]) -> None:
        """Raises `ValueError` if a field of `names`, set on purpose, has no effect beside the others."""
        for name in names:
            if not self.uses(name):
                other, *values = _FIELDS[name].metadata["only_for"]
                raise ValueError(f"--{name} is used with --{other}={' or '.join(values)}, and "
                                 f"--{other}={getattr(self, other)} was asked for; leave out one of the two")

    def uses(self, name: str) -> bool:
        """Whether the field `name` has an effect beside the others."""
        other, *values = _FIELDS[name].metadata["only_for"] or ("model", self.model)
        return getattr(self, other) in values

    def differences(self, other: "Config") -> list[str]:
        """Names of the fields that differ from `other` and must not in a resumed run."""
        safe = {field.name for field in dataclasses.fields(self) if field.metadata["safe_to_change"]}
        if self.learning_rate_decay in ("linear", "linear_throughout"):
            safe.discard("iterations")  # the decay ends at the last iteration
        mine, others = dataclasses.asdict(self), dataclasses.asdict(other)
        return [name for name in mine if name not in safe and mine[name] != others[name]]

    def save(self, path: pathlib.Path) -> None:
        """Writes the config as JSON, all or nothing."""
        write_whole(path, json.dumps(dataclasses.asdict(self), indent=2).encode() + b"\n")

    @classmethod
    def load(cls, path: pathlib.Path) -> "Config":
        """Reads what `save` wrote. Raises `ValueError` for a file that is not a config."""
        try:
            return cls(**json.loads(path.read_text()))
        except (json.JSONDecodeError, TypeError) as error:
            raise ValueError(f"{path} is not a config of this version of wirgan_tf: {error}") from error


_FIELDS = {field.name: field for field in dataclasses.fields(Config)}


def check_seed(seed: int) -> None:
    """Raises `ValueError` for a seed that 64 bits cannot hold with room for the seeds counted from it."""
    if not abs(seed) < LARGEST_SEED:
        raise ValueError(f"--seed={seed}: must be between -2^62 and 2^62")


_SMALLEST = {
    "time_steps": 1, "width": 1, "kernel_size": 1, "latent": 1, "batch_size": 1, "critic_updates": 1, "iterations": 1,
    "read_size": 1, "write_size": 1, "image_size": 0, "penalty_weight": 0, "margin_weight": 0, "pulling_away_weight": 0,
    "stall_patience": 1, "checkpoint_every": 1, "keep_checkpoints": 1, "sample_every": 1,
    "log_every": 1, "eval_every": 0, "export_every": 0,
}
