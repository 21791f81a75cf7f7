"""A report's Markdown as a page of HTML that needs no other file."""

import base64
import html
import mimetypes
import pathlib
import re

import markdown

_PICTURE = re.compile(r'src="([^":]+)"')
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
h1, h2, h3 {{ line-height: 1.2; margin-top: 2em; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; }}
th, td {{ border: 1px solid #ccc; padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; }}
th {{ background: #f3f3f3; }}
td {{ font-variant-numeric: tabular-nums; }}
img {{ max-width: 100%; height: auto; }}
pre {{ background: #f6f6f6; padding: 0.6rem; overflow-x: auto; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def as_html(text: str, title: str, folder: pathlib.Path) -> str:
    """The page of the Markdown `text`, with the pictures that it shows, from `folder`, embedded."""
    body = markdown.markdown(text, extensions=["tables", "fenced_code"])
    return _PAGE.format(title=html.escape(title), body=_PICTURE.sub(lambda found: _embedded(found[1], folder), body))


def _embedded(path: str, folder: pathlib.Path) -> str:
    kind = mimetypes.guess_type(path)[0]
    content = base64.b64encode((folder / path).read_bytes()).decode()
    return f'src="data:{kind};base64,{content}"'
