"""What an architecture cannot do is refused, not ignored."""

from collections.abc import Iterable

from wirgan_tf.config import Config


def check_side(shape: tuple[int, ...], sides: Iterable[int], otherwise: str) -> int:
    """Height and width of images of `shape` [H, W, C].

    Raises: `ValueError`, which ends in `otherwise`, for shapes that are not one of `sides`.
    """
    if len(shape) != 3 or shape[0] != shape[1] or shape[0] not in sides:
        raise ValueError(f"the data has shape {tuple(shape)}; this network draws images of "
                         f"{', '.join(f'{side}x{side}' for side in sides)}; {otherwise}")
    return shape[0]


def refuse_all_but(config: Config, **supported) -> None:
    """Raises `ValueError` for a field of `config` that differs from the one value its network can do with."""
    for name, value in supported.items():
        if getattr(config, name) != value:
            raise ValueError(f"--{name}={getattr(config, name)}: the {config.network} network has no such option; use "
                             f"--{name}={value}")


def refuse_recurrence(config: Config) -> None:
    """Raises `ValueError` when a network without an encoder is asked to redraw its canvas."""
    if config.time_steps != 1:
        raise ValueError(f"--time_steps={config.time_steps}: the {config.network} network has no encoder to redraw its "
                         "canvas with; use --time_steps=1, or --network=convolutional, mlp or resnet")
