"""What `lab smoke` prints: a line a step, and of a failure what was asked, what came, and why."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lab.diagnosis.verdict import Verdict
from lab.plan.model import STAND_IN, Plan
from lab.report.columns import in_columns
from lab.report.findings import SCHEMA
from lab.smoke.told import Step, StepVerdict, Told
from lab.wiring.link import Link


@dataclass(frozen=True, slots=True)
class SmokeReport:
    """A smoke test of one lab, with the links that its failure makes doubtful."""

    plan: Plan
    told: Told
    suspects: tuple[Link, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Give healthy when every step was done and nothing was left."""
        return Verdict.HEALTHY if self.told.is_good else Verdict.UNHEALTHY

    def __str__(self) -> str:
        """Give the report as `lab smoke` prints it."""
        return smoke_table(self)


def step_line(step: Step) -> str:
    """Give a step as a line of progress."""
    return f"{step.name}: {step.verdict} in {step.milliseconds:.0f} ms"


def smoke_table(report: SmokeReport) -> str:
    """Give the report's lines."""
    return "\n".join(_lines(report))


def _lines(report: SmokeReport) -> Iterator[str]:
    told, plan = report.told, report.plan
    good = sum(step.verdict is StepVerdict.OK for step in told.steps)
    line = (
        f"smoke test of lab {plan.lab} is {report.verdict} after {told.seconds:.1f} s: "
        f"{good} of {len(told.steps)} steps"
    )
    if any(node.kind == STAND_IN for node in plan.nodes):
        line += f"  [stand-in nodes, not the product {plan.product} {plan.version}]"
    yield line
    for step in told.steps:
        if step.blame is not None:
            yield ""
            yield from _failure(step, report.suspects if step is told.failed else ())
    yield ""
    rows = [(step.name, str(step.verdict), _milliseconds(step), step.came) for step in told.steps]
    yield from in_columns(("STEP", "VERDICT", "MS", "CAME"), rows)


def _failure(step: Step, suspects: tuple[Link, ...]) -> Iterator[str]:
    yield f"{step.name}: {step.blame.why if step.blame else step.came}"
    if step.asked:
        yield f"  asked: {step.asked}"
    yield f"   came: {step.came}"
    for link in suspects:
        yield f"     at: {link.node} → {link.host}:{link.port} {link.protocol}, {link.source}"
    if step.blame is not None:
        yield f"   hint: {step.blame.mend}"


def _milliseconds(step: Step) -> str:
    return "" if step.verdict is StepVerdict.SKIPPED else f"{step.milliseconds:.0f}"


def smoke_json(report: SmokeReport) -> str:
    """Give the report as one JSON object; *cause* is null when every step was done."""
    told, failed = report.told, report.told.failed
    return json.dumps(
        {
            "schema": SCHEMA,
            "lab": report.plan.lab,
            "verdict": str(report.verdict),
            "seconds": round(told.seconds, 3),
            "stand_in": any(node.kind == STAND_IN for node in report.plan.nodes),
            "cause": None if failed is None else _cause(failed, report.suspects),
            "steps": [_values(step) for step in told.steps],
            "left": list(told.left),
        },
        indent=2,
        ensure_ascii=False,
    )


def _cause(step: Step, suspects: tuple[Link, ...]) -> dict[str, Any]:
    return {
        "step": step.name,
        "what": step.blame.why if step.blame else step.came,
        "asked": step.asked,
        "came": step.came,
        "links": [link.id for link in suspects],
        "where": [str(link.source) for link in suspects],
        "mend": step.blame.mend if step.blame else "",
    }


def _values(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "verdict": str(step.verdict),
        "ms": round(step.milliseconds, 1),
        "came": step.came,
    }
