"""`lab status`: one look at a lab at this moment, or look after look."""

import time

from lab.verbs.found import found
from lab.verbs.look import look
from lab.verbs.printing import exit_code_of, print_report
from lab.verbs.shell import Format, Shell

_BETWEEN = 1.0  # seconds between two looks of --watch


def status(
    name: str | None, shell: Shell, *, wanted: Format, watch: bool, allow_degraded: bool
) -> int:
    """Report the lab; with *watch* until interrupted, a report each time something changes."""
    with found(name, shell, to_look=True) as cluster:
        report = look(cluster)
        print_report(report, wanted, shell)
        while watch:
            time.sleep(_BETWEEN)
            before, report = report, look(cluster)
            if before.diagnosis.causes != report.diagnosis.causes:
                print_report(report, wanted, shell)
    return exit_code_of(report, allow_degraded=allow_degraded)
