"""The command line: absl flags derived from `Config` and from `Request`."""

import dataclasses
import pathlib
import shlex
from typing import Any

from absl import flags

from wirgan_tf.config import Config, check_choices, check_seed, flag_name, setting
from wirgan_tf.presets import PRESETS
from wirgan_tf.training.run_directory import RunDirectory

_METRICS = "fid,kid,is,precision_recall"


@dataclasses.dataclass(frozen=True)
class Request:
    """What the command line asks for, beside the config of the run."""

    mode: str = setting("train", "what to do; --mode=list lists the names that flags can take")
    run_dirs: tuple[str, ...] = setting((), "folder of the run; default: runs/<dataset>_<model>_t<time_steps>; "
                                        "--mode=gam takes several: --run_dir=A --run_dir=B", flag="run_dir")
    strategy: str = setting("auto", "devices to train on: one, all GPUs of this machine (mirrored), or those of all "
                            "workers in TF_CONFIG; auto: the most that there are",
                            choices=("auto", "one", "mirrored", "multi_worker"))
    model_dir: str = setting("", "exported generator to sample or evaluate, instead of a run")
    model_base: str = setting("", "where --mode=export puts versions; default: export/models/<name of the run>; where "
                              "--mode=serve finds them")
    version: int = setting(0, "version that --mode=export writes; 0: the next")
    num_samples: int = setting(0, "images to sample; 0: 100 to look at, 1,000 to evaluate")
    checkpoint: str = setting("newest", "which checkpoint of a run to sample, export or evaluate: the newest, the best "
                              "by the evaluations of its training, or the best that --watch found",
                              choices=("newest", "best", "watched"))
    output: str = setting("samples.png", "where samples go: a .npz file, a .png file or a folder/")
    canvases: bool = setting(False, "sample all T canvases of each image (to a .png or .npz)")
    metrics: str = setting("", f"measures, separated by commas; default: {_METRICS} to evaluate, none of bulk samples")
    split: str = setting("test", "real images that samples are measured against", choices=("test", "train"))
    eval_seeds: int = setting(1, "sets of samples to evaluate; with several, the results are their means")
    per_step: bool = setting(False, "evaluate each of a run's T canvases, not the images alone")
    watch: bool = setting(False, "evaluate every checkpoint of a run in training as it appears, and keep the best")
    features: str = setting("", "feature network of the measures: classifier:<dataset>, inception or pixels; default: "
                            "the data set's classifier, when --mode=train_classifier has made it, or else pixels")
    classifiers: str = setting("~/.cache/wirgan_tf/classifiers", "folder of trained classifiers")
    inception_path: str = setting("", "folder of the Inception SavedModel; default: TF-GAN's, from TensorFlow Hub")
    experiments: str = setting("critic_alone,both_players", "parts of --mode=toy, separated by commas: critic_alone, "
                               "both_players, objectives")
    model_name: str = setting("", "name under which --mode=serve serves; default: that of the folder --model_base")
    host: str = setting("127.0.0.1", "address to serve at: this machine alone; 0.0.0.0: every network it is on")
    rest_port: int = setting(8501, "port of the REST API and the page; 0: any free one")
    grpc_port: int = setting(8500, "port of the gRPC API; 0: any free one")
    served_versions: str = setting("newest", "versions to serve: newest, all, or numbers separated by commas")
    version_labels: str = setting("", "names of versions, as in stable:1,canary:2")
    batched_signatures: str = setting("auto", "signatures whose concurrent requests share calls of the model: auto "
                                      "(all that can), none, or names separated by commas")
    max_call_rows: int = setting(64, "most rows of a shared call; a request of more has a call of its own")
    padded_rows: str = setting("", "row counts that shared calls are padded to, as in 1,8,64; default: no padding")
    call_wait_ms: float = setting(2.0, "milliseconds that a request waits for others to share its call")
    parallel_calls: int = setting(2, "calls of the served model that run at a time")
    max_request_mb: float = setting(8.0, "largest body of a request to serve, in MiB")
    max_request_rows: int = setting(1024, "most rows in a request for a batched signature")
    max_waiting: int = setting(256, "most requests to serve at a time; further ones are told to come again")
    request_timeout_s: float = setting(30.0, "seconds until a served request is given up")
    poll_s: float = setting(1.0, "seconds between looks for new versions to serve")
    format: str = setting("tfrecord", "how --mode=bulk_sample writes samples: tfrecord or png")
    shard_samples: int = setting(4096, "most images in a shard of a bulk job, which is done whole or not at all")
    statistics: str = setting("", "statistics.npz of --mode=bulk_statistics to measure bulk samples against; default: "
                              "those of the data set's --split are found first")
    workers: int = setting(2, "processes of a bulk job on this machine")
    runner: str = setting("DirectRunner", "Apache Beam's runner of a bulk job; DirectRunner: this machine's processes")
    beam_options: tuple[str, ...] = setting((), "a further option of Apache Beam, as in --beam_option=parallelism=8; "
                                            "may be given several times", flag="beam_option")
    debug: bool = setting(False, "show the traceback of an error")
    given: dict[str, Any] = dataclasses.field(default_factory=dict)
    """The fields of `Config` that were set by flags."""

    def __post_init__(self):
        check_choices(self)
        check_seed(self.given.get("seed", 0))
        if self.num_samples < 0:
            raise ValueError(f"--num_samples={self.num_samples}: must be at least 1, or 0 for the mode's own number")
        if self.eval_seeds < 1:
            raise ValueError(f"--eval_seeds={self.eval_seeds}: must be at least 1")

    @property
    def run_dir(self) -> str:
        """The one run's folder, or "". Raises `ValueError` when several were given."""
        if len(self.run_dirs) > 1:
            raise ValueError(f"--run_dir was given {len(self.run_dirs)} times ({', '.join(self.run_dirs)}); "
                             f"--mode={self.mode} takes one run")
        return self.run_dirs[0] if self.run_dirs else ""

    def config(self) -> Config:
        """The run's own config if it has begun, or else the model's preset, with every flag given on top.

        Raises: `ValueError` for values that cannot work, and for flags that would have no effect.
        """
        stored = pathlib.Path(self.run_dir) / "config.json"
        if "model" in self.given or not (self.run_dir and stored.is_file()):
            base = PRESETS[self.given.get("model", Config.model)]
        else:
            base = Config.load(stored)
        config = dataclasses.replace(base, **self.given)
        config.check_used(self.given)
        return config

    def run_config(self) -> Config:
        """The config of the run in `run_dir`, for looking at it: only where its data is may be given anew.

        Raises: `ValueError` when other fields of the run were given with other values, naming them.
        """
        stored = RunDirectory(pathlib.Path(self.run_dir)).load_config()
        changed = [name for name, value in self.given.items()
                   if name not in ("seed", "data_dir") and getattr(stored, name) != value]
        if changed:
            raise ValueError(f"--mode={self.mode} takes a run as it is; {', '.join(changed)} cannot be changed")
        return dataclasses.replace(stored, data_dir=self.given.get("data_dir", stored.data_dir))

    def resume_command(self, path: pathlib.Path) -> str:
        """The command that goes on with the run in `path`, measuring as this one does."""
        options = {"run_dir": str(path)}
        options |= {name: getattr(self, name)
                    for name in ("strategy", "metrics", "features", "classifiers", "inception_path")
                    if getattr(self, name) != getattr(Request, name)}
        return shlex.join(["python", "-m", "wirgan_tf.main", *(f"--{name}={value}" for name, value in options.items())])

    def measures(self) -> list[str]:
        """Names of the measures asked for."""
        return [name.strip() for name in (self.metrics or _METRICS).split(",")]

    def run_path(self, config: Config) -> pathlib.Path:
        """The run's folder."""
        return pathlib.Path(self.run_dir or f"runs/{config.dataset}_{config.model}_t{config.time_steps}")


