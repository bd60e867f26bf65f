"""Probes a TLS port of any protocol: the chain, the names and the dates of its certificate."""

from probes.trial import Trial
from probes.trust import describe_certificate


async def shake_hands(trial: Trial) -> str:
    """Shake hands and close."""
    connection = await trial.connect_tls(trial.target.host, trial.target.port)
    return f"{connection.tls_version}, {describe_certificate(connection.certificate)}"
