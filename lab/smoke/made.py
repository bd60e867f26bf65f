"""What the steps of a smoke test hand on to later ones, and to the clean-up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from lab.plan.model import Account
from lab.smoke.asking import Question

VERSION = "1.0.0"  # of the API
RESOURCE = "/Version"  # of its backend

Steps = Sequence[tuple[str, Callable[[], Awaitable[str]]]]  # each tells in a line what it made


@dataclass(slots=True)
class Made:
    """What the steps have made so far, by which later ones go on."""

    name: str
    token: str = field(default="", repr=False)
    api: str = ""
    application: str = ""
    keys: Account = field(default_factory=lambda: Account("", ""))
    environment: str = ""
    gateway: str = ""  # URL of the API
    vhost: str = ""
    subscription_policy: str = ""
    application_policy: str = ""
    quota: int = 0  # its requests
    call_token: str = field(default="", repr=False)
    removals: list[tuple[str, Callable[[], Question]]] = field(default_factory=list)

    def remove_later(self, what: str, url: str) -> None:
        """Let the clean-up delete what the portals made."""
        self.removals.append((what, lambda: Question("DELETE", url, token=self.token)))
