"""--mode=serve."""

import dataclasses
import functools
import importlib.util
import pathlib

from wirgan_tf.commands.common import required_path
from wirgan_tf.commands.mode import Mode
from wirgan_tf.exporting import find_pretrained
from wirgan_tf.parts import setting
from wirgan_tf.serving.settings import ALL, NEWEST, SPECIFIC, Settings, VersionPolicy
from wirgan_tf.training.run_directory import RunDirectory

_EXTRA = ("aiohttp", "grpc_health", "orjson")
# Settings of the server that are flags of the same name.
_SAME = ("host", "rest_port", "grpc_port", "call_wait_ms", "parallel_calls", "max_request_mb",
         "max_request_rows", "max_call_rows", "max_waiting", "request_timeout_s", "poll_s")


@dataclasses.dataclass(frozen=True)
class Serve(Mode):
    """Serves an exported model by REST and gRPC until it is asked to stop."""

    model_base: str = setting("", "folder of the model's versions, as in export/models/<name>", path=True)
    run_dir: str = setting("", "a run, whose newest export is served, instead of model_base", path=True)
    pretrained: str = setting("", "a generator that comes with the package, by name, instead of model_base")
    model_name: str = setting("", "name under which it is served; default: that of the folder, or of the run")
    host: str = setting("127.0.0.1", "address: this machine alone; 0.0.0.0: every network it is on")
    rest_port: int = setting(8501, "port of the REST API and the page; 0: any free one", at_least=0, below=2**16)
    grpc_port: int = setting(8500, "port of the gRPC API; 0: any free one", at_least=0, below=2**16)
    served_versions: str = setting("newest", "newest, all, or numbers separated by commas")
    version_labels: str = setting("", "names of versions, as in stable:1,canary:2")
    batched_signatures: str = setting("auto", "signatures whose concurrent requests share calls of the model: auto "
                                      "(all that can), none, or names separated by commas")
    max_call_rows: int = setting(64, "most rows of a shared call; a request of more has a call of its own", at_least=1)
    padded_rows: str = setting("", "row counts that shared calls are padded to, as in 1,8,64; default: no padding")
    call_wait_ms: float = setting(2.0, "milliseconds that a request waits for others to share its call", at_least=0)
    parallel_calls: int = setting(2, "calls of the model that run at a time", at_least=1)
    max_request_mb: float = setting(8.0, "largest body of a request, in MiB", above=0)
    max_request_rows: int = setting(1024, "most rows in a request for a batched signature", at_least=1)
    max_waiting: int = setting(256, "most requests at a time; further ones are asked to come again", at_least=1)
    request_timeout_s: float = setting(30.0, "seconds until a request is given up", above=0)
    poll_s: float = setting(1.0, "seconds between looks for new versions", above=0)

    def run(self) -> None:
        given = [name for name in ("model_base", "run_dir", "pretrained") if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} were given; choose one of them")
        missing = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
        if missing:
            raise ValueError(f"--mode=serve needs {', '.join(missing)}: pip install 'wirgan-tf[serving]'")

        from wirgan_tf.serving.server import serve as serve_until_stopped  # it imports what is an extra

        settings = Settings(
            self.base(), policy=_policy(self.served_versions), labels=_labels(self.version_labels),
            batched_signatures=_signatures(self.batched_signatures),
            padded_rows=tuple(_numbers("padded_rows", self.padded_rows)) if self.padded_rows else (),
            **{name: getattr(self, name) for name in _SAME},
            model_name=self.model_name or (pathlib.Path(self.run_dir).resolve().name if self.run_dir else ""))
        serve_until_stopped(settings, functools.partial(print, flush=True))

    def base(self) -> pathlib.Path:
        """The folder of the model's versions."""
        if self.pretrained:
            return find_pretrained(self.pretrained).export_base()
        if self.run_dir:
            return self._exports_of_run()
        return required_path(self, "model_base", "an exported model's versions, as in export/models/<name>; or give "
                             "--run_dir or --pretrained")


    def _exports_of_run(self) -> pathlib.Path:
        """Raises `FileNotFoundError` for a folder that is not a run, and for a run that has not been exported."""
        run = RunDirectory(pathlib.Path(self.run_dir))
        run.load_config()
        if not run.export.is_dir():
            raise FileNotFoundError(f"{run.path} has no export yet: it is written at the end of training, or by "
                                    f"--mode=export --run_dir={run.path} --model_base={run.export}")
        return run.export


def _policy(text: str) -> VersionPolicy:
    if text in (NEWEST, ALL):
        return VersionPolicy(text)
    return VersionPolicy(SPECIFIC, frozenset(_numbers("served_versions", text, "newest, all, or ")))


def _labels(text: str) -> dict[str, int]:
    pairs = [pair.strip().rpartition(":")[::2] for pair in text.split(",")] if text else []
    labels = dict(pairs)
    if len(labels) < len(pairs):
        raise ValueError(f"--version_labels={text}: a name stands for one version; leave the others out")
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
