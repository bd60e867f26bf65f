"""The key by which all nodes encrypt: the topology's own, or one that the lab made and keeps."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from lab.errors import Problem, TopologyError
from lab.plan.model import Plan
from lab.render.deployment import Values
from lab.render.tree import read_kept
from lab.topology.encryption import KEY_MEND, key_fault

KEY_FILE = "encryption.key"
_TABLE = "encryption"
_BYTES = 16  # as hexadecimal digits they are the 32 characters that AES takes


def encryption_key(plan: Plan, folder: Path) -> str:
    """Give the key, that of an earlier render while it fits; empty when the lab has none.

    Raises `TopologyError` when the file that the topology names holds no key.
    """
    source = plan.encryption
    if source is None:
        return ""
    if source.file is not None:
        return _of_file(source.file, plan)
    kept = (read_kept(folder, KEY_FILE) or b"").decode(errors="replace").strip()
    fits = kept and not key_fault(kept, plan.version)
    return source.key or (kept if fits else secrets.token_hex(_BYTES))


def shared_key(values: Mapping[str, Values]) -> dict[str, Values]:
    """Give the values of nodes with the key that a distribution's template brought to some of them.

    Stand-ins have no template, and what one node encrypts another must read.
    """
    brought = [of[_TABLE] for of in values.values() if _TABLE in of]
    if not brought:
        return dict(values)
    return {name: of | {_TABLE: of.get(_TABLE, brought[0])} for name, of in values.items()}


def _of_file(file: Path, plan: Plan) -> str:
    where = f"{plan.topology_path}: encryption.key_file"
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        what = f"{file} can't be read: {getattr(error, 'strerror', 'no text')}"
        raise TopologyError(Problem(what, where, "name a file that holds the key alone")) from error
    if fault := key_fault(key, plan.version):
        raise TopologyError(Problem(f"the key in {file} {fault}", where, KEY_MEND))
    return key
