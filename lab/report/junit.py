"""A report for CI: one JUnit test case a node, a database and a link."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lab.diagnosis.verdict import Cause, JudgedLink, LinkVerdict
from lab.plan.observed import SchemaVerdict
from lab.report.told import JudgedLab

_MS = 1000


def report_junit(report: JudgedLab) -> str:
    """Give the report as JUnit XML; a link behind something that is down is skipped."""
    cases = list(_cases(report))
    suite = Element(
        "testsuite",
        name=f"lab {report.plan.lab}",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        errors="0",
        time=f"{report.seconds:.3f}",
    )
    suite.extend(cases)
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _cases(report: JudgedLab) -> Iterator[Element]:
    diagnosis = report.diagnosis
    kinds = {node.name: node.kind for node in report.plan.nodes}
    for state in diagnosis.nodes:
        case = _case("node", f"{state.name} {kinds.get(state.name, 'database server')}")
        if state.is_down:
            _fail(case, f"{state.state}", "\n".join(state.last_lines))
        yield case
    for schema in diagnosis.schemas:
        case = _case("database", schema.name)
        if schema.verdict is not SchemaVerdict.COMPLETE:
            found = f"{schema.tables} of {schema.expected_tables} tables"
            _fail(case, str(schema.verdict), found)
        yield case
    causes = {link: cause for cause in diagnosis.causes for link in cause.explains}
    for judged in diagnosis.links:
        yield _link(judged, causes.get(judged.link.id))


def _link(judged: JudgedLink, cause: Cause | None) -> Element:
    case = _case("link", judged.link.id)
    if judged.result is not None:
        case.set("time", f"{sum(judged.result.phases.values()) / _MS:.4f}")
    if cause is None:
        return case
    text = f"{cause.code}: {cause.what}"
    if judged.verdict is LinkVerdict.SKIPPED:
        SubElement(case, "skipped", message=text)
    else:
        at = f"at: {cause.where}\nhint: {cause.mend}\nseen: {judged.detail}"
        _fail(case, text, at)
    return case


def _case(kind: str, name: str) -> Element:
    return Element("testcase", classname=f"lab.{kind}", name=name)


def _fail(case: Element, message: str, text: str) -> None:
    SubElement(case, "failure", message=message).text = text
