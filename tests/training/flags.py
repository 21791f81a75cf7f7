"""A config as the command line writes it."""

import dataclasses

from wirgan_tf.config import Config


def flags_of(config: Config) -> list[str]:
    return [f"--{name}={value}" for name, value in dataclasses.asdict(config).items() if value != getattr(Config, name)]
