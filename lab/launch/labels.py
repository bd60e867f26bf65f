"""The labels that every object of a lab carries from its creation; removal reads nothing else."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lab.launch.ownership import Owner

LAB = "apim-lab.lab"
PURPOSE = "apim-lab.purpose"
OWNER = "apim-lab.owner"
PART = "apim-lab.part"
MEMBER = "apim-lab.member"
FOLDER = "apim-lab.folder"
SWARM = "apim-lab.swarm"  # on whatever a lab on a swarm has: its machines, as `id=name,…`
FAULT = "apim-lab.fault"  # on the object that stands for a fault: what it is
FAULT_SCOPED = "apim-lab.fault-scoped"  # `yes`: it ends with its owner
FAULT_OF = "apim-lab.fault-of"  # the process that it was put upon


class Part(StrEnum):
    """What an object is to its lab."""

    NETWORK = "network"
    NODE = "node"
    SERVER = "server"
    BALANCER = "balancer"
    PROBER = "prober"
    SIDECAR = "sidecar"
    BUILDER = "builder"
    FAULT = "fault"
    MACHINE = "machine"
    FRONT = "front"
    COMPLETION = "completion"


class Purpose(StrEnum):
    """Whom a lab serves: a person is asked before it goes, a test is not."""

    PERSON = "person"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Ownership:
    """What all objects of one lab have in common."""

    lab: str
    purpose: Purpose
    owner: Owner
    folder: Path

    def labels(self, part: Part, member: str = "") -> dict[str, str]:
        """Give the labels of one object."""
        return {
            LAB: self.lab,
            PURPOSE: str(self.purpose),
            OWNER: str(self.owner),
            PART: str(part),
            MEMBER: member,
            FOLDER: str(self.folder.absolute()),
        }
