"""The reader: `tomllib`'s values, and the right line for every form that TOML allows."""

import tomllib
from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.wiring.toml_reader import LARGEST, Document, pattern, read_toml, spell

SAMPLES = sorted((Path(__file__).parents[1] / "render" / "samples").glob("*.toml"))

NASTY = '''# [apim.event_hub]
#service_url = "https://commented.example:1/services/"
bare = "top" # service_url = "https://trailing.example:1/"
dotted . key."with.dot".'lit.eral' = 1
"esc\\u0061ped\\"key" = true
empty = ""
"" = "empty key"

[server]
hostname = "a\\tb\\\\c"
numbers = [0xDEAD_beef, 0o755, 0b11, 1_000, +7, -0, 6.02e23, inf, -inf, 1e1]
dates = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5, 1979-05-27, 07:32:00]

[[apim.throttling.url_group]] # first
traffic_manager_urls = ["tcp://one:9611"]

[[apim.throttling.url_group]]
traffic_manager_urls = [
  # "tcp://not-me:9611",
  "tcp://two:9611", "tcp://three:9611",

  "tcp://four:9611", # last
]
[apim.throttling.url_group.type]
below_the_second = 'x'

[apim]
event_hub = { service_url = "https://inline:9443/services/", jms.ssl = true, list = [1, {a = 2}] }
gateway.environment = [
  { name = "one", ws_endpoint = "ws://one:9099" },
  { name = "two", ws_endpoint = "ws://two:9099" },
]

[[event_listener]]
[event_listener.properties]
'header.X-WSO2-KEY-MANAGER' = "default"
"header.Other" = "x"
[[event_listener]]
id = "second"
[event_listener.properties]
notification_endpoint = "https://second:9443/internal/data/v1/notify"

[texts]
multi = """
first # not a comment
[not.a.table]
key = "no key" \\
   joined"""
literal = \'\'\'
C:\\path
\'\'\'
quotes = """a ""quoted"" text"""
after = "the right line"
'''


def read(tmp_path: Path, text: str | bytes) -> Document:
    path = tmp_path / "deployment.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_toml(path, "n/deployment.toml")


def line_of(document: Document, spelled: str) -> int:
    found = {spell(path): line for path, line in document.lines.items()}
    return found[spelled]


def text_line(text: str, needle: str) -> int:
    found = [number for number, line in enumerate(text.split("\n"), 1) if needle in line]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_values_are_tomllibs_and_every_leaf_has_the_line_of_its_own_key(sample, tmp_path):
    text = sample.read_text(encoding="utf-8")
    document = read(tmp_path, text)
    assert document.values == tomllib.loads(text)
    lines = text.split("\n")
    for path, _ in document.leaves():
        name = next(step for step in reversed(path) if isinstance(step, str))
        assert name in lines[document.lines[path] - 1]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_nasty_text_has_tomllibs_values_and_a_line_for_every_leaf(tmp_path, ending, bom):
    document = read(tmp_path, (bom + NASTY.replace("\n", ending)).encode())
    assert document.values == tomllib.loads(NASTY)
    assert [spell(path) for path, _ in document.leaves() if path not in document.lines] == []
    assert [path for path in document.lines if document.value(path) is None] == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("key", "needle"),
    [
        ("dotted.key.'with.dot'.'lit.eral'", "dotted . key"),
        ("apim.throttling.url_group[0]", "# first"),
        ("apim.throttling.url_group[0].traffic_manager_urls[0]", "tcp://one"),
        ("apim.throttling.url_group[1].traffic_manager_urls[0]", "tcp://two"),
        ("apim.throttling.url_group[1].traffic_manager_urls[1]", "tcp://three"),
        ("apim.throttling.url_group[1].traffic_manager_urls[2]", "tcp://four"),
        ("apim.throttling.url_group[1].type.below_the_second", "below_the_second"),
        ("apim.event_hub.service_url", "https://inline"),
        ("apim.event_hub.jms.ssl", "https://inline"),
        ("apim.event_hub.list[1].a", "https://inline"),
        ("apim.gateway.environment[0].ws_endpoint", "ws://one"),
        ("apim.gateway.environment[1].ws_endpoint", "ws://two"),
        ("event_listener[0].properties.'header.X-WSO2-KEY-MANAGER'", "X-WSO2-KEY-MANAGER"),
        ("event_listener[1].properties.notification_endpoint", "https://second"),
        ("texts.multi", 'multi = """'),
        ("texts.after", "the right line"),
    ],
)
def test_the_line_is_right_in_every_form(tmp_path, ending, bom, key, needle):
    document = read(tmp_path, (bom + NASTY.replace("\n", ending)).encode())
    assert line_of(document, key) == text_line(NASTY, needle)


