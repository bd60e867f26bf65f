from lab.launch.contexts import Context


def test_the_same_inputs_give_the_same_tag_and_another_base_another_one() -> None:
    assert Context("prober", "base:1").tag == Context("prober", "base:1").tag
    assert Context("prober", "base:1").tag != Context("prober", "base:2").tag
    assert Context("prober", "base:1").tag != Context("stand-in", "base:1").tag


def test_the_probers_context_holds_the_probes_and_no_compiled_file() -> None:
    places = {place for place, _ in Context("prober", "base:1")._files()}
    assert {"Dockerfile", "probes/session.py"} <= places
    assert not any("__pycache__" in place for place in places)


def test_dbscripts_are_no_part_of_the_stand_ins_image() -> None:
    places = {place for place, _ in Context("stand-in", "base:1")._files()}
    assert "Dockerfile" in places
    assert not any(place.startswith("dbscripts") for place in places)
