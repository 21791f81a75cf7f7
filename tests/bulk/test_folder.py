import json

import numpy as np
import pytest

from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.shards import cut
from wirgan_tf.evaluation import Activations
from wirgan_tf.evaluation.statistics import Statistics

SHARDS = cut(30, 10)
JOB = {"seed": 0, "num_samples": 30}


def publish(folder, shard, text="samples"):
    partial = folder.partial(shard)
    partial.write_text(text)
    statistics = Statistics.of(Activations(None, np.arange(shard.first, shard.first + 10.0)[:, np.newaxis]),
                               shard.first, 30)
    folder.publish(shard, statistics, partial)


def test_a_job_is_taken_up_where_it_was_left(tmp_path):
    folder = Folder(tmp_path / "out", ".tfrecord")
    assert folder.begin(JOB) is None
    publish(folder, SHARDS[1])
    folder.partial(SHARDS[0]).write_text("half")
    again = Folder(tmp_path / "out", ".tfrecord")
    assert again.begin(JOB) is None
    assert again.done(SHARDS) == [SHARDS[1]]
    for shard in (SHARDS[2], SHARDS[0], SHARDS[2]):  # one of them twice, as some runners do
        publish(again, shard)
    assert again.done(SHARDS) == SHARDS
    combined = again.combined(SHARDS)
    assert (combined.moments.count, combined.moments.mean) == (30, 14.5)  # of 0, 1, ..., 29
    np.testing.assert_array_equal(combined.kept.values[:, 0], np.arange(30))
    again.finish(SHARDS, [{"measure": "fid"}])
    assert sorted(path.name for path in again.path.iterdir()) == [
        "manifest.json", *(f"shard-0000{number}-of-00003.tfrecord" for number in range(3))]
    manifest = Folder(tmp_path / "out", ".tfrecord").begin(JOB)
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["results"], manifest["shards"][1]) == (
        [{"measure": "fid"}], {"name": "shard-00001-of-00003.tfrecord", "first": 10, "count": 10})


def test_a_folder_of_files_is_published_once(tmp_path):
    folder = Folder(tmp_path / "out", "")
    folder.begin(JOB)
    for _ in range(2):
        partial = folder.partial(SHARDS[0])
        partial.mkdir()
        (partial / "0.png").write_text("image")
        folder.publish(SHARDS[0], None, partial)
    assert [path.name for path in folder.shard(SHARDS[0]).iterdir()] == ["0.png"]
    assert list((folder.path / ".partial").iterdir()) == []


def test_statistics_alone(tmp_path):
    folder = Folder(tmp_path / "out", None)
    folder.begin(JOB)
    folder.publish(SHARDS[0], Statistics.of(Activations(None, np.ones((10, 1))), 0, 30), None)
    assert folder.done(SHARDS) == SHARDS[:1]


def test_a_job_killed_before_its_manifest_is_begun_again(tmp_path):
    folder = Folder(tmp_path / "out", "")
    folder.begin(JOB)
    folder.manifest.rename(folder.path / f".{'0' * 32}.partial")  # what `write_whole` leaves when it is killed
    assert folder.begin(JOB) is None
    assert json.loads(folder.manifest.read_text()) == {"job": JOB, "finished": False}
    folder.manifest.unlink()
    (folder.path / "shard_statistics" / "mine.npz").write_text("mine")
    with pytest.raises(ValueError, match="out is there already and holds no bulk job"):
        folder.begin(JOB)


def test_other_jobs_are_refused(tmp_path):
    Folder(tmp_path / "out", "").begin(JOB)
    with pytest.raises(ValueError, match=r"out holds another job: seed \(0 there, 7 asked for\); use another"):
        Folder(tmp_path / "out", "").begin(JOB | {"seed": 7})
    with pytest.raises(ValueError, match=r"another job: real \(None there, test asked for\)"):
        Folder(tmp_path / "out", "").begin(JOB | {"real": "test"})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(ValueError, match="mine is there already and holds no bulk job"):
        Folder(tmp_path / "mine", "").begin(JOB)
