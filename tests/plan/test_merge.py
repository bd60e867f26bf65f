from lab.plan.merge import merge


def test_merging_goes_into_tables_and_replaces_everything_else():
    below = {"a": {"b": 1, "c": [1]}, "d": [{"x": 1}], "e": 1}
    over = {"a": {"c": [2], "f": {"g": 3}}, "d": [{"y": 2}], "e": {"h": 4}}
    assert merge(below, over) == {
        "a": {"b": 1, "c": [2], "f": {"g": 3}},
        "d": [{"y": 2}],
        "e": {"h": 4},
    }
    assert below == {"a": {"b": 1, "c": [1]}, "d": [{"x": 1}], "e": 1}
