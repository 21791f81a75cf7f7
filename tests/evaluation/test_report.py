import dataclasses
import json
import threading

import pytest

from wirgan_tf.evaluation import Result, append, latest, table


def result(**changes):
    return Result(**{"measure": "fid", "value": 8.5, "num_samples": 1000, "num_real": 360, "dataset": "digits",
                     "split": "test", "features": "pixels", "features_hash": "abc", "resize": "area 8x8", **changes})


@pytest.mark.parametrize(("changes", "name"), [
    ({}, "fid_1k_digits_test_pixels"),
    ({"num_samples": 10_000, "dataset": "mnist", "features": "classifier:mnist"}, "fid_10k_mnist_test_classifier"),
    ({"dataset": "mnist", "features": "classifier:digits"}, "fid_1k_mnist_test_classifier-digits"),
    ({"num_samples": 360}, "fid_360_digits_test_pixels"),
    ({"num_samples": 1500, "split": "", "measure": "is"}, "is_1500_digits_pixels"),
    ({"measure": "intra_fid", "num_samples": 10_000, "per_class": 1000}, "intra_fid_10x1k_digits_test_pixels"),
])
def test_name_tells_the_protocol(changes, name):
    assert result(**changes).name == name


def test_append_writes_one_json_object_a_line(tmp_path):
    path = tmp_path / "metrics.jsonl"
    first, second = result(), result(measure="kid", value=0.1, std=0.01, block_size=1024, iteration=500)
    append([first], path)
    append([first, second], path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["name"] for line in lines] == [first.name, first.name, second.name]
    assert lines[2] == {"name": second.name, **dataclasses.asdict(second)}


def test_threads_append_whole_lines(tmp_path):
    path = tmp_path / "metrics.jsonl"
    threads = [threading.Thread(target=lambda: [append([result()] * 5, path) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {json.loads(line)["value"] for line in path.read_text().splitlines()} == {8.5}
    assert len(path.read_text().splitlines()) == 400


def test_append_behind_a_line_that_was_cut_short(tmp_path, caplog):
    path = tmp_path / "metrics.jsonl"
    append([result(iteration=10)], path)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    append([result(iteration=20, measure="kid")], path)
    assert [found["measure"] for found in latest(path, 20)] == ["fid", "kid"]
    assert caplog.records[0].getMessage().startswith(f"line 2 of {path} is damaged and skipped: {{\"name\": ")


def test_append_nothing(tmp_path):
    append([], tmp_path / "metrics.jsonl")
    assert (tmp_path / "metrics.jsonl").read_text() == ""


def test_latest_of_each_name_at_or_before_an_update(tmp_path):
    path = tmp_path / "metrics.jsonl"
    assert latest(path, 100) == []
    append([result(iteration=10), result(measure="kid", iteration=10), result(iteration=20, value=7.0),
            result(iteration=20, value=6.0, seed=1), result(iteration=30, value=5.0), result(iteration=None)], path)
    assert [(line["measure"], line["value"], line["iteration"]) for line in latest(path, 20)] == [
        ("fid", 6.0, 20), ("kid", 8.5, 10)]
    assert latest(path, 9) == []
    append([result(iteration=10, value=9.0)], path)  # an older checkpoint, measured later
    assert [line["value"] for line in latest(path, 20)] == [6.0, 8.5]


@pytest.mark.parametrize("line", ["{", "{}", "3", '{"name": "a", "iteration": "10"}', '{"name": 1, "iteration": 1}'])
def test_a_line_that_is_no_result_is_skipped_and_named(tmp_path, line, caplog):
    path = tmp_path / "metrics.jsonl"
    append([result(iteration=10)], path)
    path.write_text(path.read_text() + line + "\n")
    append([result(iteration=10, measure="kid")], path)
    assert [found["measure"] for found in latest(path, 10)] == ["fid", "kid"]
    assert [record.getMessage() for record in caplog.records] == [f"line 2 of {path} is damaged and skipped: {line}"]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_results_are_finite(value):
    with pytest.raises(ValueError, match=r"fid_1k_digits_test_pixels is (nan|inf)"):
        result(value=value)


def test_table_shows_notes():
    lines = table([result(), result(measure="kid", value=-1e-5, std=2e-6, note="few")]).splitlines()
    assert [line.split() for line in lines] == [
        ["measure", "value", "std", "note"], ["fid_1k_digits_test_pixels", "8.5"],
        ["kid_1k_digits_test_pixels", "-1e-05", "2e-06", "few"]]
    assert table([]).startswith("measure")
