"""What defines a run: one frozen dataclass, checked when made, from which the command line's flags are derived."""

import dataclasses
import json
import math
import pathlib
from typing import Any

from wirgan_tf.files import write_whole

NOISES = ("truncated_normal", "normal", "uniform")
INITIALIZERS = ("normal", "glorot", "he")
LARGEST_SEED = 2**62


def setting(default: Any, about: str, *, choices: tuple[str, ...] = (), safe_to_change: bool = False,
            flag: str = "") -> Any:
    """A field that is a flag, `flag` if not of its own name: its default, its line of `--help`, who may change it."""
    return dataclasses.field(default=default, metadata={"about": about, "choices": choices, "flag": flag,
                                                        "safe_to_change": safe_to_change})


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
    latent: int = setting(128, "size of a time step's noise vector z_t and of the encoded canvas h_t")
    noise: str = setting("truncated_normal", "distribution of z_t", choices=NOISES)
    canvas: str = setting("last", "the image: the last canvas, or tanh of the sum of all",
                          choices=("last", "sum"))
    noise_layer: bool = setting(False, "pass z_t through Dense + tanh before the decoder")
    encoder_activation: str = setting("linear", "activation of the encoded canvas h_t",
                                      choices=("linear", "tanh"))
    critic_normalization: str = setting("none", "normalisation in the critic", choices=("none", "batch"))
    initializer: str = setting("normal", "the generator's weights: N(0, 0.02^2), Glorot's or He's normal",
                               choices=INITIALIZERS)
    critic_initializer: str = setting("normal", "the critic's weights: N(0, 0.02^2), Glorot's or He's normal",
                                      choices=INITIALIZERS)
    # How they are trained.
    objective: str = setting("wgan", "losses of critic and generator")
    penalty: str = setting("gp", "how the critic is kept smooth")
    penalty_weight: float = setting(10.0, "lambda, weight of the gradient penalty")
    clip: float = setting(0.01, "c, critic variables are clipped to [-c, c] (clipping penalty)")
    batch_size: int = setting(64, "images in a batch, over all devices")
    critic_updates: int = setting(5, "n_D, critic updates in each generator update")
    iterations: int = setting(20_000, "generator updates to reach", safe_to_change=True)
    optimizer: str = setting("adam", "optimizer of both players", choices=("adam", "rmsprop"))
    generator_learning_rate: float = setting(1e-4, "the generator's learning rate")
    critic_learning_rate: float = setting(1e-4, "the critic's learning rate")
    beta_1: float = setting(0.5, "Adam's first moment decay")
    beta_2: float = setting(0.9, "Adam's second moment decay")
    learning_rate_decay: str = setting("none", "learning rates: constant, or linearly to 0 over the second half",
                                       choices=("none", "linear"))
    generator_average: float = setting(
        0.0, "decay of the moving average of the generator's weights used for sampling; 0: no average")
    seed: int = setting(0, "seed of weights, noise and data order")
    mixed_precision: bool = setting(False, "compute in bfloat16, keep variables in float32")
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
        for name in ("generator_learning_rate", "critic_learning_rate", "clip"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"--{name}={getattr(self, name)}: must be greater than 0, and finite")
        check_seed(self.seed)
        for name in ("beta_1", "beta_2", "generator_average"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"--{name}={getattr(self, name)}: must be in [0, 1)")
        if self.model in ("wgan", "wgan_gp") and self.time_steps != 1:
            recurrent = {"wgan": "wirgan", "wgan_gp": "gp_wirgan"}[self.model]
            raise ValueError(f"--model={self.model} is the case T = 1, --time_steps={self.time_steps} was asked for; "
                             f"use --model={recurrent}")
        if self.penalty.startswith("gp") and self.critic_normalization == "batch":
            raise ValueError("--penalty=gp is a penalty of each sample alone and --critic_normalization=batch mixes "
                             "the samples of a batch; use --critic_normalization=none")

    def differences(self, other: "Config") -> list[str]:
        """Names of the fields that differ from `other` and must not in a resumed run."""
        safe = {field.name for field in dataclasses.fields(self) if field.metadata["safe_to_change"]}
        if self.learning_rate_decay != "none":
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


def check_seed(seed: int) -> None:
    """Raises `ValueError` for a seed that 64 bits cannot hold with room for the seeds counted from it."""
    if not abs(seed) < LARGEST_SEED:
        raise ValueError(f"--seed={seed}: must be between -2^62 and 2^62")


_SMALLEST = {
    "time_steps": 1, "width": 1, "kernel_size": 1, "latent": 1, "batch_size": 1, "critic_updates": 1, "iterations": 1,
    "image_size": 0, "penalty_weight": 0, "checkpoint_every": 1, "keep_checkpoints": 1, "sample_every": 1,
    "log_every": 1, "eval_every": 0, "export_every": 0,
}
