"""The rules as nft reads them; that they do what they say is proven on the engine."""

from lab.launch.faults import rules

TABLE = rules.table_name(3)


def test_a_cut_of_one_port_drops_both_ways_and_nothing_else() -> None:
    assert rules.cut_rules(TABLE, ["172.31.0.5"], 5672) == (
        "table inet apim_lab_fault_3 {\n"
        "chain output {\n"
        "type filter hook output priority -10; policy accept\n"
        "ip daddr { 172.31.0.5 } tcp dport 5672 counter drop\n"
        "}\n"
        "chain input {\n"
        "type filter hook input priority -10; policy accept\n"
        "ip saddr { 172.31.0.5 } tcp sport 5672 counter drop\n"
        "}\n"
        "}"
    )


def test_a_cut_of_everything_drops_every_packet_between_the_two() -> None:
    text = rules.cut_rules(TABLE, ["172.31.0.5", "172.31.1.5"], 0)
    assert "ip daddr { 172.31.0.5, 172.31.1.5 } counter drop" in text
    assert "tcp" not in text


def test_a_refusal_lets_its_own_resets_through() -> None:
    lines = rules.refuse_rules(TABLE, ["172.31.0.5"], 0).splitlines()
    for refusal in (line for line in lines if "reject" in line):
        assert refusal.endswith("meta l4proto tcp counter reject with tcp reset")
        assert lines[lines.index(refusal) - 1] == "tcp flags & rst == rst accept"


def test_an_isolated_member_still_reaches_itself_and_so_the_engines_dns() -> None:
    text = rules.isolate_rules(TABLE)
    assert 'oifname != "lo" counter drop' in text
    assert 'iifname != "lo" counter drop' in text


def test_a_relays_own_connections_go_straight() -> None:
    lines = rules.late_rules(TABLE, ["172.31.0.5"], 9443, 40123).splitlines()
    own = lines.index(f"meta skuid {rules.RELAY_UID} return")
    assert lines[own + 1] == "ip daddr { 172.31.0.5 } tcp dport 9443 counter redirect to :40123"


def test_a_shown_certificate_is_seen_from_outside_and_by_the_member_itself() -> None:
    text = rules.shown_rules(TABLE, ["172.31.0.5"], (9443, 9711), 40123)
    lead = "tcp dport { 9443, 9711 } counter redirect to :40123"
    assert f"hook prerouting priority -100; policy accept\n{lead}" in text
    assert f"ip daddr {{ 172.31.0.5, 127.0.0.1 }} {lead}" in text


def test_healing_deletes_the_faults_own_table_and_flushes_nothing() -> None:
    text = rules.healing_rules(TABLE)
    assert text == "add table inet apim_lab_fault_3; delete table inet apim_lab_fault_3"
