import pytest
from lxml import etree

from lab.errors import LabError
from lab.render.xml_tree import XmlFile, properties, tree

GIVEN = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- whose it is -->
<Server xmlns="urn:server">
    <!-- what it is called -->
    <Name>old</Name>
    <Ports>
        <!-- moves all -->
        <Offset>0</Offset>
    </Ports>
    <!--HostName>commented.out</HostName-->
    <Last/>
</Server>
"""


def edited(content: bytes, *edits) -> str:
    file = XmlFile(content, "am/carbon.xml")
    for edit in edits:
        edit(file)
    return file.content().decode()


def test_a_file_that_nobody_edits_stays_as_it_is():
    assert edited(GIVEN) == GIVEN.decode()


def test_a_file_with_windows_line_ends_keeps_them():
    content = GIVEN.replace(b"\n", b"\r\n")
    assert edited(content) == content.decode()


def test_an_element_gets_its_text_and_everything_else_stays():
    text = edited(GIVEN, lambda file: file.set("Ports/Offset", "1"))
    assert text == GIVEN.decode().replace(">0<", ">1<")


def test_an_element_that_isn_t_there_comes_behind_the_one_named():
    text = edited(GIVEN, lambda file: file.set("HostName", "a & b", after="Name"))
    added = "    <Name>old</Name>\n    <HostName>a &amp; b</HostName>\n"
    assert text == GIVEN.decode().replace("    <Name>old</Name>\n", added)
    assert etree.fromstring(text.encode()).find("{urn:server}HostName") is not None


def test_an_element_that_isn_t_there_comes_last_without_a_neighbour():
    text = edited(GIVEN, lambda file: file.set("New/Inner", "x"))
    assert "    <Last/>\n    <New>\n        <Inner>x</Inner>\n    </New>\n</Server>" in text


STORES = b"""<M>
    <R>
        <C>
            <Property name="dataSource">jdbc/Old</Property>
        </C>
        <!-- the store -->
        <Store class="old">
            <Property name="a">1</Property>
        </Store>
        <!-- Store class="no"/ -->
        <After/>
    </R>
</M>
"""


def test_an_element_takes_the_place_of_the_one_it_replaces():
    made = properties("Store", {"b": "<2>", "c": ""}, **{"class": "new"})
    text = edited(STORES, lambda file: file.put("R", made, key=""))
    old = STORES.decode()
    start, end = old.index('<Store class="old">'), old.index("</Store>") + len("</Store>")
    new = (
        '<Store class="new">\n            <Property name="b">&lt;2&gt;</Property>\n'
        '            <Property name="c"/>\n        </Store>'
    )
    assert text.partition("?>\n")[2] == old[:start] + new + old[end:]


def test_a_property_gets_its_text_or_is_added():
    def edit(file: XmlFile) -> None:
        file.set_property("R/C", "dataSource", "jdbc/New")
        file.set_property("R/C", "other", "x")

    text = edited(STORES, edit)
    assert (
        '<Property name="dataSource">jdbc/New</Property>\n            <Property name="other"'
        in text
    )


def test_one_of_several_is_replaced_by_its_key_and_another_added_behind():
    given = b'<r>\n    <m path="/a"><i>1</i></m>\n    <m path="/b"><i>2</i></m>\n    <z/>\n</r>\n'

    def edit(file: XmlFile) -> None:
        file.put("", tree("m", ("i", "3"), path="/b"), key="@path")
        file.put("", tree("m", ("i", "4"), path="/c"), key="@path")
        file.put("", tree("n", ("i", "5")), key="i", behind=("m",))

    root = etree.fromstring(edited(given, edit).encode())
    assert [(one.tag, one.get("path"), one.findtext("i")) for one in root] == [
        ("m", "/a", "1"),
        ("m", "/b", "3"),
        ("m", "/c", "4"),
        ("n", None, "5"),
        ("z", None, None),
    ]


def test_a_file_that_is_none_of_the_product_s_is_refused():
    with pytest.raises(LabError, match="not XML"):
        XmlFile(b"<a>&</a>", "x.xml")
    with pytest.raises(LabError, match="no <datasources>"):
        XmlFile(b"<a/>", "x.xml").element("datasources")


def test_no_entity_of_a_given_file_is_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("treasure")
    given = f'<!DOCTYPE a [<!ENTITY s SYSTEM "{secret.as_uri()}">]><a><b>&s;</b></a>'
    assert "treasure" not in edited(given.encode())
