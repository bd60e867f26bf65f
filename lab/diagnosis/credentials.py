"""Causes of refused logins: one wrong line explains every link whose password stands there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence, line_of
from lab.diagnosis.grouping import group_by, ids
from lab.diagnosis.verdict import Cause
from lab.plan.model import PlannedBalancer, PlannedNode, PlannedServer
from lab.products.facts import Protocol
from lab.wiring.link import Credentials, Link, Position
from probes.result import Outcome

_WITH_LOGIN = frozenset(
    {
        Protocol.AMQP,
        Protocol.BINARY,
        Protocol.BINARY_TLS,
        Protocol.MYSQL,
        Protocol.SOAP,
        Protocol.LDAP,
    }
)


@dataclass(frozen=True, slots=True)
class Login:
    """One link's login, and the line that it takes its password from."""

    link: Link
    line: Position | None

    @property
    def is_own(self) -> bool:
        """Tell whether a node logs in to itself, which proves nothing."""
        return self.link.to == self.link.node


def find_credentials(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give the fewest lines that explain every refused login.

    A line is to blame when nobody accepts what it says; a node is, when it accepts nobody though
    others accept the same.
    """
    refused = [
        Login(link, _line(evidence, link))
        for link in links
        if evidence.outcome(link) is Outcome.CREDENTIALS_REFUSED
    ]
    accepted = [
        Login(link, _line(evidence, link))
        for link in evidence.links
        if evidence.outcome(link) is Outcome.OK and logs_in(link)
    ]
    causes = []
    while refused:
        explained, cause = _best(evidence, refused, [a for a in accepted if not a.is_own])
        causes.append(cause)
        refused = [login for login in refused if login not in explained]
    return causes


def find_login_keys(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each server from which drivers may not take the key of a login.

    The same URL mostly stands in every node's file, so the first line stands for all.
    """
    failed = [link for link in links if evidence.outcome(link) is Outcome.NO_LOGIN_KEY]
    causes = []
    for peer, group in group_by(failed, lambda link: link.to or link.host).items():
        first = group[0]
        mend = "add `allowPublicKeyRetrieval=true` to the URL, or leave TLS on"
        mend = evidence.mend_of(group, first.source, mend)
        lines = {link.source for link in group}
        if len(lines) > 1:
            mend = f"{mend}; so at {len(lines)} lines"
        nodes = ", ".join(dict.fromkeys(link.node for link in group))
        what = f"{peer} can't log {nodes} in without TLS: {evidence.seen(first)}"
        causes.append(Cause(Code.LOGIN_KEY, what, line_of(first), mend, ids(group)))
    return causes


def logs_in(link: Link) -> bool:
    """Tell whether a healthy link proves its credentials."""
    if link.credentials is None or not link.credentials.username:
        return False
    return link.protocol in _WITH_LOGIN or any(ask.authenticated for ask in link.asks)


def _best(
    evidence: Evidence, refused: Sequence[Login], accepted: Sequence[Login]
) -> tuple[Sequence[Login], Cause]:
    """Give the blame that explains the most, with its cause; a node before a line when equal."""
    nodes = _deaf_nodes(evidence, refused, accepted)
    lines = _wrong_lines(refused, accepted) or _wrong_lines(refused, ())
    node = max(nodes, key=lambda name: len(nodes[name]), default=None)
    line = max(lines, key=lambda at: len(lines[at]))
    if node is not None and len(nodes[node]) >= len(lines[line]):
        return nodes[node], _deaf_cause(evidence, node, nodes[node])
    return lines[line], _line_cause(evidence, lines[line])


def _wrong_lines(
    refused: Iterable[Login], accepted: Iterable[Login]
) -> Mapping[Position | str, Sequence[Login]]:
    """Group the refused logins by their line, leaving out lines that somebody accepts."""
    good = {login.line for login in accepted if login.line}
    groups: dict[Position | str, list[Login]] = defaultdict(list)
    for login in refused:
        if login.line not in good:
            groups[login.line or login.link.id].append(login)
    return groups


def _deaf_nodes(
    evidence: Evidence, refused: Sequence[Login], accepted: Sequence[Login]
) -> Mapping[str, Sequence[Login]]:
    """Group the refused logins by a peer that accepts nobody, with its own refused elsewhere."""
    listening = {login.link.to for login in accepted}
    deaf: dict[str, Sequence[Login]] = {}
    for peer in sorted({login.link.to for login in refused if login.link.to} - listening):
        callers = [login for login in refused if login.link.to == peer]
        if _is_deaf(evidence, peer, callers, accepted):
            deaf[peer] = [login for login in refused if _is_about(evidence, login, peer)]
    return deaf


def _is_about(evidence: Evidence, login: Login, peer: str) -> bool:
    """Tell whether *peer* refuses, or is refused by another node for the same account."""
    if login.link.to == peer:
        return True
    return login.link.node == peer and isinstance(evidence.member(login.link.to), PlannedNode)


def _is_deaf(
    evidence: Evidence, peer: str, callers: Sequence[Login], accepted: Sequence[Login]
) -> bool:
    good = {login.line for login in accepted if login.line}
    lines = {login.line or login.link.id for login in callers if not login.is_own}
    if len(lines) > 1 or any(login.line in good for login in callers):
        return True
    return all(_as_planned(evidence, peer, login.link.credentials) for login in callers)


def _as_planned(evidence: Evidence, peer: str, credentials: Credentials | None) -> bool:
    """Tell whether a login says what the topology gives for *peer*."""
    balancer = evidence.plan.balancer(peer)
    member = evidence.member(balancer.members[0] if balancer else peer)
    if credentials is None or member is None or isinstance(member, PlannedBalancer):
        return False
    accounts = (member.super_admin,) if isinstance(member, PlannedNode) else member.accounts
    said = (credentials.username, credentials.password)
    return said in [(account.username, account.password) for account in accounts]


def _line(evidence: Evidence, link: Link) -> Position | None:
    used = _used_at(evidence, link)
    if used is None:
        return None
    if _is_nobody(evidence, link, used):
        return used.username_at or used.password_at
    return used.password_at or used.username_at


def _is_nobody(evidence: Evidence, link: Link, used: Credentials) -> bool:
    """Tell whether a node is asked with a name that it doesn't know; a directory's are its own."""
    member = evidence.member(link.to)
    if not isinstance(member, PlannedNode) or link.protocol is Protocol.LDAP:
        return False
    return used.username != member.super_admin.username


def _used_at(evidence: Evidence, link: Link) -> Credentials | None:
    """Give the login that decided: a flow has a second one, for the hub."""
    place = evidence.place(link)
    if link.hub == (place.host, place.port):
        return link.hub_credentials
    return link.credentials


def _line_cause(evidence: Evidence, logins: Sequence[Login]) -> Cause:
    first = logins[0]
    peers = ", ".join(sorted({login.link.to or login.link.host for login in logins}))
    used = _used_at(evidence, first.link)
    who = f"user `{used.username}`" if used else "its login"
    line = first.line
    return Cause(
        Code.WRONG_CREDENTIALS,
        f"{peers} refuse{'' if ',' in peers else 's'} the login of {first.link.node}, {who}",
        str(line) if line else line_of(first.link),
        evidence.mend_of(
            (login.link for login in logins),
            line,
            "write the user name and password that the peer has in its `[super_admin]`"
            if not isinstance(evidence.member(first.link.to), PlannedServer)
            else "write the user name and password of the topology's `[database]`",
        ),
        tuple(login.link.id for login in logins),
    )


def _deaf_cause(evidence: Evidence, peer: str, logins: Sequence[Login]) -> Cause:
    own = next((login.line for login in logins if login.link.node == peer and login.line), None)
    callers = sorted({login.link.node for login in logins if login.link.to == peer} - {peer})
    if isinstance(evidence.member(peer), PlannedServer):
        where = f"{evidence.container(peer)}, its accounts"
        mend = "`lab down`, then `lab up`: the accounts are made again from the topology"
    else:
        where = str(own) if own else f"{peer}/deployment.toml [super_admin]"
        mend = f"give {peer} the `[super_admin]` that the others log in with"
    return Cause(
        Code.REFUSES_EVERYONE,
        f"{peer} refuses the login of {', '.join(callers) or peer}, and not by a line of theirs",
        where,
        mend,
        tuple(login.link.id for login in logins),
    )
