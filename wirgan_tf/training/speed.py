"""How fast a model trains."""

import contextlib
import time
from collections.abc import Iterator


class Speed:
    """Updates per second of the time that updates take: what is done after one and before the next is left out.

    So is the first update, in which the model is compiled.
    """

    def __init__(self):
        self._updates, self._seconds = 0, 0.0
        self._began: float | None = None  # of the update that is being made

    @contextlib.contextmanager
    def after_update(self) -> Iterator[None]:
        """Counts an update that has ended; the next one begins when the context is left."""
        if self._began is not None:
            self._updates += 1
            self._seconds += time.monotonic() - self._began
        yield
        self._began = time.monotonic()

    def per_second(self) -> float | None:
        """The speed over the updates counted since the last call; None without any."""
        updates, seconds = self._updates, self._seconds
        self._updates, self._seconds = 0, 0.0
        return updates / seconds if seconds else None
