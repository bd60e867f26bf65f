"""Which role a host that nobody claims must have, by what is asked there."""

from collections.abc import Sequence

from lab.importing.asked import USUAL, Asked
from lab.importing.customer import Mention
from lab.products.connection_key import ConnectionKey
from lab.products.facts import Role
from lab.products.keys_2x import AUTH_MANAGER, KEY_VALIDATOR
from lab.products.keys_4x import NOTIFY_KEY

_MEANS = {
    "apim.throttling": Role.TRAFFIC_MANAGER,
    NOTIFY_KEY: Role.CONTROL_PLANE,
    "apim.key_manager": Role.KEY_MANAGER,
    "apim.oauth": Role.KEY_MANAGER,
    AUTH_MANAGER: Role.KEY_MANAGER,
    KEY_VALIDATOR: Role.KEY_MANAGER,
}


def role_meant(among: Asked, asked: Sequence[Mention]) -> Role | None:
    """Give the role that answers most of what is asked of a host."""
    votes: dict[Role, int] = {}
    for mention in asked:
        if mention.row is None or _is_outside(among, mention):
            continue
        for role in sorted(_answering(among, mention, mention.row)):
            votes[role] = votes.get(role, 0) + (2 if role is _preferred(mention) else 1)
    return max(votes, key=lambda role: votes[role]) if votes else None


def means_alone(among: Asked, role: Role, asked: Sequence[Mention]) -> bool:
    """Tell whether a host can have no other role by what any key asks there."""
    return all(
        mention.row is not None
        and not _is_outside(among, mention)
        and (role is _preferred(mention) or {role} == _answering(among, mention, mention.row))
        for mention in asked
    )


def _answering(among: Asked, mention: Mention, row: ConnectionKey) -> frozenset[Role]:
    """Give the roles that can be meant: all-in-ones where no node is for that part alone.

    These alone seldom are, as they ask themselves: at a port that none opens it's a stranger.
    """
    own = row.peers & among.present
    if own or not (mention.port in USUAL or among.is_opened(mention.port)):
        return own
    return frozenset(filter(row.is_answered_by, among.present))


def _is_outside(among: Asked, mention: Mention) -> bool:
    """Tell whether a company's own directory is meant, which no node of the cluster brings."""
    may_be = mention.row is not None and mention.row.may_be_outside
    return may_be and not among.is_opened(mention.port)


def _preferred(mention: Mention) -> Role | None:
    """Give whom a key means that two roles could answer."""
    key = mention.row.key if mention.row else ""
    return next((role for start, role in _MEANS.items() if key.startswith(start)), None)
