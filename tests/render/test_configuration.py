import subprocess
import sys
from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.plan.make import make_plan
from lab.render.configuration import write_configuration
from lab.topology.read import parse_topology, read_topology

CHECKOUT = Path(__file__).parents[2]
TOPOLOGIES = CHECKOUT / "topologies"
READY_MADE = TOPOLOGIES / "km-tm-separated.toml"


@pytest.mark.parametrize("topology", ["km-tm-separated", "ha-all"])
def test_the_files_are_those_of_the_whole_render(topology: str, tmp_path: Path):
    write_configuration(make_plan(read_topology(TOPOLOGIES / f"{topology}.toml")), tmp_path)
    made = {str(p.relative_to(tmp_path)): p.read_text() for p in tmp_path.rglob("*") if p.is_file()}
    golden = CHECKOUT / "tests/golden" / topology / "folder"
    files = (*golden.glob("nodes/*/*.toml"), *golden.glob("balancers/*/*.cfg"))
    assert made == {str(p.relative_to(golden)): p.read_text() for p in files}


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path):
    (tmp_path / "nodes" / "old").mkdir(parents=True)
    (tmp_path / "nodes" / "old" / "precious").write_text("mine")
    write_configuration(make_plan(read_topology(READY_MADE)), tmp_path)
    assert (tmp_path / "nodes" / "old" / "precious").read_text() == "mine"


def test_it_needs_no_key_and_so_not_the_library_that_makes_them():
    program = "import lab.render.configuration, sys; sys.exit('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, check=False)
    assert done.returncode == 0


def test_the_problems_of_every_node_s_stores_come_at_once():
    bad = '[nodes.{}.config.truststore]\nfile_name = "a/b.jks"\n'
    text = READY_MADE.read_text(encoding="utf-8") + bad.format("gw") + bad.format("km")
    with pytest.raises(TopologyError) as refused:
        write_configuration(make_plan(parse_topology(text, where="t.toml")), Path("unused"))
    assert [problem.where for problem in refused.value.problems] == [
        "t.toml: nodes.gw.config",
        "t.toml: nodes.km.config",
    ]
    assert not Path("unused").exists()
