"""The report of runs whose measures are written down here: the numbers in it, and that its page needs nothing else."""

import csv
import html.parser
import json
import pathlib

import pytest
from PIL import Image

from wirgan_tf.config import Config
from wirgan_tf.evaluation import REPORT_SEED, SELECTION_SEED
from wirgan_tf.studies import Failure, Group, Report, grouped, read_run, write_report

FID = {"digits": "fid_360_digits_test_pixels", "gaussians_25": "fid_360_gaussians_25_test_pixels"}


def make_run(path, fid, seed=0, curve=(), identity=None, **settings):
    """A run that measured `fid` on test images, and `curve` after 10, 20, ... updates on validation images."""
    (path / "samples").mkdir(parents=True)
    config = Config(**{"width": 2, "seed": seed, **settings})
    config.save(path / "config.json")
    (path / "data.json").write_text(json.dumps({"identity": identity or {"train": "aa", "test": "bb"}}))
    line = {"name": FID[config.dataset], "measure": "fid", "value": fid, "std": None, "split": "test",
            "seed": REPORT_SEED, "num_samples": 360, "num_real": 360, "iteration": 40, "features": "pixels",
            "features_hash": "ab" * 32, "time_step": None, "note": ""}
    others = [{**line, "value": 99.0}, {**line, "value": 1.0, "split": "train"}, {**line, "value": 2.0, "seed": 7},
              {**line, "value": 3.0, "time_step": 1}]
    brief = [{**line, "split": "validation", "seed": SELECTION_SEED, "value": value, "iteration": 10 * number}
             for number, value in enumerate(curve, 1)]
    critic = {**line, "measure": "wasserstein", "name": "wasserstein_360", "features": "critic", "features_hash": ""}
    lines = [others[0], *brief, critic, line, *others[1:]]
    (path / "metrics.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    for update in (20, 40):
        Image.new("L", (update, update)).save(path / "samples" / f"samples_{update:07d}.png")
    return read_run(path)


@pytest.fixture
def report(tmp_path):
    a = Group("A", [make_run(tmp_path / f"a{seed}", fid, seed, [9.0, 8.0]) for seed, fid in ((0, 4.0), (1, 6.0))])
    b = Group("B", [make_run(tmp_path / f"b{seed}", fid, seed, [5.0], model="gran")
                    for seed, fid in ((0, 14.0), (1, 16.5), (2, 15.0))])
    return Report("Two <models>", [a, b], [("A", "B"), ("A", "gone")],
                  [Failure("C_seed0", "lost | everything", pathlib.Path("logs/C_seed0.log"))], "About *them*.")


def rows(text, section):
    lines = text.partition(f"## {section}\n")[2].partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]


def test_reads_what_was_reported_last(tmp_path):
    run = make_run(tmp_path / "run", 4.0, curve=[9.0, 8.0], seed=3)
    assert {column.name: line["value"] for column, line in run.results.items()} == {
        FID["digits"]: 4.0, "wasserstein_360": 4.0}
    assert {column.measure: curve for column, curve in run.curves.items()} == {"fid": {10: 9.0, 20: 8.0}}
    assert (run.seed, run.picture.name) == (3, "samples_0000040.png")


def test_test_images_come_before_validation_images(tmp_path):
    path = make_run(tmp_path / "run", 4.0).path
    lines = (path / "metrics.jsonl").read_text()
    later = {**json.loads(lines.splitlines()[2]), "name": "fid_360_digits_validation_pixels", "split": "validation"}
    (path / "metrics.jsonl").write_text(f"{lines}{json.dumps(later)}\n")
    assert read_run(path).results.keys() == make_run(tmp_path / "other", 4.0).results.keys()

    (path / "metrics.jsonl").write_text(f"{json.dumps(later)}\n")
    text = write_report(Report("t", grouped([read_run(path)])), tmp_path / "report").with_suffix(".md").read_text()
    assert "standard deviation (n seeds), on validation images; an arrow" in text


