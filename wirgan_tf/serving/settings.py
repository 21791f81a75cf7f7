"""A server's settings, checked when made."""

import dataclasses
import pathlib

NEWEST, ALL, SPECIFIC = "newest", "all", "specific"


@dataclasses.dataclass(frozen=True)
class VersionPolicy:
    """Which of a model's versions are served.

    Args:
      kind: "newest", "all", or "specific".
      numbers: the versions of "specific".
      count: how many of "newest".
    """

    kind: str = NEWEST
    numbers: frozenset[int] = frozenset()
    count: int = 1


@dataclasses.dataclass(frozen=True)
class Settings:
    """A server's whole definition. Raises `ValueError` for a value that cannot work; it names the flag and what would.

    Args:
      model_base: folder of the model's versions.
      model_name: the name under which it is served; "" for the folder's own name.
      host, rest_port, grpc_port: where to listen; port 0 is any free one.
      policy: which versions are served.
      labels: versions by name.
      batched_signatures: those whose concurrent requests are joined; None for all that can be.
      max_call_rows: most rows of a joined call; a request with more has a call of its own.
      padded_rows: row counts to which joined calls are padded, ascending to `max_call_rows`; none for no padding.
      call_wait_ms: how long a request waits for others to share its call.
      parallel_calls: calls of the model that run at a time.
      max_request_mb: size of a request's body, and of its arrays once decoded.
      max_request_rows: rows of one request for a batched signature.
      max_waiting: requests that are answered or wait at a time.
      request_timeout_s: until a request is given up; a gRPC client may ask for less.
      poll_s: between looks at `model_base`.
    """

    model_base: pathlib.Path
    model_name: str = ""
    host: str = "127.0.0.1"
    rest_port: int = 8501
    grpc_port: int = 8500
    policy: VersionPolicy = VersionPolicy()
    labels: dict[str, int] = dataclasses.field(default_factory=dict)
    batched_signatures: frozenset[str] | None = None
    max_call_rows: int = 64
    padded_rows: tuple[int, ...] = ()
    call_wait_ms: float = 2.0
    parallel_calls: int = 2
    max_request_mb: float = 8.0
    max_request_rows: int = 1024
    max_waiting: int = 256
    request_timeout_s: float = 30.0
    poll_s: float = 1.0

    def __post_init__(self):
        if not self.name or "/" in self.name or ":" in self.name:
            raise ValueError(f"model_name={self.name}: must be one or more characters other than / and :")
        for name in ("rest_port", "grpc_port"):
            if not 0 <= getattr(self, name) < 2**16:
                raise ValueError(f"{name}={getattr(self, name)}: must be 0 (any free one) to 65535")
        for name in ("max_request_mb", "request_timeout_s", "poll_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}={getattr(self, name)}: must be greater than 0")
        for name in ("max_call_rows", "parallel_calls", "max_request_rows", "max_waiting"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: must be at least 1")
        if not self.call_wait_ms >= 0:
            raise ValueError(f"call_wait_ms={self.call_wait_ms}: must be at least 0")
        rows = self.padded_rows
        if rows and (list(rows) != sorted(set(rows)) or rows[0] < 1 or rows[-1] != self.max_call_rows):
            raise ValueError(f"padded_rows={','.join(map(str, rows))}: must be ascending numbers from 1 up to "
                             f"max_call_rows={self.max_call_rows}")

    @property
    def name(self) -> str:
        """The name under which the model is served."""
        return self.model_name or self.model_base.resolve().name

    @property
    def max_request_bytes(self) -> int:
        return int(self.max_request_mb * 2**20)
