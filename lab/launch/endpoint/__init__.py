"""Where the engine is and what leads there: as the docker client finds it, known before the SDK."""
