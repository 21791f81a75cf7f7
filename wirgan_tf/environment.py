"""What the environment may put in the package's way: settings of TensorFlow, Keras and matplotlib, streams, Ctrl-C.

Nothing here imports TensorFlow unless Keras' own settings file makes it necessary.
"""

import contextlib
import importlib.util
import json
import logging
import os
import pathlib
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator

LIFELINE = "WIRGAN_TF_LIFELINE"  # a file descriptor
NOTING = ("tensorflow", "absl")
"""Loggers that tell what TensorFlow is doing internally."""
_INTERRUPTED = 130
_STDERR = 2
_KERAS_SETTINGS = {"floatx": "float32", "image_data_format": "channels_last", "epsilon": 1e-7}
_REFUSED = ("floatx", "image_data_format")


def program_words() -> list[str]:
    """How a person starts the program: by its own name or through Python, as this process was started."""
    return ["wirgan_tf"] if pathlib.Path(sys.argv[0]).name == "wirgan_tf" else ["python", "-m", "wirgan_tf.main"]


def prepare() -> None:
    """Makes TensorFlow, Keras and matplotlib fit to be imported by this package; called when it is imported.

    Raises: `ValueError` when Keras was imported before with settings that the package cannot work with.
    """
    prepare_tensorflow()
    prepare_matplotlib()
    prepare_keras()  # last: an import of Keras imports the other two


def prepare_tensorflow() -> None:
    """Makes TensorFlow keep its notes on hardware to itself, and use oneDNN on x86 processors with AVX2.

    By default TensorFlow uses oneDNN with AVX-512 alone. Nothing is done when TensorFlow has been imported, or the user
    has chosen.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "avx2" in _processor_flags():
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _processor_flags() -> set[str]:
    """The processor's flags under Linux on x86; none elsewhere."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return {flag for line in lines if line.startswith("flags") for flag in line.split()}


def prepare_keras() -> None:
    """Chooses Keras' TensorFlow backend, float32 and channels last, if Keras has not been imported; else checks them.

    Raises: `ValueError` for other settings of an imported Keras, naming how to choose the right ones.
    """
    if "keras" in sys.modules:
        _check_imported_keras()
        return
    os.environ["KERAS_BACKEND"] = "tensorflow"
    there = _keras_json()
    if any(there.get(name, value) != value for name, value in _KERAS_SETTINGS.items()):
        import keras

        for name, value in _KERAS_SETTINGS.items():
            getattr(keras.config, f"set_{name}")(value)


def _check_imported_keras() -> None:
    config = getattr(sys.modules["keras"], "config", None)
    if config is None:  # in the middle of its own import
        return
    if config.backend() != "tensorflow":
        raise ValueError(f"Keras was imported with the backend {config.backend()}, and wirgan_tf needs tensorflow; "
                         "import wirgan_tf before it, or set the environment variable KERAS_BACKEND=tensorflow")
    for name in _REFUSED:
        value = getattr(config, name)()
        if value != _KERAS_SETTINGS[name]:
            raise ValueError(f"Keras is set to {name}={value}, and wirgan_tf needs {_KERAS_SETTINGS[name]}; call "
                             f"keras.config.set_{name}({_KERAS_SETTINGS[name]!r}) before importing wirgan_tf")


def _keras_json() -> dict:
    """What Keras will read when it is imported; {} for no file, or one that Keras ignores."""
    home = os.path.expanduser("~")
    folder = os.environ.get("KERAS_HOME", os.path.join(home if os.access(home, os.W_OK) else "/tmp", ".keras"))
    try:
        settings = json.loads(pathlib.Path(folder, "keras.json").expanduser().read_text())
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def prepare_matplotlib() -> None:
    """Drops a choice of backend with which matplotlib could not be imported.

    A notebook hands MPLBACKEND=module://... to the programs it starts, and not all of them run where that module is
    installed. Pictures are drawn by Agg whatever the backend is.
    """
    module = os.environ.get("MPLBACKEND", "").partition("module://")[2]
    if module and "matplotlib" not in sys.modules and importlib.util.find_spec(module.split(".")[0]) is None:
        del os.environ["MPLBACKEND"]


def prepare_program() -> None:
    """What a program of our own may do beyond `prepare`: no user's code runs in its process."""
    open_standard_streams()
    end_with_parent()
    os.environ["MPLBACKEND"] = "agg"
    for limit in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
        os.environ.pop(limit, None)  # they would cut short the training of classifiers, which are kept for later


def open_standard_streams() -> None:
    """Opens standard streams that are closed, as by `2>&-`, on the null device.

    Otherwise Python has None in their place, and the next file that is opened gets their number, so that TensorFlow
    writes its notes into that file.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            os.set_inheritable(opened, True)
            setattr(sys, name, open(opened, mode, closefd=False))  # noqa: SIM115, it stays open


def end_with_parent() -> None:
    """Makes this process stop, as by SIGTERM, once the program that started it has ended, however that program ended.

    That program has one end of a pipe, and the environment of this one names the other (`LIFELINE`): the system closes
    the first when the program ends, even by kill -9.
    """
    if lifeline := os.environ.pop(LIFELINE, ""):
        threading.Thread(target=_stop_at_end_of, args=(int(lifeline),), daemon=True).start()


def _stop_at_end_of(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def leaving_on_interrupt() -> Iterator[None]:
    """Ctrl-C within the block ends the process at once with a one-word message and exit code 130.

    For imports, which an exception may leave half done, and some of which swallow it.
    """
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not handled or threading.current_thread() is not threading.main_thread():
        yield
        return
    shown = os.dup(_STDERR)  # the block may send standard error elsewhere

    def leave(number: int, frame) -> None:
        del number, frame
        os.write(shown, b"interrupted\n")
        os._exit(_INTERRUPTED)

    signal.signal(signal.SIGINT, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(shown)


@contextlib.contextmanager
def without_notes() -> Iterator[None]:
    """Keeps TensorFlow's notes on its own workings out of a Python program's logs; its errors stay."""
    levels = {name: logging.getLogger(name).level for name in NOTING}
    for name in NOTING:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def quiet_unless_failing() -> Iterator[None]:
    """Holds back what the block writes to standard error, C++ code included, and shows it when the block fails.

    TensorFlow writes some lines on processors and drivers before its log level is read. They are not held back when the
    variable TF_CPP_MIN_LOG_LEVEL asks for them.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        yield
        return
    sys.stderr.flush()
    shown = os.dup(_STDERR)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(shown, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(shown, _STDERR)
            os.close(shown)
