"""Which devices train a run, and how the processes that share it act as one."""

import contextlib
import functools
import json
import os
import zlib
from collections.abc import Iterable, Iterator

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.training import health_check

_LOST = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError, tf.errors.DeadlineExceededError)
_ARRIVAL = 600  # seconds that workers wait for the last of them to start
_FORM = ('expected an object such as {"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker", '
         '"index": 0}}')


class InterruptedRunError(RuntimeError):
    """The workers of a run stopped before its end; the run goes on when all of them are started again."""


def build_strategy(name: str) -> tf.distribute.Strategy:
    """The devices that `--strategy` names; to be called before TensorFlow computes anything.

    "one" is the first device of this machine, "mirrored" all its GPUs (without any, its logical CPU devices), and
    "multi_worker" the devices of all workers that the environment variable TF_CONFIG names, this process one of them.
    "auto" is "multi_worker" when TF_CONFIG names several, else "mirrored" when there are several GPUs, else "one".

    Raises: `ValueError` for "multi_worker" without a TF_CONFIG that says who is who; `InterruptedRunError` when the
    other workers do not come.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if name == "auto":
        workers = sum(len(addresses) for addresses in _tf_config().get("cluster", {}).values())
        name = "multi_worker" if workers > 1 else "mirrored" if len(gpus) > 1 else "one"
    if name == "one":
        return tf.distribute.get_strategy()
    if name == "mirrored":
        return tf.distribute.MirroredStrategy(tf.config.list_logical_devices("GPU" if gpus else "CPU"))
    _check_cluster(_tf_config())
    health_check.watch_each_other(arrival_seconds=_ARRIVAL)
    implementation = tf.distribute.experimental.CommunicationImplementation
    options = tf.distribute.experimental.CommunicationOptions(
        implementation=implementation.AUTO if gpus else implementation.RING)
    try:
        return tf.distribute.MultiWorkerMirroredStrategy(
            tf.distribute.cluster_resolver.TFConfigClusterResolver(), options)
    except RuntimeError as error:
        raise InterruptedRunError(f"the other workers did not come within {_ARRIVAL} s ({error}); start all of them "
                                  "again") from error


def described_devices(strategy: tf.distribute.Strategy) -> str:
    """What this process computes on, in words: "2 GPUs: NVIDIA L4, NVIDIA L4"."""
    gpus = tf.config.list_physical_devices("GPU")
    if strategy.num_replicas_in_sync == 1:
        gpus = gpus[:1]
    if not gpus:
        return "the CPU; TensorFlow found no GPU"
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
    return f"{len(names)} GPU{'s' if len(names) > 1 else ''}: {', '.join(names)}"


def _tf_config() -> dict:
    """TF_CONFIG, or {} without one. Raises `ValueError` when it is not of the form that TensorFlow describes."""
    text = os.environ.get("TF_CONFIG", "").strip()
    try:
        config = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        raise ValueError(f"the environment variable TF_CONFIG is not JSON: {error}") from error
    if not isinstance(config, dict):
        raise ValueError(f"the environment variable TF_CONFIG is {text}; {_FORM}")
    cluster, task = config.get("cluster", {}), config.get("task", {})
    if not isinstance(cluster, dict) or not all(_are_addresses(addresses) for addresses in cluster.values()):
        raise ValueError(f"TF_CONFIG's cluster is {json.dumps(cluster)}; {_FORM}")
    index = task.get("index", 0) if isinstance(task, dict) else None
    if not (isinstance(index, int) or (isinstance(index, str) and index.isdecimal())) or isinstance(index, bool):
        raise ValueError(f"TF_CONFIG's task is {json.dumps(task)}; {_FORM}")
    return config


def _are_addresses(value) -> bool:
    return isinstance(value, list) and all(isinstance(address, str) and address for address in value)


def _check_cluster(tf_config: dict) -> None:
    """Raises `ValueError` unless it names workers, this process among them, and nothing else."""
    cluster, task = tf_config.get("cluster", {}), tf_config.get("task", {})
    if not cluster:
        raise ValueError("--strategy=multi_worker needs the environment variable TF_CONFIG, which names the workers "
                         "and which of them this is; scripts/launch_local.py sets it for workers on one machine")
    if others := sorted(set(cluster) - {"chief", "worker"}):
        raise ValueError(f"TF_CONFIG names tasks of type {', '.join(others)}; this program has the types worker and "
                         "chief alone")
    kind = task.get("type")
    addresses = cluster.get(kind, []) if isinstance(kind, str) else []
    if not 0 <= int(task.get("index", -1)) < len(addresses):
        raise ValueError(f"TF_CONFIG's task {json.dumps(task)} is none of its cluster {json.dumps(cluster)}; give the "
                         "type and index of one of these addresses")


class Workers:
    """The processes that train one run; one of them, the chief, keeps it. Without a cluster this process alone.

    Every method but `noticing_loss` synchronises all of them: each process has to call them, in the same order.

    Args:
      strategy: from `build_strategy`.
    """

    def __init__(self, strategy: tf.distribute.Strategy):
        self._strategy = strategy
        resolver = strategy.cluster_resolver
        tasks = resolver.cluster_spec().as_dict() if resolver else {}
        self.several = sum(len(addresses) for addresses in tasks.values()) > 1
        chief = ("chief" if "chief" in tasks else "worker", 0)
        self.is_chief = not self.several or (resolver.task_type, resolver.task_id) == chief

    def meet(self) -> None:
        """Returns when all workers have called it."""
        self.any(False)

    def any(self, mine: bool) -> bool:
        """Whether `mine` is true in any worker."""
        return bool(self._sum(float(mine)) > 0.0) if self.several else mine

    def check_same(self, config: Config) -> None:
        """Raises `ValueError` in a worker whose settings are not the chief's; the folder of its data may differ."""
        if self.several:
            settings = {name: value for name, value in config.settings().items() if name != "data_dir"}
            mine = zlib.crc32(json.dumps(settings).encode())
            if self._sum(mine if self.is_chief else 0) != mine:
                raise ValueError("this worker was started with other settings than the chief; give all the same flags")

    def take_from_chief(self, variables: Iterable[keras.Variable]) -> None:
        """Gives the variables the values that they have at the chief."""
        if self.several:
            for variable in variables:
                value = tf.convert_to_tensor(variable.value)
                total = self._sum(value if self.is_chief else tf.zeros_like(value))
                variable.assign(tf.cast(total, value.dtype))

    @contextlib.contextmanager
    def noticing_loss(self) -> Iterator[None]:
        """Says in one line that a worker was lost, where TensorFlow would say what it was waiting for.

        Raises: `InterruptedRunError`.
        """
        try:
            yield
        except _LOST as error:
            if not self.several:
                raise
            raise InterruptedRunError("another worker was lost; start all of them again to go on from the last "
                                      f"checkpoint ({str(error).splitlines()[0]})") from error

    def _sum(self, mine) -> tf.Tensor:
        """The sum of all workers' values, in float64, which holds each of the types that are summed."""
        parts = iter([tf.cast(mine, tf.float64)])  # a worker's first replica brings it, the others zeros
        return self._total(self._strategy.experimental_distribute_values_from_function(
            lambda replica: next(parts, tf.zeros(tf.shape(mine), tf.float64))))

    @functools.cached_property
    def _total(self):
        return tf.function(lambda values: self._strategy.reduce("SUM", values, axis=None), reduce_retracing=True)
