from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.wiring.toml_reader import Document
from lab.wiring.xml_reader import NotXmlError, read_xml


def read(folder: Path, **texts: str | bytes) -> Document:
    paths = {}
    for stem, text in texts.items():
        paths[stem] = folder / f"{stem}.xml"
        content = text if isinstance(text, bytes) else text.encode()
        paths[stem].write_bytes(content)
    return read_xml(paths, {stem: f"am/{stem}.xml" for stem in texts}, "am")


def test_an_element_is_found_by_its_path_at_its_line(tmp_path):
    text = "<A>\n  <!-- why -->\n  <B>\n    <C>one</C>\n    <C>two</C>\n  </B>\n</A>\n"
    document = read(tmp_path, a=text)
    assert document.value(("a", "B", "C")) == "one"
    assert str(document.position(("a", "B", "C"))) == "am/a.xml:4"


def test_each_file_keeps_its_own_name_and_lines(tmp_path):
    document = read(tmp_path, a="<A>\n<B>x</B></A>", c="<C><D>y</D></C>")
    assert [(str(document.position(path)), leaf) for path, leaf in document.leaves()] == [
        ("am/a.xml:2", "x"),
        ("am/c.xml:1", "y"),
    ]


def test_a_value_over_several_lines_stands_where_its_text_does(tmp_path):
    document = read(tmp_path, a="<A>\n  <B>\n\n    https://x:9443/\n  </B>\n</A>")
    assert document.value(("a", "B")) == "https://x:9443/"
    assert document.position(("a", "B")).line == 4


def test_a_property_is_the_element_of_its_name(tmp_path):
    text = '<A>\n  <S class="k">\n    <Property name="ConnectionURL">u</Property>\n  </S>\n</A>'
    document = read(tmp_path, a=text)
    assert document.value(("a", "S")) == {"@class": "k", "ConnectionURL": "u"}
    assert document.position(("a", "S", "ConnectionURL")).line == 3


def test_what_may_stand_several_times_is_a_list_even_alone(tmp_path):
    text = '<A>\n<mount path="/x"><id>1</id></mount>\n<mount path="/y"/>\n</A>'
    document = read(tmp_path, a=text)
    assert document.value(("a", "mount", 0, "@path")) == "/x"
    assert document.value(("a", "mount", 1)) == {}
    assert document.position(("a", "mount", 1)).line == 3


def test_namespaces_and_comments_within_text_don_t_matter(tmp_path):
    document = read(tmp_path, a='<x:A xmlns:x="urn:x"><x:B>o<!-- no -->ne</x:B></x:A>')
    assert document.value(("a", "B")) == "one"


def test_other_encodings_and_windows_line_ends_are_read(tmp_path):
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>\r\n<A>\r\n<B>\u00e9</B>\r\n</A>\r\n'
    document = read(tmp_path, a=text.encode("iso-8859-1"))
    assert document.value(("a", "B")) == "\u00e9"
    assert document.position(("a", "B")).line == 3


def test_a_password_in_the_vault_is_known_only_there(tmp_path):
    text = (
        '<A xmlns:svns="http://org.wso2.securevault/configuration">'
        '<B svns:secretAlias="A.B">password</B></A>'
    )
    assert read(tmp_path, a=text).value(("a", "B")) == "$secret{A.B}"


def test_the_faults_of_all_files_are_findings_with_their_lines(tmp_path):
    with pytest.raises(NotXmlError) as caught:
        read(tmp_path, a="<A>\n<B>&</B></A>", c="", d="<D/>")
    assert [str(one.where) for one in caught.value.findings] == ["am/a.xml:2", "am/c.xml:1"]


def test_a_template_is_told_as_one(tmp_path):
    with pytest.raises(NotXmlError) as refused:
        read(tmp_path, a="<A>\n  <%- if @port -%>\n  <B><%= @port %></B>\n</A>")
    (finding,) = refused.value.findings
    assert (finding.code, str(finding.where)) == ("LAB0170", "am/a.xml:2")
    assert finding.what.startswith("a template, not a configuration: `<%`")


def test_no_entity_is_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("treasure")
    text = f'<!DOCTYPE A [<!ENTITY s SYSTEM "{secret.as_uri()}">]><A><B>&s;</B></A>'
    with pytest.raises(NotXmlError) as caught:
        read(tmp_path, a=text)
    assert "treasure" not in str(caught.value)
    assert caught.value.findings[0].code == "LAB0170"


def test_a_file_that_no_product_has_is_a_problem(tmp_path):
    with pytest.raises(TopologyError, match="larger"):
        read(tmp_path, a="<A>" + "\n" * 65_001 + "</A>")
    with pytest.raises(TopologyError, match="can't be read"):
        read_xml({"a": tmp_path / "none.xml"}, {"a": "a.xml"}, "am")
