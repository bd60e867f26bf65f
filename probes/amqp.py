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


async def listen(trial: Trial, topic: str) -> tuple[Dialogue, str]:
    """Subscribe to *topic* of the target's event hub; give the dialogue and the hub's endpoint."""
    target = trial.target
    hub = Dialogue(trial, await trial.connect(target.hub_host, target.hub_port))
    endpoint = trial.endpoint
    await hub.open(target.hub_username, target.hub_password, target.virtual_host)
    await subscribe(trial, hub, topic)
    return hub, endpoint


async def subscribe(trial: Trial, dialogue: Dialogue, topic: str) -> None:
    """Bind a queue of our own that goes with the connection; its consumer acknowledges by hand.

    Andes drops a connection that consumes without acknowledgement (measured on 4.1.0).
    """
    trial.expected = f"a subscription to {topic}"
    declare = commands.Queue.Declare(queue="", exclusive=True, auto_delete=True)
    queue = (await dialogue.ask(declare, commands.Queue.DeclareOk)).queue or ""
    bind = commands.Queue.Bind(queue=queue, exchange=TOPICS, routing_key=topic)
    await dialogue.ask(bind, commands.Queue.BindOk)
    consume = commands.Basic.Consume(queue=queue, no_ack=False)
    await dialogue.ask(consume, commands.Basic.ConsumeOk)
