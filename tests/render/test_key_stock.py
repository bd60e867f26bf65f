"""Keys are made ahead, and nobody gets the same one twice."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from lab.render.key_stock import foresee, make_key


def test_everybody_gets_a_key_of_their_own_whether_it_was_foreseen_or_not() -> None:
    foresee(2)
    with ThreadPoolExecutor(4) as pool:
        keys = [pool.submit(make_key) for _ in range(4)]
    moduli = {key.result().public_key().public_numbers().n for key in keys}
    assert len(moduli) == 4


def test_a_process_that_ends_waits_for_no_key() -> None:
    foreseeing = "from lab.render.key_stock import foresee; foresee(2000)"
    done = subprocess.run([sys.executable, "-c", foreseeing], check=False, timeout=30)
    assert done.returncode == 0
