"""What is known of a swarm without its manager."""

from typing import Any

from lab.launch.labels import LAB, MEMBER
from lab.launch.swarm.member import Service
from lab.launch.swarm.tasks import SeenTask
from lab.launch.swarm.told import Told


def row(name: str, node: str = "n2") -> dict[str, Any]:
    """Give an engine's row of a service's container."""
    swarm = "com.docker.swarm"
    labels = {LAB: "x", MEMBER: name, f"{swarm}.service.id": f"s-{name}"}
    labels |= {f"{swarm}.service.name": f"lab-x-{name}", f"{swarm}.task.id": f"t-{name}"}
    return {"Id": f"c-{name}", "Created": 1, "Labels": labels | {f"{swarm}.node.id": node}}


def service(name: str) -> Service:
    spec = {"Labels": {LAB: "x", MEMBER: name}, "Mode": {"Replicated": {"Replicas": 1}}}
    return Service(f"s-{name}", f"lab-x-{name}", 7, spec)


def task(name: str, node: str) -> SeenTask:
    return SeenTask(f"t-{name}", f"s-{name}", node, "running", "2026", f"c-{name}")


def test_a_container_that_runs_for_the_swarm_tells_its_service_and_task() -> None:
    told = Told()
    (found,) = told.services(f"{LAB}=x", [row("gw")])
    assert (found.id, found.name, found.labels[MEMBER]) == ("s-gw", "lab-x-gw", "gw")
    assert found.replicas == 1
    (running,) = told.tasks(["s-gw"], [row("gw"), row("cp")], ["n2"])
    assert (running.node, running.container, running.state) == ("n2", "c-gw", "running")


def test_what_ran_on_a_lost_machine_is_known_when_the_manager_has_said_it() -> None:
    told = Told()
    told.remember([service("db"), service("gw")], [task("db", "n1"), task("gw", "n2")])
    assert {one.id for one in told.services(LAB, [])} == {"s-db", "s-gw"}
    found = told.tasks(["s-db", "s-gw"], [row("gw")], ["n2"])
    assert [(one.id, one.node) for one in found] == [("t-db", "n1"), ("t-gw", "n2")]


def test_a_service_of_another_lab_is_not_told() -> None:
    told = Told()
    told.remember([service("db")])
    assert (told.services(f"{LAB}=y", []), told.services(f"{LAB}=x", [])) == ((), (service("db"),))
