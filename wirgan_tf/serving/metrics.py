"""Metrics in Prometheus's text format, under the names that TensorFlow Serving gives them.

The official client library is not used: its counters must end in `_total`, and TensorFlow Serving's do not.
All metrics are updated on the server's event loop alone, so that they need no locks.
"""

import bisect
import itertools
from collections.abc import Sequence

_PREFIX = ":tensorflow:serving:"
_MICROSECONDS = [10 * 1.8**power for power in range(33)]  # TensorFlow Serving's buckets, 10 us to about 20 minutes
_ROWS = [float(2**power) for power in range(15)]


class Counter:
    """A number that only grows, for each combination of labels."""

    kind = "counter"

    def __init__(self, name: str, about: str, labels: Sequence[str]):
        self.name, self.about, self._labels = _PREFIX + name, about, labels
        self._values: dict[tuple[str, ...], float] = {}

    def add(self, *labels: str, amount: float = 1) -> None:
        """Adds `amount` to the number for these values of the labels."""
        self._values[labels] = self._values.get(labels, 0) + amount

    def lines(self) -> list[str]:
        return [f"{self.name}{_braces(self._labels, values)} {number:g}" for values, number in self._values.items()]


class Histogram:
    """Counts of observed values by upper bound, for each combination of labels."""

    kind = "histogram"

    def __init__(self, name: str, about: str, labels: Sequence[str], bounds: Sequence[float]):
        self.name, self.about, self._labels, self._bounds = _PREFIX + name, about, labels, bounds
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}

    def observe(self, *labels: str, value: float) -> None:
        """Counts `value` for these values of the labels."""
        counts = self._counts.setdefault(labels, [0] * (len(self._bounds) + 1))
        counts[bisect.bisect_left(self._bounds, value)] += 1
        self._sums[labels] = self._sums.get(labels, 0.0) + value

    def lines(self) -> list[str]:
        return [line for values in self._counts for line in self._lines_of(values)]

    def _lines_of(self, values: tuple[str, ...]) -> list[str]:
        cumulative = list(itertools.accumulate(self._counts[values]))
        bounds = [*(f"{bound:g}" for bound in self._bounds), "+Inf"]
        lines = [f"{self.name}_bucket{_braces((*self._labels, 'le'), (*values, bound))} {count}"
                 for bound, count in zip(bounds, cumulative, strict=True)]
        braces = _braces(self._labels, values)
        return [*lines, f"{self.name}_sum{braces} {self._sums[values]:.17g}",
                f"{self.name}_count{braces} {cumulative[-1]}"]


class Metrics:
    """What a server counts. `text()` is the page that Prometheus reads."""

    def __init__(self):
        self.requests = Counter("request_count", "Requests by status", ("model_name", "status"))
        self.request_latency = Histogram(
            "request_latency", "Microseconds from a request to its answer", ("model_name", "API", "entrypoint"),
            _MICROSECONDS)
        self.runtime_latency = Histogram(
            "runtime_latency", "Microseconds of a call of the model", ("model_name", "API", "runtime"), _MICROSECONDS)
        self.queuing_latency = Histogram(
            "batching_session:queuing_latency", "Microseconds that a request waits for its joined call",
            ("model_name",), _MICROSECONDS)
        self.call_rows = Histogram(
            "batching_session:processed_batch_size", "Rows of a joined call, with padding", ("model_name",), _ROWS)
        self.request_rows = Histogram(
            "batching_session:input_batch_size", "Rows of a request for a batched signature", ("model_name",), _ROWS)
        self.padding_rows = Histogram(
            "batching_session:padding_size", "Rows of padding in a joined call", ("model_name",), _ROWS)

    def text(self) -> str:
        lines = []
        for metric in vars(self).values():
            lines += [f"# HELP {metric.name} {metric.about}", f"# TYPE {metric.name} {metric.kind}", *metric.lines()]
        return "\n".join(lines) + "\n"


def _braces(names: Sequence[str], values: Sequence[str]) -> str:
    escaped = [value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for value in values]
    return "{" + ",".join(f'{name}="{value}"' for name, value in zip(names, escaped, strict=True)) + "}"
