"""Starting and stopping what a swarm runs, and waiting until a machine has done it."""

import time
from contextlib import suppress

from lab.errors import EngineError, Problem
from lab.launch.refusals import GoneError
from lab.launch.swarm.guests import Guests
from lab.launch.swarm.member import Service
from lab.launch.swarm.stack import started, stopped
from lab.launch.swarm.told import TASK_OF

_RUNS_WITHIN = 60.0  # seconds until a machine has started what it was given
_FITS_WITHIN = 10.0  # seconds until the swarm has found a machine, or says why not
_AGAIN = 0.1
_KILLED = 137
_TERMINATED = 143  # the exit code of a container that the swarm forgot before it could be asked


class Running(Guests):
    """Starts, stops, kills and freezes members, on whichever machine they are."""

    def start(self, container: str) -> None:
        """Start a service and wait until it runs, or a machine's prober everywhere."""
        service = self._service(container)
        if service is None:
            self.start_guest(container)
            return
        tasks = self.tasks([service.id])
        if self._history(service, tasks).status == "running":
            return
        before = {task.id for task in tasks if task.is_over}
        self.update_service(service, started(service.spec, again=bool(service.replicas)))
        self._until_running(service, before)

    def _until_running(self, service: Service, before: set[str]) -> None:
        began = time.monotonic()
        while True:
            tasks = [task for task in self.tasks([service.id]) if task.id not in before]
            newest = tasks[-1] if tasks else None
            if newest and newest.container and newest.state in ("running", "failed", "complete"):
                return
            passed = time.monotonic() - began
            waits = newest is None or newest.state in ("new", "pending")
            if newest and (newest.state == "rejected" or (waits and passed > _FITS_WITHIN)):
                raise EngineError(_not_run(service, newest.error))
            if passed > _RUNS_WITHIN:
                raise EngineError(_not_run(service, newest.error if newest else ""))
            time.sleep(_AGAIN)

    def stop(self, container: str) -> None:
        """Let the swarm run no container for a service; the grace is the service's own."""
        service = self.service(container)
        code = _TERMINATED
        with suppress(GoneError):
            member, found = self._at(container)
            self.update_service(service, stopped(service.spec, code))
            code = member.wait(found)
        service = self.service(container)
        self.update_service(service, stopped(service.spec, code))

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container's first process; one that SIGKILL ends stays ended."""
        member, found = self._at(container)
        labels = member.inspect(found).labels
        if signal == "SIGKILL" and TASK_OF in labels:
            service = self.service(labels[TASK_OF])
            self.update_service(service, stopped(service.spec, _KILLED))
            with suppress(EngineError):  # the swarm's own agent was quicker
                member.kill(found, signal)
            return
        member.kill(found, signal)

    def pause(self, container: str) -> None:
        """Freeze every process of a container; the swarm lets it be."""
        member, found = self._at(container)
        member.pause(found)

    def unpause(self, container: str) -> None:
        """Let a frozen container go on."""
        member, found = self._at(container)
        member.unpause(found)

    def wait(self, container: str) -> int:
        """Wait until a container has ended and give its exit code."""
        member, found = self._at(container)
        return member.wait(found)


def _not_run(service: Service, said: str) -> Problem:
    return Problem(
        f"the swarm doesn't run it: {said or 'no machine took it in time'}",
        f"service {service.name}",
        "`lab machines list` tells what each machine lacks",
    )
