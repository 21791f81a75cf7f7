"""The pipeline by itself; what it is for is in tests/end_to_end/test_bulk.py."""

import dataclasses
import os
import pathlib
import signal

import pytest

from wirgan_tf.bulk import pipeline
from wirgan_tf.bulk.shards import cut

HERE = pipeline.Engine(workers=1, options=["direct_running_mode=in_memory"])


@dataclasses.dataclass(frozen=True)
class Writing:
    """Leaves a file for each shard, with the number of threads; `wrong` says what goes wrong at the last."""

    folder: pathlib.Path
    wrong: str = ""

    def open(self, threads):
        with open(self.folder / "opened", "a") as opened:
            opened.write("once ")

        def do(shard):
            if self.wrong == "error" and shard.number == shard.of - 1:
                raise ValueError("images hold NaN")
            if self.wrong == "death" and shard.number == shard.of - 1:
                os.kill(os.getpid(), signal.SIGKILL)
            (self.folder / shard.name).write_text(str(threads))

        return do


def test_every_shard_is_done_by_work_that_is_opened_once(tmp_path):
    pipeline.run(Writing(tmp_path), cut(70, 10), HERE)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "opened": "once ", **{f"0000{number}-of-00007": "0" for number in range(7)}}


def test_a_workers_error_is_told_in_a_line(tmp_path):
    with pytest.raises(OSError, match=r"a worker failed: images hold NaN.*; the same command goes on"):
        pipeline.run(Writing(tmp_path, "error"), cut(70, 10), HERE)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # Beam's own threads
def test_a_worker_that_dies_ends_the_pipeline(tmp_path, monkeypatch):
    """Beam by itself would wait for ever."""
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parents[1]), prepend=os.pathsep)  # of this class
    with pytest.raises(OSError, match="a worker failed: Worker subprocess exited with return code"):
        pipeline.run(Writing(tmp_path, "death"), cut(70, 10), pipeline.Engine(workers=1))
    assert os.cpu_count() == int((tmp_path / "00000-of-00007").read_text())


def test_options():
    engine = pipeline.Engine("FlinkRunner", options=["flink_master=cluster:8081", "parallelism=8"])
    options = engine.pipeline_options.get_all_options(retain_unknown_options=True)
    assert (options["runner"], options["flink_master"], int(options["parallelism"])) == (
        "FlinkRunner", "cluster:8081", 8)
    local = pipeline.Engine(workers=3).pipeline_options.get_all_options()
    assert (local["direct_num_workers"], local["direct_running_mode"]) == (3, "multi_processing")
    assert pipeline.Engine(workers=os.cpu_count() + 1).threads == 1
    assert HERE.threads == 0
    with pytest.raises(ValueError, match="--workers=0: must be at least 1"):
        pipeline.Engine(workers=0)


def test_progress(capsys):
    with pipeline.progress(iter([10, 30, 30]).__next__, 30):
        pass
    assert "30/30" in capsys.readouterr().err
