"""The start order, as the measured facts have it."""

from dataclasses import replace

from lab.products.facts import Protocol
from lab.wiring.link import Link, Position
from lab.wiring.start import plan_start, start_order


def test_each_role_waits_for_what_it_was_seen_to_need(nodes, plan):
    order = plan_start(nodes.read().links, plan).needs
    hub = ("apim.event_hub.service_url", "apim.event_hub.event_listening_endpoints[0]")
    databases = ("database.apim_db", "database.shared_db")
    assert order == {
        "km": tuple(f"km/{key}" for key in databases),
        "cp": tuple(f"cp/{key}" for key in (*databases, "apim.key_manager.service_url")),
        "tm": tuple(f"tm/{key}" for key in hub),
        "gw": tuple(f"gw/{key}" for key in hub),
    }


def test_nobody_waits_for_itself_or_for_a_host_that_nobody_has(nodes, plan):
    nodes.edit("tm", '"tcp://cp.wso2.com:5672"', '"tcp://nobody.wso2.com:5672"')
    nodes.edit("tm", "https://cp.wso2.com:9443/services/", "https://localhost:9443/services/")
    assert plan_start(nodes.read().links, plan).needs["tm"] == ()


def test_a_stand_in_waits_for_nobody(nodes, plan):
    assert set(start_order(nodes.read().links, plan).values()) == {()}


def needs(node: str, other: str) -> Link:
    return Link(
        id=f"{node}/{other}",
        node=node,
        to=other,
        host=other,
        port=1,
        protocol=Protocol.HTTPS,
        url="",
        key="k",
        source=Position(f"{node}/deployment.toml", 1),
        why="",
        at_start=True,
    )


def test_a_circle_is_broken_where_the_first_role_starts_and_said(plan):
    links = [needs("km", "cp"), needs("cp", "km"), needs("tm", "cp")]
    start = plan_start(links, plan)
    assert start.needs == {"km": (), "cp": ("cp/km",), "tm": ("tm/cp",), "gw": ()}
    [dropped] = start.dropped
    assert (dropped.node, dropped.link.id) == ("km", "km/cp")
    assert set(dropped.circle) == {"km", "cp", "tm"}


def test_needs_that_go_nowhere_in_a_circle_stay(plan):
    links = [needs("km", "cp"), replace(needs("km", "db"), id="km/db"), needs("cp", "km")]
    assert plan_start(links, plan).needs["km"] == ("km/db",)


def test_without_a_plan_the_links_themselves_name_the_nodes():
    start = plan_start([needs("b", "a"), needs("a", "c"), needs("c", "a")], None)
    assert start.needs == {"a": (), "b": ("b/a",), "c": ("c/a",)}