def test_results_are_of_the_checkpoint_that_was_evaluated_last(tmp_path):
    path = make_run(tmp_path / "run", 4.0).path
    line = json.loads((path / "metrics.jsonl").read_text().splitlines()[0])
    older = {**line, "name": "kid_360_digits_test_pixels", "measure": "kid", "value": 0.5, "iteration": 20}
    later = {**line, "name": "is_360_digits_pixels", "measure": "is", "value": 7.0, "split": ""}
    (path / "metrics.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in (older, line, later)))
    run = read_run(path)
    assert (run.measured, sorted(column.measure for column in run.results)) == (40, ["fid", "is"])
    text = write_report(Report("t", grouped([run])), tmp_path / "both").with_suffix(".md").read_text()
    assert "standard deviation (n seeds), on test images; an arrow" in text
    with open(path / "metrics.jsonl", "a") as file:
        file.write(json.dumps({**line, "value": 9.0, "iteration": 30}) + "\n")
    run = read_run(path)
    assert (run.measured, [line["value"] for line in run.results.values()]) == (30, [9.0])
    with open(path / "metrics.jsonl", "a") as file:  # evaluated on validation images, with a measure of samples alone
        for each in ({**line, "split": "validation", "iteration": 35}, {**later, "iteration": 35}):
            file.write(json.dumps(each) + "\n")
    assert read_run(path).results == run.results
    assert read_run(path, "validation").measured == 35
    text = write_report(Report("t", grouped([run])), tmp_path / "report").with_suffix(".md").read_text()
    assert rows(text, "Runs")[:2] == [["runs", "model", "data", "T", "updates", "measured after", "training seeds"],
                                      ["run", "`gp_wirgan`", "`digits`", "3", "0", "30", "0"]]


def test_a_curve_is_of_one_feature_network(tmp_path):
    path = make_run(tmp_path / "run", 4.0, curve=[9.0, 8.0]).path
    brief = json.loads((path / "metrics.jsonl").read_text().splitlines()[1])
    watched = {**brief, "split": "test", "iteration": 25, "value": 1.0}
    by_classifier = {**brief, "features_hash": "cd" * 32, "iteration": 30, "value": 900.0}
    with open(path / "metrics.jsonl", "a") as file:
        file.write(f"{json.dumps(watched)}\n{json.dumps(by_classifier)}\n")
    run = read_run(path)
    assert list(run.curves.values()) == [{10: 9.0, 20: 8.0}, {30: 900.0}]
    text = write_report(Report("t", grouped([run])), tmp_path / "report").with_suffix(".md").read_text()
    assert [line for line in text.splitlines() if line.startswith("![fid")] == [
        f"![{FID['digits']} by {start} on digits](report_files/curve_digits_{FID['digits']}_by_{start}.svg)"
        for start in ("ab" * 4, "cd" * 4)]


def test_folders_of_one_data_set_are_not_compared(tmp_path):
    runs = [make_run(tmp_path / name, fid, model=model, identity={"train": name, "test": name})
            for name, fid, model in (("a", 4.0, "gran"), ("b", 5.0, "gp_wirgan"))]
    same = make_run(tmp_path / "c", 6.0, model="wirgan", identity={"train": "other", "test": "a"})
    page = write_report(Report("t", grouped([*runs, same]), [("b", "a"), ("c", "a")]), tmp_path / "report")
    text = page.with_suffix(".md").read_text()
    assert [row[0] for row in rows(text, "Results")] == ["`digits 1`", "a", "c", "`digits 2`", "b"]
    assert "* b and a: they are of different data, `digits 2` and `digits 1`\n" in text
    assert [row[:3] for row in rows(text, "Comparisons")[1:]] == [["c", "a", "fid"]]


def test_a_share_of_the_training_images_is_what_validation_results_are_on(tmp_path):
    runs = [make_run(tmp_path / str(share), 4.0, validation_share=share) for share in (0.1, 0.2)]
    of_test, of_validation = ([read_run(run.path, split).data for run in runs] for split in ("test", "validation"))
    assert of_test[0] == of_test[1]
    assert of_validation[0] != of_validation[1]


def test_the_tables(report, tmp_path):
    page = write_report(report, tmp_path / "report")
    text = page.with_suffix(".md").read_text()
    assert rows(text, "Results")[1:] == [
        ["A", "5 ± 1.4 (n = 2)", "5 ± 1.4 (n = 2)"], ["B", "15.17 ± 1.3 (n = 3)", "15.17 ± 1.3 (n = 3)"]]
    assert rows(text, "Results")[0] == ["`digits`", "fid ↓", "wasserstein"]
    # -10 and -10.5: mean -10.25, standard error 0.25, t(1) = 12.7062
    assert rows(text, "Comparisons")[1:] == [["A", "B", "fid", "-10.2", "-13.4 to -7.07", "2", "better"]]
    assert rows(text, "Runs that failed")[1:] == [["C_seed0", "lost \\| everything", "`logs/C_seed0.log`"]]
    assert ["`model`", "gp_wirgan", "gran"] in rows(text, "Settings")
    assert "seed=" not in text


class Reader(html.parser.HTMLParser):
    """Tags that are open, tables, and what a browser would fetch."""

    def __init__(self):
        super().__init__()
        self.open, self.tables, self.fetched = [], 0, []

    def handle_starttag(self, tag, attributes):
        self.tables += tag == "table"
        self.fetched += [value for name, value in attributes if name in ("src", "href")]
        self.open += [tag] if tag != "meta" else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(report, tmp_path):
    reader = Reader()
    text = write_report(report, tmp_path / "report").read_text()
    reader.feed(text)
    assert (reader.open, reader.tables) == ([], 5)
    kinds = [source.partition(";")[0] for source in reader.fetched]
    assert kinds == ["data:image/svg+xml", "data:image/png", "data:image/png"]
    assert "http" not in text
    assert "<title>Two &lt;models&gt;</title>" in text
    assert "<em>them</em>" in text


def test_the_numbers_for_other_programs(report, tmp_path):
    write_report(report, tmp_path / "report")
    with open(tmp_path / "report" / "results.csv") as file:
        found = [row for row in csv.DictReader(file) if row["measure"] == "fid"]
    assert [(row["run"], row["model"], row["training_seed"], row["value"]) for row in found] == [
        ("A", "gp_wirgan", "0", "4.0"), ("A", "gp_wirgan", "1", "6.0"), ("B", "gran", "0", "14.0"),
        ("B", "gran", "1", "16.5"), ("B", "gran", "2", "15.0")]
    assert {row["sample_seed"] for row in found} == {str(REPORT_SEED)}


def test_results_of_two_classifiers_are_not_compared(tmp_path):
    a, b = (make_run(tmp_path / name, 4.0, model=model) for name, model in (("a", "gran"), ("b", "gp_wirgan")))
    text = (tmp_path / "b" / "metrics.jsonl").read_text().replace("ab" * 32, "cd" * 32)
    (tmp_path / "b" / "metrics.jsonl").write_text(text)
    groups = [Group("A", [a]), Group("B", [read_run(b.path)])]
    page = write_report(Report("t", groups, [("A", "B")]), tmp_path / "report")
    text = page.with_suffix(".md").read_text()
    assert "## Comparisons" not in text
    assert ("## Not compared\n\n* A and B: they share no result of one measure, protocol and feature network for one "
            "training seed, but for critics' scores\n") in text
    assert rows(text, "Results")[0] == ["`digits`", f"{FID['digits']} by {'ab' * 4} ↓", "wasserstein",
                                        f"{FID['digits']} by {'cd' * 4} ↓"]


def test_data_sets_have_tables_of_their_own(tmp_path):
    runs = [make_run(tmp_path / "a", 4.0), make_run(tmp_path / "b", 5.0, model="sim_gp_wirgan", dataset="gaussians_25")]
    page = write_report(Report("t", grouped(runs), [("a", "b")]), tmp_path / "report")
    text = page.with_suffix(".md").read_text()
    assert [row[0] for row in rows(text, "Results")] == ["`digits`", "a", "`gaussians_25`", "b"]
    assert "* a and b: they are of different data, `digits` and `gaussians_25`\n" in text


def test_runs_of_other_seeds_are_one_group(tmp_path):
    paths = [("x_seed1", 1, 2), ("x", 0, 2), ("deep/x", 0, 3)]
    groups = grouped([make_run(tmp_path / name, 4.0, seed, width=width) for name, seed, width in paths])
    assert [[run.seed for run in group.runs] for group in groups] == [[1, 0], [0]]
    assert [group.name for group in groups] == [str(tmp_path / "x_seed1"), str(tmp_path / "deep" / "x")]
    again = [make_run(tmp_path / name, 4.0) for name in ("y", "z")]
    with pytest.raises(ValueError, match=r"the same settings and the same seed; leave one out"):
        grouped(again)
