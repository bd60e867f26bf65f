"""Probes a port whose protocol the lab doesn't speak: a connection and not one byte more."""

from probes.trial import Trial


async def connect(trial: Trial) -> str:
    """Connect and close."""
    await trial.connect(trial.target.host, trial.target.port)
    return "connected"
