"""Findings for code hosts and editors: SARIF 2.1.0, as OASIS publishes it."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from lab import __version__
from lab.wiring.codes import CODES
from lab.wiring.finding import Finding, Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def findings_sarif(findings: Sequence[tuple[Finding, str, int]]) -> str:
    """Give findings as one run, each with the file and line to show it at; line 0 is no line."""
    codes = sorted({finding.code for finding, _, _ in findings})
    driver = {
        "name": "lab",
        "version": __version__,
        "rules": [{"id": code, "shortDescription": {"text": CODES[code]}} for code in codes],
    }
    results = [_result(*found, codes) for found in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    values = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(values, indent=2, ensure_ascii=False)


def _result(finding: Finding, file: str, line: int, codes: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
    if line:
        place["region"] = {"startLine": line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.key:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.key}]
    told = finding.what if line else f"{finding.what} (in {finding.where})"
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{told}. Mend: {finding.mend}."},
        "locations": [location],
    }
