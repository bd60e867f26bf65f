"""Turns a fault into nftables rules for one network namespace, in a table that is the fault's own.

The engine's DNS lives in other tables of the same namespace: nothing here flushes, and no rule
touches the loopback addresses that the names are looked up at.
"""

from collections.abc import Iterable, Sequence

RELAY_UID = 64997  # whom the relay runs as; its own connections go straight
_BEFORE_OTHERS = -10  # of filter's priority


def table_name(number: int) -> str:
    """Give the table of a lab's fault."""
    return f"apim_lab_fault_{number}"


def cut_rules(table: str, addresses: Sequence[str], port: int) -> str:
    """Drop what goes to these addresses and comes from them, one port's or everything."""
    out, back = _between(addresses, port)
    return _filter(table, [f"{out} counter drop"], [f"{back} counter drop"])


def refuse_rules(table: str, addresses: Sequence[str], port: int) -> str:
    """Answer every connection to these addresses with a reset, an established one too."""
    out, back = _between(addresses, port)
    # The resets themselves pass both chains.
    through = "tcp flags & rst == rst accept"
    refuse = "counter reject with tcp reset"
    tcp = "" if port else " meta l4proto tcp"
    return _filter(table, [through, f"{out}{tcp} {refuse}"], [through, f"{back}{tcp} {refuse}"])


def isolate_rules(table: str) -> str:
    """Drop everything but what stays inside."""
    return _filter(table, ['oifname != "lo" counter drop'], ['iifname != "lo" counter drop'])


def late_rules(table: str, addresses: Sequence[str], port: int, relay: int) -> str:
    """Lead connections to these addresses to the relay's port, save the relay's own."""
    at = port or "1-65535"
    lead = f"ip daddr {_set(addresses)} tcp dport {at} counter redirect to :{relay}"
    return _table(table, _nat("output", [f"meta skuid {RELAY_UID} return", lead]))


def shown_rules(table: str, own: Sequence[str], ports: Sequence[int], relay: int) -> str:
    """Lead connections to a member's own ports to the relay's port, from outside and inside."""
    lead = f"tcp dport {_set(map(str, ports))} counter redirect to :{relay}"
    inside = f"ip daddr {_set([*own, '127.0.0.1'])} {lead}"
    return _table(table, _nat("prerouting", [lead]), _nat("output", [inside]))


def healing_rules(table: str) -> str:
    """Delete the table, also when it isn't there."""
    return f"add table inet {table}; delete table inet {table}"


def _between(addresses: Sequence[str], port: int) -> tuple[str, str]:
    """Match what goes to these addresses, and what comes from them."""
    to, back = f"ip daddr {_set(addresses)}", f"ip saddr {_set(addresses)}"
    return (f"{to} tcp dport {port}", f"{back} tcp sport {port}") if port else (to, back)


def _filter(table: str, out: Iterable[str], back: Iterable[str]) -> str:
    hook = f"priority {_BEFORE_OTHERS}"
    return _table(
        table,
        _chain("output", f"type filter hook output {hook}", out),
        _chain("input", f"type filter hook input {hook}", back),
    )


def _nat(hook: str, rules: Iterable[str]) -> str:
    return _chain(hook, f"type nat hook {hook} priority -100", rules)


def _table(table: str, *chains: str) -> str:
    return "\n".join([f"table inet {table} {{", *chains, "}"])


def _chain(name: str, hook: str, rules: Iterable[str]) -> str:
    return "\n".join([f"chain {name} {{", f"{hook}; policy accept", *rules, "}"])


def _set(values: Iterable[str]) -> str:
    return "{ " + ", ".join(values) + " }"
