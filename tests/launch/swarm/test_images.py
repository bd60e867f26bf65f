from collections.abc import Iterator

import pytest

from lab.errors import EngineError, Problem
from lab.launch.engine import Engine
from lab.launch.seen import EngineFacts, SeenImage
from lab.launch.swarm.images import bring_images

REGISTRY = "127.0.0.1:5000"


class Storage(Engine):
    """An engine that only has images, by name and id, and reaches a registry's."""

    def __init__(self, registry: dict[str, str] | None = None, **images: str) -> None:
        self.images_here = {f"apim-lab/{name}:1": id_ for name, id_ in images.items()}
        self.registry = registry
        self.facts = EngineFacts("27", "overlay2", (), "x86_64")
        self.loaded: list[str] = []
        self.pulled: list[str] = []

    def image(self, reference: str) -> SeenImage | None:
        found = self.images_here.get(reference)
        return SeenImage(found, (reference,), {}) if found else None

    def layers(self, reference: str) -> tuple[tuple[int, str, int], ...]:
        return ((1, reference, 3 << 20),)

    def save_images(self, references: list[str]) -> Iterator[bytes]:
        yield from (name.encode() for name in references)

    def load_images(self, archive: Iterator[bytes]) -> None:
        self.loaded = [short(name.decode()) for name in archive]

    def tag_image(self, image: str, reference: str) -> None:
        self.images_here[reference] = self.images_here[image]

    def remove_image(self, reference: str) -> None:
        self.images_here.pop(reference, None)

    def push(self, repository: str, tag: str) -> None:
        if self.registry is None:
            raise EngineError(Problem("connection refused", repository, "start it"))
        self.registry[f"{repository}:{tag}"] = self.images_here[f"{repository}:{tag}"]

    def pull(self, repository: str, tag: str) -> Iterator[str]:
        if self.registry is None:
            raise EngineError(Problem("no route to host", repository, "mend it"))
        self.images_here[f"{repository}:{tag}"] = self.registry[f"{repository}:{tag}"]
        self.pulled.append(short(f"{repository}:{tag}"))
        yield "pulled"


def short(reference: str) -> str:
    return reference.rsplit("/", maxsplit=1)[-1].split(":", maxsplit=1)[0]


def wanted(members: dict[str, Storage], *names: str) -> dict[str, list[str]]:
    return {machine: [f"apim-lab/{name}:1" for name in names] for machine in members}


def test_each_machine_gets_what_it_lacks_and_nothing_else() -> None:
    workshop = Storage(node="1", prober="2")
    members = {"full": Storage(node="1", prober="2"), "half": Storage(node="1"), "bare": Storage()}
    told: list[str] = []
    bring_images(workshop, members, wanted(members, "node", "prober"), told.append)
    assert {name: one.loaded for name, one in members.items()} == {
        "full": [],
        "half": ["prober"],
        "bare": ["node", "prober"],
    }
    assert sorted(told) == [
        "machine bare: 2 images on their way, about 6 MiB",
        "machine half: 1 images on their way, about 3 MiB",
    ]


def test_another_image_of_the_same_name_is_replaced() -> None:
    members = {"m": Storage(node="old")}
    bring_images(Storage(node="new"), members, wanted(members, "node"), lambda _: None)
    assert members["m"].loaded == ["node"]


def test_a_machine_that_needs_an_image_not_at_all_is_spared_it() -> None:
    m1, m2 = Storage(), Storage()
    needed = wanted({"m1": m1}, "node", "database") | wanted({"m2": m2}, "node")
    workshop = Storage(node="1", database="2")
    bring_images(workshop, {"m1": m1, "m2": m2}, needed, lambda _: None)
    assert (m1.loaded, m2.loaded) == (["database", "node"], ["node"])


def test_by_a_registry_each_machine_pulls_what_it_lacks_and_keeps_the_labs_names_alone() -> None:
    kept: dict[str, str] = {}
    workshop = Storage(kept, node="1", prober="2", other="3")
    members = {"half": Storage(kept, node="1"), "bare": Storage(kept)}
    told: list[str] = []
    bring_images(workshop, members, wanted(members, "node", "prober"), told.append, REGISTRY)
    assert {name: one.pulled for name, one in members.items()} == {
        "half": ["prober"],
        "bare": ["node", "prober"],
    }
    assert all(one.loaded == [] for one in members.values())
    assert kept == {f"{REGISTRY}/apim-lab/node:1": "1", f"{REGISTRY}/apim-lab/prober:1": "2"}
    for storage in (workshop, *members.values()):
        assert not [name for name in storage.images_here if name.startswith(REGISTRY)]
    assert told[0] == f"registry {REGISTRY}: 2 images on their way there"


def test_a_registry_that_refuses_is_named_with_who_was_refused_and_nothing_of_it_stays() -> None:
    workshop, members = Storage(node="1"), {"m1": Storage({})}
    with pytest.raises(EngineError) as told:
        bring_images(workshop, members, wanted(members, "node"), lambda _: None, REGISTRY)
    (problem,) = told.value.problems
    assert f"through the registry {REGISTRY}: connection refused" in problem.what
    assert problem.where == "the engine that images are made on"
    assert list(workshop.images_here) == ["apim-lab/node:1"]


def test_a_machine_that_does_not_reach_the_registry_is_named() -> None:
    workshop, members = Storage({}, node="1"), {"far": Storage()}
    with pytest.raises(EngineError) as told:
        bring_images(workshop, members, wanted(members, "node"), lambda _: None, REGISTRY)
    assert told.value.problems[0].where == "machine far"
