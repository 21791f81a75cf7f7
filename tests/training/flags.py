"""A config as the command line writes it."""

from wirgan_tf.config import Config


def flags_of(config: Config) -> list[str]:
    preset = Config(model=config.model).settings()
    changed = [f"--{name}={value}" for name, value in config.settings().items() if value != preset.get(name)]
    return [f"--model={config.model}", *changed]
