"""The flowchart: its text whole for the default topology, and every name harmless."""

import re
from pathlib import Path

from lab.report.graph.mermaid import picture_mermaid
from lab.report.graph.picture import picture_of_report
from tests.report.graph.pictures import odd_picture, picture_of
from tests.report.reports import TWO

DEFAULT = """\
---
title: "km-tm-separated: WSO2 API Manager 4.1.0"
---
%% Its nodes are stand-ins, not the product.
flowchart LR
    m0["gw<br/>gw.wso2.com<br/>gateway"]
    m1["tm<br/>tm.wso2.com<br/>traffic-manager"]
    m2["cp<br/>cp.wso2.com<br/>control-plane"]
    m3["km<br/>km.wso2.com<br/>key-manager"]
    m4[("db<br/>db.wso2.com<br/>database")]
    m0 -->|"https · amqp · binary · binary+tls"| m1
    m0 -->|"https {x}2 · amqp · binary · binary+tls"| m2
    m0 -->|"https"| m3
    m1 -->|"https · amqp · binary · binary+tls"| m2
    m2 -->|"https {x}2 · ws · wss · http"| m0
    m2 -->|"https · amqp · binary · binary+tls"| m1
    m2 -->|"https {x}2 · amqp · binary · binary+tls"| m2
    m2 -->|"https"| m3
    m2 -->|"mysql {x}2"| m4
    m3 -->|"https {x}2 · amqp · binary · binary+tls · revocation"| m2
    m3 -->|"mysql {x}2"| m4
""".replace("{x}", "\N{MULTIPLICATION SIGN}")


def test_the_default_topology_as_a_flowchart(tmp_path: Path):
    assert picture_mermaid(picture_of("km-tm-separated", tmp_path)) == DEFAULT


def test_members_of_a_role_lie_in_one_frame(tmp_path: Path):
    text = picture_mermaid(picture_of("ha-all", tmp_path))
    frames = re.findall(r'subgraph g\d+\["([a-z-]+)"\]\n((?: {8}.*\n)+) {4}end', text)
    assert [(name, members.count("\n")) for name, members in frames] == [
        ("gateway", 3),
        ("traffic-manager", 3),
        ("control-plane", 3),
        ("key-manager", 3),
    ]


def test_a_verdict_is_told_by_line_and_words_not_by_colour_alone():
    picture = picture_of_report(TWO)
    lines = picture_mermaid(picture).splitlines()
    drawn = [line for line in lines if "|" in line]
    for line, arrow in zip(drawn, picture.arrows, strict=True):
        kind, sign = {
            "healthy": ("-->", "✓ "),
            "failed": ("==>", "✗ "),
            "skipped": ("-.->", "? "),
        }[arrow.mark]
        assert f' {kind}|"{sign}' in line
    styled = {
        int(number)
        for line in lines
        if (found := re.match(r"    linkStyle ([\d,]+) stroke:#", line))
        for number in found[1].split(",")
    }
    assert styled == set(range(len(drawn)))


def test_names_are_text_and_never_code():
    text = picture_mermaid(odd_picture())
    (line,) = [line for line in text.splitlines() if "{{" in line]
    assert re.fullmatch(r'    m\d+\{\{"a(#\d+;|[a-z0-9 :/<>])*"\}\}', line)
    assert "<b>" not in text
    assert 'title: "x#34;#60;y#62;#38;: WSO2 API Manager 4.1.0"' in text
