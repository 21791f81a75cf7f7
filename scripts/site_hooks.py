"""What the documents in `docs/` need to become a site, see mkdocs.yml. On GitHub they are read as they are.

* A link to a file outside `docs/` leads to a page of that file.
* A line that is a link to code, [`wirgan_tf/noise.py`: `Stream.uniform`](../wirgan_tf/noise.py), becomes that code.
* An equation between dollars becomes MathML, so that no script has to be loaded.
* A line may not end after the hyphens of a flag.
"""

import ast
import html
import json
import os.path
import pathlib
import re
import textwrap

ROOT = pathlib.Path(__file__).parents[1]
DOCS = ROOT / "docs"
_FENCED = re.compile(r"^(```.*?^```$)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)#:\s]+)(?P<anchor>(?:#[^)]*)?)(?=\))")
_SHOWN = re.compile(r"^\[`(?P<path>[^`]+\.py)`: `(?P<name>[\w.]+)`\]\([^)]+\)$", re.MULTILINE)
_INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.DOTALL)
_DISPLAY = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', re.DOTALL)
_INLINE_CODE = re.compile(r"<code>[^<]*</code>")
_FLAG = re.compile(r"--\w")
_WITH_LINKS = (".md", ".ipynb")
_LANGUAGES = {".py": "python", ".sh": "bash", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml"}


def source_of(path: str, name: str) -> str:
    """The text of a function, class or method of a file of the repository, without its indentation.

    Raises: `LookupError` when the file has nothing of that name.
    """
    text = (ROOT / path).read_text()
    found = ast.parse(text)
    for part in name.split("."):
        found = next((child for child in found.body if getattr(child, "name", None) == part), None)
        if found is None:
            raise LookupError(f"{path} has no {name}, which a document shows")
    first = min([found.lineno, *(decorator.lineno for decorator in found.decorator_list)])
    return textwrap.dedent("\n".join(text.splitlines()[first - 1:found.end_lineno]))


def shown_sources(markdown: str) -> list[tuple[str, str]]:
    """The code that a document shows: its files and names."""
    return _SHOWN.findall(markdown)


def on_files(files, config):
    """Adds a page for every file outside `docs/` that a page links to."""
    from mkdocs.structure.files import File, InclusionLevel

    waiting = [pathlib.Path(file.abs_src_path) for file in files.documentation_pages()]
    while waiting:
        page = waiting.pop()
        for target in _targets(page):
            place = _place(target)
            if target.is_relative_to(DOCS) or not target.is_file() or files.get_file_from_path(place):
                continue
            files.append(File.generated(config, place, content=_as_markdown(target),
                                        inclusion=InclusionLevel.NOT_IN_NAV))
            waiting.append(target)
    return files


def on_page_markdown(markdown, page, config, files):
    """Leads links out of `docs/` to their pages, and writes out the code that is shown."""
    del config, files
    here = _origin(page.file.src_uri)
    if here.suffix not in _WITH_LINKS:
        return markdown

    def relative(link: re.Match) -> str:
        place = _place((here.parent / link["path"]).resolve())
        return os.path.relpath(place, os.path.dirname(page.file.src_uri) or ".") + link["anchor"]

    parts = _FENCED.split(_SHOWN.sub(_as_code, markdown))
    return "".join(part if part.startswith("```") else _LINK.sub(relative, part) for part in parts)


def on_page_content(content, page, config, files):
    """Turns LaTeX into MathML, and keeps the hyphens of flags and their names together."""
    del page, config, files
    content = _INLINE_CODE.sub(lambda code: _FLAG.sub(r'<span class="flag">\g<0></span>', code[0]), content)
    content = _INLINE.sub(lambda found: _as_mathml(found[1], "inline"), content)
    return _DISPLAY.sub(lambda found: _as_mathml(found[1], "block"), content)


def _targets(page: pathlib.Path) -> set[pathlib.Path]:
    if page.suffix not in _WITH_LINKS:
        return set()
    markdown = _FENCED.sub("", _as_markdown(page))
    return {(page.parent / link["path"]).resolve() for link in _LINK.finditer(markdown)}


def _place(target: pathlib.Path) -> str:
    """Where the site has a file of the repository."""
    if target.is_relative_to(DOCS):
        return target.relative_to(DOCS).as_posix()
    place = f"source/{target.relative_to(ROOT).as_posix()}"
    return place if target.suffix == ".md" else f"{place}.md"


def _origin(place: str) -> pathlib.Path:
    """The file of the repository that the site has there."""
    if not place.startswith("source/"):
        return DOCS / place
    origin = ROOT / place.removeprefix("source/")
    return origin if origin.is_file() else origin.with_suffix("")


def _as_markdown(path: pathlib.Path) -> str:
    text = path.read_text()
    if path.suffix == ".md":
        return text
    if path.suffix == ".ipynb":
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
        return "\n\n".join(source if kind == "markdown" else f"```python\n{source}\n```" for kind, source in cells)
    name = path.relative_to(ROOT).as_posix()
    return f"# {path.name}\n\n`{name}`\n\n````{_LANGUAGES.get(path.suffix, 'text')}\n{text}````\n"


def _as_code(shown: re.Match) -> str:
    return f'```python title="{shown["path"]}"\n{source_of(shown["path"], shown["name"])}\n```'


def _as_mathml(latex: str, display: str) -> str:
    from latex2mathml.converter import convert

    return convert(html.unescape(latex), display=display)
