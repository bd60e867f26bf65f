"""The diagnosis room: links, results and states in, verdicts and causes out."""
