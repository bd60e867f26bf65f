"""The node as a client of event hubs: it hears and publishes topics over AMQP 0-9-1."""
