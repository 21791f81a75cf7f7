"""Beam's worker processes on this machine: how they are started, and how their death is noticed.

All this depends on Beam's inner workings: the name of the thread that waits for a worker, the module that a worker
runs, and the fact that an error of a thread reaches `threading.excepthook`.
"""

import contextlib
import queue
import shlex
import sys
import threading
from collections.abc import Iterator

import apache_beam as beam
import psutil
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.transforms.environments import SubprocessSDKEnvironment
from google.protobuf.struct_pb2 import Struct

_BABYSITTER = "run_worker"  # Beam's thread that starts a local worker and waits for its end
_WORKER = "apache_beam.runners.worker.sdk_worker_main"


def pipeline(options: PipelineOptions) -> beam.Pipeline:
    """An empty pipeline, for processes of this machine or, with `direct_running_mode=in_memory`, for this process."""
    quiet = Struct()  # workers need this option alone
    quiet.update({"beam:option:default_sdk_harness_log_level:v1": "ERROR"})
    provision = ExtendedProvisionInfo(beam_provision_api_pb2.ProvisionInfo(pipeline_options=quiet))
    direct, environment = options.view_as(DirectOptions), None
    if direct.direct_running_mode == "multi_processing":
        # In that mode Beam gives the shell a command without quotes; in the other it takes the environment given here.
        direct.direct_running_mode = "in_memory"
        environment = SubprocessSDKEnvironment.from_command_string(worker_command())
    return beam.Pipeline(FnApiRunner(default_environment=environment, provision_info=provision), options)


def worker_command() -> str:
    """What starts a worker, for a shell: the path of this Python may have spaces."""
    return shlex.join([sys.executable, "-m", _WORKER])


@contextlib.contextmanager
def deaths_reported(ended: queue.SimpleQueue) -> Iterator[None]:
    """Puts the death of a local worker into `ended`, and ends the others when there was one."""
    def report(thread: threading.ExceptHookArgs) -> None:
        if thread.thread is not None and thread.thread.name == _BABYSITTER:
            for process in psutil.Process().children(recursive=True):
                if _WORKER in " ".join(process.cmdline()):
                    process.kill()
            ended.put(thread.exc_value)
        else:
            before(thread)

    before, threading.excepthook = threading.excepthook, report
    try:
        yield
    finally:
        threading.excepthook = before
