"""Checks the form of values: one string or a list, one table or several."""

from collections.abc import Iterator

from lab.products.connection_key import Form
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import KeyPath, pattern

# Lists of the product that hold no URL, which the templates walk through all the same.
_LISTS = ("apim.sync_runtime_artifacts.gateway.gateway_labels",)


def check_shapes(case: Case) -> Iterator[Finding]:
    """LAB0122: a value that the product's templates walk through in another way than it is."""
    for reading in case.readings:
        row = reading.row
        if row is not None and row.form is Form.URL and not reading.link.default_of:
            yield from _misshapen(case.cluster.nodes[reading.link.node], reading, row.key)
    for settings in case.cluster.nodes.values():
        for key in _LISTS:
            if isinstance(text := settings.written(key), str):
                at = settings.document.position(steps(key))
                what = f"{key} is one string, and the product expects a list"
                yield error("LAB0122", what, at, f'write ["{text}"]', key=key)


def _misshapen(settings: Settings, reading: Reading, expected: str) -> Iterator[Finding]:
    """Compare a URL's place with its key, name by name: `[]` says that one of several is meant."""
    link = reading.link
    wanted, given = expected.split("."), pattern(reading.path).split(".")
    if wanted == given:
        return
    odd = next(n for n, name in enumerate(wanted) if name != given[n])
    if odd == len(wanted) - 1:
        forms = ("one string", "a list", '"{}"', '["{}"]')
        subject, text, at = link.key, link.url, link.source
    else:
        forms = ("one table", "several tables", "[{}]", "[[{}]]")
        subject = text = ".".join(wanted[: odd + 1]).replace("[]", "")
        at = settings.document.position(_beginning(reading.path, odd + 1))
    is_list = wanted[odd].endswith("[]")
    what = f"{subject} is {forms[not is_list]}, and the product expects {forms[is_list]}"
    yield error("LAB0122", what, at, f"write {forms[2 + is_list].format(text)}", link)


def _beginning(path: KeyPath, names: int) -> KeyPath:
    """Give the path up to so many names, numbers not counted."""
    ends = [end for end, step in enumerate(path, 1) if isinstance(step, str)]
    return path[: ends[names - 1]]