def parse(arguments: list[str]) -> Request | None:
    """The request of `arguments`, the program's name first; None when they asked for help, which is printed.

    Raises: `ValueError` for flags that do not exist, or values that are not of their kind.
    """
    values = _flags()
    try:
        rest = values(arguments)
    except flags.Error as error:
        raise ValueError(" ".join(str(error).split())) from error
    if values.help:
        print(f"usage: python -m wirgan_tf.main [--flagfile=FILE] [--name=value ...]\n{values.get_help()}")
        return None
    if rest[1:]:
        raise ValueError(f"unexpected argument {rest[1]!r}; options are written --name=value, see --help")
    given = {field.name: values[field.name].value for field in dataclasses.fields(Config)
             if values[field.name].present}
    asked = {field.name: values[flag_name(field)].value for field in _request_fields()}
    return Request(given=given, **{name: tuple(value) if isinstance(value, list) else value
                                   for name, value in asked.items()})


_DEFINE = {str: flags.DEFINE_string, int: flags.DEFINE_integer, float: flags.DEFINE_float, bool: flags.DEFINE_boolean,
           tuple[str, ...]: flags.DEFINE_multi_string}


def _flags() -> flags.FlagValues:
    values = flags.FlagValues()
    flags.DEFINE_boolean("help", False, "show this text", flag_values=values, short_name="h")
    for field in (*_request_fields(), *dataclasses.fields(Config)):
        about = field.metadata["about"]
        if field.metadata["choices"]:
            about += f" ({', '.join(field.metadata['choices'])})"
        if field.metadata["only_for"]:
            other, *users = field.metadata["only_for"]
            about += f"; for --{other}={' or '.join(users)}"
        _DEFINE[field.type](flag_name(field), field.default, about, flag_values=values)
    return values


def _request_fields() -> list[dataclasses.Field]:
    return [field for field in dataclasses.fields(Request) if field.name != "given"]
