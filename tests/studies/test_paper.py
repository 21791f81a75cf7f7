"""The paper's tables and figures of runs whose numbers are written down here."""

import json
import statistics

import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf.config import Config
from wirgan_tf.evaluation import REPORT_SEED, THRESHOLDS
from wirgan_tf.studies import Group, Report, read_run, write_report
from wirgan_tf.studies.events import scalars, seconds_of_update
from wirgan_tf.studies.paper import printed, sections

DATA = ("mnist", "cifar10", "lsun_church", "celeba")


def make_group(folder, model, time_steps, score, dataset="mnist", seeds=(0,)):
    runs = []
    for seed in seeds:
        path = folder / f"{model}_{time_steps}_{dataset}_{seed}"
        (path / "samples").mkdir(parents=True)
        Config(model=model, time_steps=time_steps, dataset=dataset, width=2, seed=seed).save(path / "config.json")
        (path / "data.json").write_text(json.dumps({"identity": {"train": dataset, "test": dataset}}))
        line = {"name": "is", "measure": "is", "value": score, "split": "", "seed": REPORT_SEED, "iteration": 4,
                "features_hash": "", "features": "f", "num_samples": 9}
        (path / "metrics.jsonl").write_text(json.dumps(line) + "\n")
        for update in (2, 4):
            for kind in ("samples", "refinement"):
                Image.new("L", (8, 8)).save(path / "samples" / f"{kind}_{update:07d}.png")
        writer = tf.summary.create_file_writer(str(path / "tensorboard"))
        with writer.as_default():
            for update, speed in ((2, 4.0), (4, 10.0), (6, 5.0)):
                tf.summary.scalar("speed/updates_per_second", speed, step=update)
                tf.summary.scalar("wasserstein_estimate/validation", 2.0 * update, step=update)
        writer.close()
        runs.append(read_run(path))
    return Group(f"{model} T={time_steps}", runs)


def fight(first, second, threshold, r_test, r_sample, accuracy_test, accuracy_sample):
    for a, b in zip(first.runs, second.runs, strict=True):
        line = {"a": str(a.path), "b": str(b.path), "threshold": threshold, "r_test": r_test, "r_sample": r_sample,
                "r_test_of_accuracies": accuracy_test, "r_sample_of_accuracies": accuracy_sample}
        for run in (a, b):
            with open(run.path / "gam.jsonl", "a") as file:
                file.write(json.dumps(line) + "\n")


@pytest.fixture
def groups(tmp_path):
    gran = make_group(tmp_path, "gran", 3, 2.0)
    one, three = (make_group(tmp_path, "gp_wirgan", steps, score) for steps, score in ((1, 5.0), (3, 6.0)))
    for number, threshold in enumerate(THRESHOLDS):
        fight(one, three, threshold, 0.5 + number / 2, 2.0, 0.9, 0.8)
    fight(gran, three, "zero", 1.0, 0.5, 1.0, 3.0)
    return [gran, one, three]


def rows(text, title):
    lines = text.partition(f"### {title}")[2].partition("\n#")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")][1:]


def test_the_papers_numbers_are_whole():
    assert [table["table"] for table in printed()["gam"]] == [3, 4, 5, 6, 7]
    for table in printed()["gam"]:
        ratios = [row for name in DATA for row in table[name]]
        assert len(ratios) == 12
        assert all(0.87 <= r_test <= 1.08 and r_sample > 1 for r_test, r_sample in ratios)
    for tables in (printed()["inception_score"], printed()["seconds"]):
        assert all(len(table[name]) == 3 for table in tables.values() for name in DATA)


def test_battles_beside_the_papers(groups, tmp_path):
    text = sections(groups, report_folder(tmp_path))
    assert rows(text, "Table 4") == [
        ["MNIST", "T=1", "T=3", "1.00", "1.245", threshold, r_test, "2.000", "0.900", "0.800"]
        for threshold, r_test in zip(THRESHOLDS, ("0.500", "1.000", "1.500"), strict=True)]
    assert rows(text, "Table 7") == [
        ["MNIST", "T=3", "T=3", "0.89", "2.683", "zero", "1.000", "0.500", "1.000", "3.000"]]
    assert "### Table 3" not in text
    assert rows(text, "Which form") == [
        ["errors", "midpoint", "0 of 1", "1 of 1", "0 of 1"], ["errors", "zero", "2 of 2", "1 of 2", "1 of 2"],
        ["errors", "median", "0 of 1", "1 of 1", "0 of 1"], ["accuracies", "midpoint", "1 of 1", "0 of 1", "0 of 1"],
        ["accuracies", "zero", "2 of 2", "1 of 2", "1 of 2"], ["accuracies", "median", "1 of 1", "0 of 1", "0 of 1"]]


def test_ratios_of_several_seeds_have_a_geometric_mean(tmp_path):
    one, three = (make_group(tmp_path, "gp_wirgan", steps, 5.0, seeds=(0, 1)) for steps in (1, 3))
    for seed, ratio in ((0, 2.0), (1, 8.0)):
        pair = [Group(group.name, [group.runs[seed]]) for group in (one, three)]
        fight(*pair, "zero", ratio, ratio, 1.0, 1.0)
    assert rows(sections([one, three], report_folder(tmp_path)), "Table 4")[0][6:8] == ["4.000", "4.000"]


def test_scores_and_seconds(groups, tmp_path):
    text = sections(groups, report_folder(tmp_path))
    assert rows(text, "Table 9") == [["MNIST", "GP-WIRGAN", "1.053 ± 0.003", "5", "1.055 ± 0.002", "6",
                                      "1.055 ± 0.003", "–"]]
    assert ["GP-WIRGAN", "3", "0.0107", "0.2"] in rows(text, "Table 10")  # 1 / the median of 4, 10 and 5
    assert ["GP-WIRGAN", "5", "0.0115", "–"] in rows(text, "Table 10")


def test_figures(groups, tmp_path):
    folder = report_folder(tmp_path)
    (folder / "toy").mkdir()
    Image.new("L", (8, 8)).save(folder / "toy" / "critic_alone.png")
    page = write_report(Report("Paper", groups), folder, sections(groups, folder))
    text = page.with_suffix(".md").read_text()
    titles = [line[4:] for line in text.splitlines() if line.startswith("### Figure")]
    assert titles == ["Figures 4 to 6: points in the plane", "Figure 10: how GP-WIRGAN, T = 3, draws",
                      "Figure 12: samples of MNIST, T = 3", "Figure 14: samples and loss of gp_wirgan T=3"]
    assert page.read_text().count("data:image/png") == 3 + 1 + 1 + 2 + 2


def test_what_tensorboard_has(groups):
    path = groups[0].runs[0].path
    assert scalars(path, "wasserstein_estimate/validation") == {2: 4.0, 4: 8.0, 6: 12.0}
    assert scalars(path, "loss") == {}
    assert seconds_of_update(path) == pytest.approx(1 / statistics.median([4.0, 10.0, 5.0]))


def report_folder(tmp_path):
    (tmp_path / "report" / "report_files").mkdir(parents=True)
    return tmp_path / "report"
