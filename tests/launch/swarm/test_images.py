from collections.abc import Iterator

from lab.launch.engine import Engine
from lab.launch.seen import SeenImage
from lab.launch.swarm.images import bring_images


class Storage(Engine):
    """An engine that only has images, by name and id."""

    def __init__(self, **images: str) -> None:
        self.images_here = images
        self.loaded: list[str] = []

    def image(self, reference: str) -> SeenImage | None:
        found = self.images_here.get(reference)
        return SeenImage(found, (reference,), {}) if found else None

    def save_images(self, references: list[str]) -> Iterator[bytes]:
        yield from (name.encode() for name in references)

    def load_images(self, archive: Iterator[bytes]) -> None:
        self.loaded = [name.decode() for name in archive]


def test_each_machine_gets_what_it_lacks_and_nothing_else() -> None:
    workshop = Storage(node="1", prober="2")
    members = {"full": Storage(node="1", prober="2"), "half": Storage(node="1"), "bare": Storage()}
    told: list[str] = []
    bring_images(workshop, members, {name: ["node", "prober"] for name in members}, told.append)
    assert {name: one.loaded for name, one in members.items()} == {
        "full": [],
        "half": ["prober"],
        "bare": ["node", "prober"],
    }
    assert sorted(told) == [
        "machine bare: 2 images on their way",
        "machine half: 1 images on their way",
    ]


def test_another_image_of_the_same_name_is_replaced() -> None:
    member = Storage(node="old")
    bring_images(Storage(node="new"), {"m": member}, {"m": ["node"]}, lambda _: None)
    assert member.loaded == ["node"]


def test_a_machine_that_needs_an_image_not_at_all_is_spared_it() -> None:
    workshop, m1, m2 = Storage(node="1", database="2"), Storage(), Storage()
    wanted = {"m1": ["node", "database"], "m2": ["node"]}
    bring_images(workshop, {"m1": m1, "m2": m2}, wanted, lambda _: None)
    assert (m1.loaded, m2.loaded) == (["database", "node"], ["node"])
