"""The README's commands and code, as they stand there."""

import pathlib
import re
import shutil

from PIL import Image

from wirgan_tf.evaluation import classifier

ROOT = pathlib.Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PROGRAM = "-m wirgan_tf.main "


def blocks(language, text=README):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def readme_commands():
    return [line.split(PROGRAM)[1] for line in blocks("sh")[0].splitlines() if PROGRAM in line]


def test_the_commands_in_turn(program, monkeypatch):
    monkeypatch.setattr(classifier, "_MOST_EPOCHS", 2)  # of 30
    shutil.copytree(ROOT / "configs", "configs")
    for command in readme_commands():
        shorter = ["--iterations=2", "--width=2", "--eval_every=0"] if "--flagfile" in command else []
        code, _, error = program(*command.split(), *shorter)
        assert code == 0, f"{command}\n{error}"
    assert Image.open("runs/digits_gp_wirgan_t3/samples.png").size == (10 * 58 - 2, 10 * 58 - 2)
    assert Image.open("runs/digits_gp_wirgan_t3/refinement.png").size == (3 * 58 - 2, 20 + 10 * 58 - 2)


def test_make_demo_runs_the_same_commands():
    makefile = (ROOT / "Makefile").read_text().replace("$(RUN)", "runs/digits_gp_wirgan_t3")
    makefile = makefile.replace("$(CLASSIFIERS)", "runs/classifiers")
    demo = re.search(r"^demo:.*?\n\n", makefile, re.DOTALL | re.MULTILINE)[0]
    assert [line.split(PROGRAM)[1] for line in demo.splitlines() if PROGRAM in line] == readme_commands()


def test_the_python_code(capsys, tmp_path, monkeypatch, uncompiled):
    monkeypatch.chdir(tmp_path)
    whole, of_parts = blocks("python")
    exec(compile(whole, "README.md", "exec"), {})
    assert capsys.readouterr().out.splitlines()[-2:] == ["(5, 8, 8, 1)"] * 2
    exec(compile(of_parts, "README.md", "exec"), {})
    assert capsys.readouterr().out.splitlines()[-1] == "(3, 10, 8, 8, 1)"


def test_the_code_of_measuring(capsys):
    code, = blocks("python", (ROOT / "docs" / "measuring.md").read_text())
    exec(compile(code, "measuring.md", "exec"), shown := {})
    distances, neighbors, score = capsys.readouterr().out.splitlines()
    assert distances.startswith(f"{shown['evaluation'].frechet_distance(shown['real'], shown['fake'])} ")
    assert neighbors == ("PrecisionRecall(precision=0.86, recall=0.886) "
                         "DensityCoverage(density=0.942, coverage=0.96)")
    assert score.startswith("InceptionScore(mean=1.41985")


def test_the_code_of_the_tutorial(capsys):
    code, = blocks("python", (ROOT / "docs" / "tutorial.md").read_text())
    exec(compile(code, "tutorial.md", "exec"), {})
    assert capsys.readouterr().out == "160.0\n"


def test_no_other_document_has_code():
    """What this file and test_bulk.py run is all there is."""
    assert {path.name for path in (ROOT / "docs").glob("*.md") if blocks("python", path.read_text())} == {
        "bulk.md", "measuring.md", "tutorial.md"}


def test_flagfiles_named_in_the_documents_exist():
    named = {name for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
             for name in re.findall(r"configs/\w+\.flags", path.read_text())}
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []
