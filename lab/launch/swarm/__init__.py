"""The same lab on many machines: engines joined to one Docker Swarm stand for the one engine.

To whoever asks, they are one `Engine`: on which machine a member runs is their own affair.
"""
