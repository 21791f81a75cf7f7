"""Sizes that an architecture cannot draw are refused."""

from collections.abc import Iterable


def check_side(shape: tuple[int, ...], sides: Iterable[int], otherwise: str) -> int:
    """Height and width of images of `shape` [H, W, C].

    Raises: `ValueError`, whose message ends in `otherwise`, for all but square images with one of `sides`.
    """
    if len(shape) != 3 or shape[0] != shape[1] or shape[0] not in sides:
        raise ValueError(f"the data has shape {tuple(shape)}; this network draws images of "
                         f"{', '.join(f'{side}x{side}' for side in sides)}; {otherwise}")
    return shape[0]
