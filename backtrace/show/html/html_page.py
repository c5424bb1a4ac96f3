"""Puts the page together: markup, style and scripts from this package, and the data as JSON."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from importlib.resources import files
from typing import Any

from backtrace.language import current_language, translated
from backtrace.printable import literal, literal_texts

MARK = '<meta name="generator" content="backtrace report">'
_SCRIPTS = (
    "elements.js",
    "charts.js",
    "heatmap.js",
    "why.js",
    "scrubber.js",
    "findings.js",
    "page.js",
)
_ASKED = re.compile(r'\bword\("((?:[^"\\]|\\.)*)"')  # texts that a script shows
_OF_DATA = ("error", "warning", "note", "buffer", "input", "tensor")  # and those that data name
# Nothing in JSON may end the script element that it stands in, or a line of JavaScript.
_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def build_page(title: str, contents: dict[str, Any]) -> str:
    """Return the whole page; it loads nothing, and runs only its own script."""
    style = read_part("page.css")
    script = "\n".join(map(read_part, _SCRIPTS))
    parts = {
        "MARK": MARK,
        "LANGUAGE": current_language(),
        "TITLE": escape(literal(title)),
        "VERDICT": escape(literal(contents["verdict"]["text"])),
    }
    return put_together(read_part("page.html"), parts, style, script, contents)


def put_together(
    page: str, parts: dict[str, str], style: str, script: str, contents: dict[str, Any]
) -> str:
    """Return a page with its parts, which are markup, in the place of their names in braces.

    Style, script, data and the policy that allows these alone are parts of every page. What is no
    name of a part is a text, to be in the language in use, as are those that the script shows.
    """
    if current_language() != "en":
        contents = {**contents, "texts": {text: translated(text) for text in script_texts(script)}}
    script = f"'use strict';\n{script}"
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = {
        **parts,
        "POLICY": escape(policy),
        "STYLE": style,
        "DATA": to_script_json(literal_texts(contents)),
        "SCRIPT": script,
    }
    found = []
    for piece in page.split("{{"):
        name, closed, rest = piece.partition("}}")
        part = parts[name] if name in parts else escape(translated(name))
        found.append(part + rest if closed else piece)
    return "".join(found)


def script_texts(script: str) -> list[str]:
    """Return the English texts that a script shows by `word`."""
    return [*dict.fromkeys(_ASKED.findall(script)), *_OF_DATA]


def to_script_json(data: object) -> str:
    """Return data as JSON that may stand in a script element.

    Raises:
        ValueError: there is a number that JSON has no word for.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A lone surrogate is no character, and cannot be written as UTF-8.
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text.translate(_ESCAPES)


def read_part(name: str) -> str:
    """Return a file of this package: styles and scripts that other pages share."""
    return files("backtrace.show.html").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
