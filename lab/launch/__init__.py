"""The launch room: files in, running things out; the one place that talks to the engine."""