def test_a_position_falls_back_to_the_table_around_it_and_at_last_to_the_first_line(tmp_path):
    document = read(tmp_path, "\n\n[apim.event_hub]\nenable = true\n")
    assert str(document.position(("apim", "event_hub", "absent"))) == "n/deployment.toml:3"
    assert str(document.position(("server", "offset"))) == "n/deployment.toml:1"


def test_a_quoted_key_with_dots_stays_one_key(tmp_path):
    document = read(tmp_path, NASTY)
    properties = document.value(("event_listener", 0, "properties"))
    assert properties == {"header.X-WSO2-KEY-MANAGER": "default", "header.Other": "x"}


def test_a_pattern_forgets_which_element_it_is():
    path = ("apim", "throttling", "url_group", 12, "traffic_manager_urls", 3)
    assert pattern(path) == "apim.throttling.url_group[].traffic_manager_urls[]"


def problems_of(tmp_path: Path, text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(TopologyError) as caught:
        read(tmp_path, text)
    assert all(problem.mend for problem in caught.value.problems)
    return [(problem.where, problem.what) for problem in caught.value.problems]


def test_every_table_that_is_declared_twice_is_a_problem_with_both_lines(tmp_path):
    text = "[a]\nx = 1\n[b]\n[a]\ny = 2\n[c]\n[b]\n"
    assert problems_of(tmp_path, text) == [
        ("n/deployment.toml:4", "table [a] is declared twice, first in line 1"),
        ("n/deployment.toml:7", "table [b] is declared twice, first in line 3"),
    ]


def test_the_same_table_below_two_array_elements_is_not_declared_twice(tmp_path):
    text = "[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 2\n"
    assert read(tmp_path, text).values == {"a": [{"b": {"x": 1}}, {"b": {"x": 2}}]}


def test_a_syntax_error_names_its_line(tmp_path):
    [(where, what)] = problems_of(tmp_path, '[server]\nhostname = "a\n')
    assert where == "n/deployment.toml:2"
    assert what.startswith("not TOML: ")


@pytest.mark.parametrize("mark", ["{{- if .Values.host }}", "{% if host %}", "<% if @host -%>"])
def test_a_template_is_told_as_one_where_it_begins(tmp_path, mark):
    twice = f'{mark}\n[database.local]\nurl = "a"\n[database.local]\nurl = "b"\n'
    [(where, what)] = problems_of(tmp_path, f'[server]\nhostname = "gw"\n{twice}')
    assert where == "n/deployment.toml:3"
    assert what.startswith(f"a template, not a configuration: `{mark[:2]}`")


def test_a_value_with_a_template_s_marks_in_a_file_that_can_be_parsed_is_a_value(tmp_path):
    text = 'path = "/{{context}}"\n'
    assert read(tmp_path, text).value(("path",)) == "/{{context}}"


def test_a_key_given_twice_names_its_line(tmp_path):
    [(where, _)] = problems_of(tmp_path, "[server]\noffset = 1\noffset = 2\n")
    assert where.startswith("n/deployment.toml:")


def test_text_that_is_not_utf_8_names_the_byte_and_its_line(tmp_path):
    found = problems_of(tmp_path, b'[server]\nhostname = "caf\xe9"\n')
    assert found == [("n/deployment.toml:2", "byte 0xe9 is not UTF-8")]


def test_a_file_far_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "deployment.toml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    with pytest.raises(TopologyError, match="50 MiB is no deployment"):
        read_toml(path, "n/deployment.toml")
    assert LARGEST < 50 * 1024 * 1024


def test_a_missing_file_is_a_problem_not_a_crash(tmp_path):
    with pytest.raises(TopologyError, match="No such file"):
        read_toml(tmp_path / "absent.toml", "n/deployment.toml")


def test_arrays_nested_without_end_are_a_problem_not_a_crash(tmp_path):
    assert problems_of(tmp_path, "a = " + "[" * 5000 + "]" * 5000)[0][0] == "n/deployment.toml"


def test_a_number_too_long_for_an_integer_is_a_problem_not_a_crash(tmp_path):
    assert problems_of(tmp_path, "a = " + "9" * 5000)


@pytest.mark.parametrize("junk", [b"\x00\x01\x02", b"<xml/>", b"= = =", b"[[[", b"a.b.", b'"'])
def test_junk_is_a_problem_not_a_crash(tmp_path, junk):
    assert problems_of(tmp_path, junk)
