"""Findings alone, for people and for programs: `lab check` needs no more of a report."""

import json
from collections.abc import Sequence
from typing import Any

from lab.wiring.finding import Finding

SCHEMA = 1


def findings_table(findings: Sequence[Finding]) -> str:
    """Give findings as lines of four: what, where, mend, and the code that the docs explain."""
    if not findings:
        return "no findings"
    return "\n".join(_lines(finding) for finding in findings)


def findings_json(findings: Sequence[Finding]) -> str:
    """Give findings as one JSON object, whose keys scripts may rely on."""
    values = {"schema": SCHEMA, "findings": [finding_values(finding) for finding in findings]}
    return json.dumps(values, indent=2, ensure_ascii=False)


def finding_values(finding: Finding) -> dict[str, Any]:
    """Give the values of one finding, as every JSON report has them."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "what": finding.what,
        "where": str(finding.where),
        "file": finding.where.file,
        "line": finding.where.line,
        "key": finding.key,
        "mend": finding.mend,
    }


def _lines(finding: Finding) -> str:
    key = f"  {finding.key}" if finding.key else ""
    return (
        f"{finding.severity} {finding.code}: {finding.what}\n"
        f"     at: {finding.where}{key}\n"
        f"   hint: {finding.mend}"
    )
