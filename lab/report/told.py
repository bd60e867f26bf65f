"""What is reported: a diagnosis with the plan that it is about, and how long it took."""

from dataclasses import dataclass

from lab.diagnosis.verdict import Diagnosis, Verdict
from lab.plan.fault import ActiveFault
from lab.plan.model import Plan


@dataclass(frozen=True, slots=True)
class JudgedLab:
    """One look at one lab. *seconds* is the time until the verdict."""

    plan: Plan
    diagnosis: Diagnosis
    seconds: float
    notes: tuple[str, ...] = ()  # what a reader should know beside the verdict
    faults: tuple[ActiveFault, ...] = ()  # put into the lab on purpose

    @property
    def verdict(self) -> Verdict:
        """Give the verdict of the whole lab."""
        return self.diagnosis.verdict
