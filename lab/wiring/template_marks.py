"""Tells a template from a configuration file: Helm, Ansible or Puppet have yet to write the file.

Asked only of text that can't be parsed: in a file that can, such marks may be somebody's value.
"""

import re

from lab.wiring.finding import Finding, Severity
from lab.wiring.link import Position

_MARK = re.compile(r"\{\{|\{%|<%")


def template_finding(code: str, text: str, file: str) -> Finding | None:
    """Give the finding *code* at the text's first mark of a template; None where there is none."""
    mark = _MARK.search(text)
    if mark is None:
        return None
    return Finding(
        code,
        Severity.ERROR,
        f"a template, not a configuration: `{mark[0]}` is for Helm, Puppet or their like",
        Position(file, text.count("\n", 0, mark.start()) + 1),
        "let them write the file, and give what they have written",
    )
