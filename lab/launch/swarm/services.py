"""What the swarm is to run for a lab: a service a member, with its files."""

import time
from collections.abc import Iterator, Mapping, Sequence

from lab.errors import Problem
from lab.launch.labels import LAB, MEMBER, PART, SWARM
from lab.launch.refusals import GoneError
from lab.launch.seen import Definition
from lab.launch.swarm.files import SwarmFile, files_in, held_names, is_held, references
from lab.launch.swarm.guests import Guests
from lab.launch.swarm.member import Kept, Service
from lab.launch.swarm.stack import PARTS, machines_label, service_spec, with_files

_FITS_WITHIN = 10.0  # seconds until a network that is made beside is there
_AGAIN = 0.1


class Services(Guests):
    """Makes services, and gives them their files as the swarm keeps them."""

    def create(self, wanted: Definition) -> str:
        """Create a service with nothing running, or a container of the machines' own engines."""
        if wanted.labels[PART] in PARTS:
            return self._create_service(wanted)
        return self.create_guest(wanted)

    def _create_service(self, wanted: Definition) -> str:
        unnamed = [one.id for one in self.nodes() if one.id not in self.names]
        spec = service_spec(
            wanted,
            self._image_id(wanted.image),
            self._overlay(wanted.network),
            self.bound.get(wanted.labels[MEMBER], ""),
            nodes=unnamed,
            machines=machines_label(self.names),
        )
        return self.create_service(spec)

    def _image_id(self, reference: str) -> str:
        """Give the id of an image that some machines have: those that may need it."""
        for _, member in self._first_manager():
            image = member.image(reference)
            if image is not None:
                return image.id
        raise GoneError(Problem("no machine has it", f"image {reference}", "`lab up` brings it"))

    def _overlay(self, name: str) -> str:
        """Give the id of a network that is being made beside."""
        deadline = time.monotonic() + _FITS_WITHIN
        while True:
            found = [one.id for one in self.networks(SWARM) if one.name == name]
            if found:
                return found[0]
            if time.monotonic() > deadline:
                raise GoneError(Problem("it isn't there", f"network {name}", "`lab up` again"))
            time.sleep(_AGAIN)

    def put(self, container: str, archive: bytes | Iterator[bytes]) -> None:
        """Give a service these files from its next start on, beside those at other places."""
        content = archive if isinstance(archive, bytes) else b"".join(archive)
        service = self._service(container)
        if service is None:
            member, found = self._at(container)
            return member.put(found, content)
        files = files_in(content, service.name)
        if all(is_held(service.spec, file) for file in files):
            return None
        ids = self._keep_all(files, {**service.labels, PART: "file"})
        spec = with_files(
            service.spec,
            references(files, ids, secret=True),
            references(files, ids, secret=False),
        )
        self.update_service(service, spec)
        for kept in self._kept_of(service):
            if kept.name not in held_names(spec):
                self.drop(kept)
        return None

    def _keep_all(self, files: Sequence[SwarmFile], labels: Mapping[str, str]) -> dict[str, str]:
        member = f"{LAB}={labels[LAB]}"
        ids = {one.name: one.id for one in self.kept(member)}
        for file in files:
            if file.name not in ids:
                ids[file.name] = self.keep(
                    file.name, file.content, labels, is_secret=file.is_secret
                )
        return {file.name: ids[file.name] for file in files}

    def _kept_of(self, service: Service) -> list[Kept]:
        kept = self.kept(f"{LAB}={service.labels[LAB]}")
        return [one for one in kept if one.labels.get(MEMBER) == service.labels[MEMBER]]
