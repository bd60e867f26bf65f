"""The image of a node of the product: a JDK, one layer with the distribution, one for the role.

The layer with the distribution is shared by all roles and versions of their preparation, so four
roles cost the disk of one.
"""

import hashlib
import threading
from collections.abc import Callable

from lab.data import data_folder
from lab.distributions.content import content_of
from lab.distributions.entry import Distribution
from lab.errors import EngineError, Problem
from lab.launch.archive import PlacedFile, tar_of
from lab.launch.builder import building, keep_image
from lab.launch.definitions import home_builder_definition
from lab.launch.engine import Engine
from lab.launch.homes.archive import home_archive
from lab.launch.homes.driver import FOLDERS, Driver
from lab.launch.homes.jdk import jdk_in
from lab.launch.labels import Ownership
from lab.plan.containers import NODE_HOME, START
from lab.plan.model import Plan, PlannedNode

HOME_REPOSITORY, ROLE_REPOSITORY = "apim-lab/home", "apim-lab/node"
_HASH = 16  # hexadecimal digits of a tag
_LAST_LINES = 8
_USER, _ROOT = "wso2carbon", "0:0"
# Raised when the layers are made in another way.
_MADE = "1"

Progress = Callable[[str], None]


class Homes:
    """Makes what isn't here yet; the nodes of one distribution wait for its one layer."""

    def __init__(self, engine: Engine, plan: Plan, owner: Ownership, progress: Progress) -> None:
        self._engine = engine
        self._plan = plan
        self._owner = owner
        self._progress = progress
        self._making = threading.Lock()
        self._contents: dict[str, str] = {}

    def ensure(
        self, node: PlannedNode, distribution: Distribution, jdk: str, driver: Driver | None
    ) -> str:
        """Give the image of a node, made where it isn't here.

        Raises `EngineError` when the JDK doesn't fit or the profile can't be set up.
        """
        home = self._home_tag(node, distribution, jdk)
        tag = _role_tag(node, home, driver)
        if self._engine.image(tag) is None:
            with self._making:
                if self._engine.image(home) is None:
                    self._make_home(home, node, distribution, jdk)
            self._make_role(tag, home, node, driver)
        return tag

    def _home_tag(self, node: PlannedNode, distribution: Distribution, jdk: str) -> str:
        seen = self._engine.image(jdk)
        with self._making:
            if distribution.where not in self._contents:
                self._contents[distribution.where] = content_of(distribution)
            content = self._contents[distribution.where]
        words = (_MADE, content, seen.id if seen else jdk, str(node.uid))
        return f"{HOME_REPOSITORY}:{digest_of(*words)}"

    def _make_home(self, tag: str, node: PlannedNode, distribution: Distribution, jdk: str) -> None:
        self._progress(f"image home: copying {distribution.where}")
        wanted = home_builder_definition("home", jdk, ("sleep", "infinity"), self._owner, _ROOT)
        with building(self._engine, wanted) as builder:
            self._engine.start(builder)
            # First, as it takes a moment and the copy does not.
            found = jdk_in(self._engine, builder, jdk, self._plan)
            self._run(builder, _ADD_USER.format(user=_USER, uid=node.uid))
            self._engine.put(builder, home_archive(distribution, node.uid))
            self._progress(f"image home: keeping it with JDK {found.version} ({jdk})")
            self._engine.kill(builder)
            environment = [f"JAVA_HOME={found.home}", f"WSO2_SERVER_HOME={NODE_HOME}"]
            config = {"Env": environment, "WorkingDir": str(NODE_HOME)}
            keep_image(self._engine, builder, tag, config)

    def _make_role(self, tag: str, home: str, node: PlannedNode, driver: Driver | None) -> None:
        words: tuple[str, ...] = ("true",)
        if node.start.setup:
            setup = str(NODE_HOME / "bin/profileSetup.sh")
            # The lab brings the whole file, at each start: the script's own copy would hide it.
            words = ("bash", setup, *node.start.setup_arguments, "--skipConfigOptimization")
            self._progress(f"image node: preparing the {node.role} ({node.start.setup})")
        user = f"{node.uid}:{node.uid}"
        wanted = home_builder_definition(f"node-{node.name}", home, words, self._owner, user)
        with building(self._engine, wanted) as builder:
            self._engine.put(builder, tar_of(_added(node, driver)))
            self._engine.start(builder)
            code = self._engine.wait(builder)
            said = self._engine.last_lines(builder, _LAST_LINES)
            # For a profile that it doesn't know it says so, and ends with 0.
            if code != 0 or any("not specified properly" in line for line in said):
                raise EngineError(_setup_failed(node, said))
            start = [str(START), str(NODE_HOME / node.start.script)]
            config = {"Entrypoint": start, "User": user, "Cmd": []}
            keep_image(self._engine, builder, tag, config)

    def _run(self, builder: str, script: str) -> None:
        ran = self._engine.run(builder, ("sh", "-c", script), user=_ROOT)
        if ran.exit_code != 0:
            said = (ran.stdout + ran.stderr).decode(errors="replace").strip()
            what = f"preparing the JDK's image failed: {said}"
            raise EngineError(Problem(what, f"container {builder}", "name another image: `--jdk`"))


_ADD_USER = """
grep -q '^[^:]*:[^:]*:{uid}:' /etc/group || echo '{user}:x:{uid}:' >>/etc/group
grep -q '^[^:]*:[^:]*:{uid}:' /etc/passwd ||
    echo '{user}:x:{uid}:{uid}::/home/{user}:/bin/sh' >>/etc/passwd
"""


def _added(node: PlannedNode, driver: Driver | None) -> list[PlacedFile]:
    start = (data_folder("images") / "product" / START.name).read_bytes()
    files = [PlacedFile(START.parent, None, 0, 0, 0o755), PlacedFile(START, start, 0, 0, 0o755)]
    if driver is not None:
        place = NODE_HOME / FOLDERS[0] / driver.name
        files.append(PlacedFile(place, driver.content, node.uid, node.uid, 0o644))
    return files


def _role_tag(node: PlannedNode, home: str, driver: Driver | None) -> str:
    start = (data_folder("images") / "product" / START.name).read_text(encoding="utf-8")
    words = (_MADE, home, repr(node.start), start, driver.digest if driver else "")
    return f"{ROLE_REPOSITORY}:{digest_of(*words)}"


def digest_of(*words: str) -> str:
    """Give the tag of what was made of these words."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:_HASH]


def _setup_failed(node: PlannedNode, said: tuple[str, ...]) -> Problem:
    return Problem(
        f"bin/profileSetup.sh could not prepare {node.start.setup}:\n" + "\n".join(said),
        f"{node.kind}:{node.place}",
        "its last lines say why; is the distribution whole, and of the topology's version?",
    )
