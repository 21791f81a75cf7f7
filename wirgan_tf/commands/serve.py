"""--mode=serve."""

import functools
import importlib.util

from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import given
from wirgan_tf.serving.settings import ALL, NEWEST, SPECIFIC, Settings, VersionPolicy

_EXTRA = ("aiohttp", "grpc_health", "orjson")


def serve(request: Request) -> None:
    """Serves an exported model until it is asked to stop."""
    base = given(request.model_base, "serve", "--model_base of an exported model's versions, as in "
                 "export/models/<name>")
    missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        raise ValueError(f"--mode=serve needs {', '.join(missing)}: pip install 'wirgan-tf[serving]'")

    from wirgan_tf.serving.server import serve as serve_until_stopped  # what it imports is an extra

    same = ("model_name", "host", "rest_port", "grpc_port", "call_wait_ms", "parallel_calls", "max_request_mb",
            "max_request_rows", "max_call_rows", "max_waiting", "request_timeout_s", "poll_s")
    settings = Settings(
        base, policy=_policy(request.served_versions), labels=_labels(request.version_labels),
        batched_signatures=_signatures(request.batched_signatures),
        padded_rows=tuple(_numbers("padded_rows", request.padded_rows)) if request.padded_rows else (),
        **{name: getattr(request, name) for name in same})
    serve_until_stopped(settings, functools.partial(print, flush=True))


def _policy(text: str) -> VersionPolicy:
    if text in (NEWEST, ALL):
        return VersionPolicy(text)
    return VersionPolicy(SPECIFIC, frozenset(_numbers("served_versions", text, "newest, all, or ")))


def _labels(text: str) -> dict[str, int]:
    labels = dict(pair.strip().rpartition(":")[::2] for pair in text.split(",")) if text else {}
    if not all(label and number.isdecimal() for label, number in labels.items()):
        raise ValueError(f"--version_labels={text}: expected names with versions, as in stable:1,canary:2")
    return {label: int(number) for label, number in labels.items()}


def _signatures(text: str) -> frozenset[str] | None:
    if text == "auto":
        return None
    return frozenset() if text == "none" else frozenset(name.strip() for name in text.split(","))


def _numbers(flag: str, text: str, otherwise: str = "") -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError as error:
        raise ValueError(f"--{flag}={text}: expected {otherwise}numbers separated by commas, as in 1,2") from error
