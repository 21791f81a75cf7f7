"""The documents: their links, the commands and code that they show, and their places on the site."""

import ast
import functools
import pathlib
import re

import pytest
import site_hooks
import yaml
from site_docstrings import as_markdown

from tests.document_commands import DOCUMENTS, FENCED, ROOT, program_commands, words_of
from wirgan_tf.command_line import parse
from wirgan_tf.commands import MODES

LINK = re.compile(r"\]\(([^)\s]+)\)")

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading: its text in lower case, spaces as hyphens, other signs left out."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


@functools.cache
def anchors(path: pathlib.Path) -> set[str]:
    prose = FENCED.sub("", path.read_text())
    return {anchor(heading) for heading in re.findall(r"^#+ +(.*)$", prose, re.MULTILINE)}


def broken_links(path: pathlib.Path) -> list[str]:
    broken = []
    for link in LINK.findall(re.sub(r"`[^`\n]*`", "", FENCED.sub("", path.read_text()))):
        target, _, heading = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        if ":" in target:
            continue
        if not file.exists() or (heading and heading not in anchors(file)):
            broken.append(link)
    return broken


@every_document
def test_links_lead_to_files_and_headings(path):
    assert broken_links(path) == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "other.md").write_text("## One (`--flag`), and more\n")
    page = tmp_path / "page.md"
    page.write_text("# Title\n[a](other.md#one---flag-and-more) [b](other.md#two) [c](none.md) [d](#title) [e](#no)\n")
    assert broken_links(page) == ["other.md#two", "none.md", "#no"]


@every_document
def test_code_that_is_shown_is_there(path):
    for file, name in site_hooks.shown_sources(path.read_text()):
        assert ast.parse(site_hooks.source_of(file, name))


def test_what_is_shown_is_one_definition():
    assert site_hooks.source_of("wirgan_tf/objectives/wgan.py", "Wasserstein.generator_loss").splitlines()[0] == (
        "def generator_loss(self, scores: Scores) -> tf.Tensor:")
    with pytest.raises(LookupError, match=r"has no Wasserstein\.none, which a document shows"):
        site_hooks.source_of("wirgan_tf/objectives/wgan.py", "Wasserstein.none")


@every_document
def test_tables_in_lists_are_indented_as_the_site_needs(path):
    """By four spaces; GitHub is content with two."""
    assert re.findall(r"^ {1,3}\|.*", FENCED.sub("", path.read_text()), re.MULTILINE) == []


def places(entry) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    return [place for part in (entry.values() if isinstance(entry, dict) else entry) for place in places(part)]


def test_every_page_has_its_place_on_the_site():
    lines = (ROOT / "mkdocs.yml").read_text().partition("\nnav:\n")[2].partition("\nvalidation:")[0]
    found = places(yaml.safe_load(lines))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages - set(found) == set(), "add these to nav in mkdocs.yml"
    assert len(found) == len(set(found))


@every_document
def test_commands_have_flags_that_there_are(path, tmp_path, monkeypatch):
    """They are read here; end_to_end/test_document_commands.py runs them."""
    monkeypatch.chdir(tmp_path)
    for command in program_commands(path):
        words = words_of(command)
        if "--help" in words or words == ["--version"]:
            continue
        asked = parse(["wirgan_tf", *words])
        if type(asked) is MODES["train"]:
            asked.config()


def test_there_are_commands_to_read():
    assert sum(len(program_commands(path)) for path in DOCUMENTS) > 100


def test_flags_are_not_broken_after_their_hyphens():
    shown = site_hooks.on_page_content("<p><code>--mode=list --a-b</code> -- </p>", None, None, None)
    assert shown == '<p><code><span class="flag">--m</span>ode=list <span class="flag">--a</span>-b</code> -- </p>'


def test_docstrings_become_lists_and_code():
    docstring = ("A side.\n\nwidth: of the image.\nloss, penalty: terms, which\n  are minimised.\n\n"
                 "Args:\n  x: a number, `<y>` or <z>.\n\nRaises: `ValueError` for\n  others.\n\n>>> 1 + 1\n2")
    assert as_markdown(docstring) == (
        "A side.\n\n* `width`: of the image.\n* `loss`, `penalty`: terms, which are minimised.\n\n"
        "Args:\n  x: a number, `<y>` or &lt;z>.\n\nRaises: `ValueError` for\nothers.\n\n```pycon\n>>> 1 + 1\n2\n```")
