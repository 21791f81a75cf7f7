"""What the environment may hold against the package."""

import logging
import os
import pathlib
import signal
import subprocess
import sys
import time
import types

import pytest

from wirgan_tf import environment

ROOT = pathlib.Path(__file__).parents[1]
PICTURES = "import sys, wirgan_tf.pictures; print('tensorflow' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
SETTINGS = """
import wirgan_tf, keras
print(keras.config.backend(), keras.config.floatx(), keras.config.image_data_format(), keras.config.epsilon())
"""


def run(code, **variables):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120,
                          env=os.environ | variables)


@pytest.mark.parametrize(("started", "words"), [
    ("/venv/bin/wirgan_tf", "wirgan_tf"), ("/site-packages/wirgan_tf/main.py", "python -m wirgan_tf.main"),
    ("pytest", "python -m wirgan_tf.main")])
def test_a_command_begins_as_the_program_was_started(monkeypatch, started, words):
    monkeypatch.setattr(sys, "argv", [started])
    assert environment.program_words() == words.split()


def test_the_program_can_be_imported_before_tensorflow_starts():
    """A strategy of several workers must be built before any operation runs, and so must this setting be made."""
    done = run("import wirgan_tf.command_line, tensorflow; "
               "tensorflow.config.threading.set_intra_op_parallelism_threads(1)")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def without_keras(monkeypatch, tmp_path):
    """As before Keras is imported; the folder where it reads its settings."""
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    return tmp_path


def imported_keras(monkeypatch, **settings):
    """A Keras whose settings are `settings`, and the list of what it is set to."""
    calls = []
    settings = {"backend": "tensorflow", "floatx": "float32", "image_data_format": "channels_last"} | settings
    config = types.SimpleNamespace(**{name: lambda value=value: value for name, value in settings.items()})
    for name in ("floatx", "image_data_format", "epsilon"):
        setattr(config, f"set_{name}", lambda value, name=name: calls.append((name, value)))
    monkeypatch.setitem(sys.modules, "keras", types.SimpleNamespace(config=config))
    return calls


@pytest.mark.parametrize(("flags", "before", "imported", "after"), [
    ({"sse4_2", "avx2"}, None, False, "1"), ({"avx2"}, "0", False, "0"), ({"sse4_2", "avx"}, None, False, None),
    (set(), None, False, None), ({"avx2"}, None, True, None)])
def test_onednn_is_turned_on_where_it_is_faster(monkeypatch, flags, before, imported, after):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", before or "")
    if before is None:
        monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")
    if not imported:
        monkeypatch.delitem(sys.modules, "tensorflow")
    monkeypatch.setattr(environment, "_processor_flags", lambda: flags)
    environment.prepare_tensorflow()
    assert os.environ.get("TF_ENABLE_ONEDNN_OPTS") == after


def test_the_flags_of_this_processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text() if pathlib.Path("/proc/cpuinfo").exists() else ""
    assert ("avx2" in environment._processor_flags()) == (" avx2 " in lines)


def test_keras_backend_is_chosen_before_keras_is_imported(without_keras):
    environment.prepare_keras()
    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    assert "keras" not in sys.modules


@pytest.mark.parametrize("content", ["", "[]", "{", '{"backend": "torch"}', '{"floatx": "float32"}'])
def test_settings_of_keras_that_do_no_harm_do_not_import_it(without_keras, content):
    (without_keras / "keras.json").write_text(content)
    environment.prepare_keras()
    assert "keras" not in sys.modules


def test_other_settings_of_keras_are_replaced_when_it_is_imported(tmp_path):
    """By a real Keras, in a process of its own."""
    content = '{"image_data_format": "channels_first", "floatx": "float16", "epsilon": 1e-3, "backend": "torch"}'
    (tmp_path / "keras.json").write_text(content)
    shown = run(SETTINGS, KERAS_HOME=str(tmp_path), KERAS_BACKEND="jax", MPLBACKEND="module://no_such_package.backend")
    assert shown.stdout == "tensorflow float32 channels_last 1e-07\n", shown.stderr


@pytest.mark.parametrize(("settings", "message"), [
    ({"backend": "jax"}, "imported with the backend jax, and wirgan_tf needs tensorflow; import wirgan_tf before it"),
    ({"backend": "torch"}, "KERAS_BACKEND=tensorflow"),
    ({"floatx": "float16"}, r"floatx=float16, .* needs float32; call keras\.config\.set_floatx\('float32'\) before"),
    ({"image_data_format": "channels_first"}, r"call keras\.config\.set_image_data_format\('channels_last'\)")])
def test_an_imported_keras_of_other_settings_is_refused_in_a_line(monkeypatch, settings, message):
    calls = imported_keras(monkeypatch, **settings)
    with pytest.raises(ValueError, match=message) as refusal:
        environment.prepare_keras()
    assert "\n" not in str(refusal.value)
    assert calls == []  # a user's own settings are not changed


def test_an_imported_keras_of_the_right_settings_is_left_alone(monkeypatch):
    calls = imported_keras(monkeypatch)
    environment.prepare_keras()
    assert calls == []


@pytest.mark.parametrize("backend", ["module://no_such_package.backend_inline", "module://no_such_package"])
def test_the_backend_of_a_notebook_elsewhere_does_not_stop_the_package(backend):
    shown = run(PICTURES, MPLBACKEND=backend)
    assert shown.stdout == "False False\n", shown.stderr


@pytest.mark.parametrize(("backend", "imported", "left"), [
    ("module://no_such_package.backend", False, None), ("module://no_such_package.backend", True, True),
    ("module://matplotlib.backends.backend_svg", False, True), ("svg", False, True), ("", False, True)])
def test_a_usable_backend_of_the_user_stays(monkeypatch, backend, imported, left):
    monkeypatch.setenv("MPLBACKEND", backend)
    if not imported:
        monkeypatch.delitem(sys.modules, "matplotlib", raising=False)
    environment.prepare_matplotlib()
    assert os.environ.get("MPLBACKEND") == (backend if left else None)


@pytest.mark.parametrize("backend", ["module://no_such_package.backend_inline", "nonsense", "TkAgg"])
def test_the_program_draws_by_agg_whatever_the_backend(monkeypatch, backend):
    for name in ("MPLBACKEND", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
        monkeypatch.setenv(name, backend if name == "MPLBACKEND" else "1")
    environment.prepare_program()
    assert os.environ["MPLBACKEND"] == "agg"
    assert not {"KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"} & set(os.environ)


@pytest.mark.parametrize("level", [None, "3", "0"])
def test_start_up_lines_are_shown_when_something_fails(monkeypatch, capfd, level):
    """Or when the log level asks for them."""
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    if level:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", level)
    with environment.quiet_unless_failing():
        os.write(2, b"no cuda drivers\n")
    assert capfd.readouterr().err == ("no cuda drivers\n" if level == "0" else "")
    with pytest.raises(OSError, match="Bad file"), environment.quiet_unless_failing():
        os.close(os.write(2, b"no such symbol\n") + 1000)
    os.write(2, b"after it\n")
    assert capfd.readouterr().err == "no such symbol\nafter it\n"


def test_notes_of_tensorflow_are_kept_out():
    logger = logging.getLogger("tensorflow")
    before = logger.level
    with environment.without_notes():
        assert not logger.isEnabledFor(logging.WARNING)
        assert logger.isEnabledFor(logging.ERROR)
    assert logger.level == before


@pytest.mark.parametrize(("number", "name"), [(0, "stdin"), (1, "stdout"), (2, "stderr")])
def test_a_closed_stream_is_the_null_device(monkeypatch, number, name):
    monkeypatch.setattr(sys, name, None)
    saved = os.dup(number)
    os.close(number)
    try:
        environment.open_standard_streams()
        assert os.path.samestat(os.fstat(number), os.stat(os.devnull))
        assert os.get_inheritable(number)
        assert getattr(sys, name).fileno() == number
    finally:
        os.dup2(saved, number)
        os.close(saved)


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", *(pytest.param(one, marks=pytest.mark.exhaustive)
                                                      for one in ("<&-", ">&-", "2>&-"))])
def test_the_program_without_streams(closed):
    program = f"exec '{sys.executable}' -m wirgan_tf.main --nonsense {closed}"
    assert subprocess.run(["sh", "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
                          timeout=120).returncode == 2


IMPORTING = """
import time
from wirgan_tf import environment
with environment.leaving_on_interrupt():
    print("importing", flush=True)
    try:
        time.sleep(60)
    except BaseException:  # as some packages do
        time.sleep(60)
"""


def test_ctrl_c_while_importing_is_a_word_and_130():
    process = subprocess.Popen([sys.executable, "-c", IMPORTING], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, cwd=ROOT)
    assert process.stdout.readline() == "importing\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("", "interrupted\n")
    assert process.returncode == 130


def test_after_importing_ctrl_c_is_an_exception_again():
    with environment.leaving_on_interrupt():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda number, frame: None])
def test_an_ignored_ctrl_c_stays_ignored(handler):
    """As that of programs which a shell starts in the background."""
    before = signal.signal(signal.SIGINT, handler)
    try:
        with environment.leaving_on_interrupt():
            assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_program_can_be_interrupted_at_any_time_while_it_starts():
    for wait in (0.3, 1.5, 3.0):
        process = subprocess.Popen([sys.executable, "-m", "wirgan_tf.main", "--mode=list"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, cwd=ROOT)
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, shown = process.communicate(timeout=60)
        assert "Traceback" not in shown
        assert process.returncode in (0, 130)
