"""The event hub's broker: AMQP 0-9-1 as the product's broker speaks it on port 5672."""
