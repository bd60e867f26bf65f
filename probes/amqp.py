"""Probes the event hub or the traffic manager's broker: login, virtual host, topic exchange."""

from pamqp import commands

from probes.amqp_dialogue import Dialogue
from probes.trial import Trial

TOPICS = "amq.topic"


async def log_in(trial: Trial) -> str:
    """Log in, open the virtual host and a channel, and ask for the exchange without making it."""
    target = trial.target
    dialogue = Dialogue(trial, await trial.connect(target.host, target.port))
    await dialogue.open(target.username, target.password, target.virtual_host)
    trial.expected = f"exchange {TOPICS} on virtual host {target.virtual_host}"
    await dialogue.ask(
        commands.Exchange.Declare(exchange=TOPICS, exchange_type="topic", passive=True),
        commands.Exchange.DeclareOk,
    )
    await dialogue.close()
    return f"logged in, {TOPICS} is there"
