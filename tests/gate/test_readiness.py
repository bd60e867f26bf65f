"""Which port of which member has to listen before somebody is dialled."""

from dataclasses import replace

from lab.gate.readiness import doors
from lab.plan.model import PlannedBalancer
from lab.products.facts import Front, Protocol, Role, ServedPort
from tests.gate.scripted import of_the_product, small_plan


def test_stand_ins_are_dialled_at_once() -> None:
    assert doors(small_plan()) == {}


def test_a_node_of_the_product_shows_its_management_port_first() -> None:
    plan = of_the_product(small_plan())
    moved = ServedPort(9500, Protocol.HTTPS, "servlet transport")
    plan = replace(plan, nodes=(plan.nodes[0], replace(plan.nodes[1], ports=(moved,))))
    assert doors(plan) == {"cp": {"cp": 9443}, "gw": {"gw": 9500}}


def test_before_nodes_of_the_product_a_balancer_waits_for_one_of_them() -> None:
    balancer = PlannedBalancer(
        name="lb",
        role=Role.CONTROL_PLANE,
        container="lab-test-lb",
        hostname="lb.wso2.com",
        aliases=("lb.wso2.com",),
        members=("cp", "gw"),
        fronts=(Front(443, 9443, Protocol.HTTPS),),
        is_sticky=True,
        terminates=False,
    )
    plan = replace(small_plan(), balancers=(balancer,))
    assert "lb" not in doors(plan)
    assert doors(of_the_product(plan))["lb"] == {"cp": 9443, "gw": 9443}
