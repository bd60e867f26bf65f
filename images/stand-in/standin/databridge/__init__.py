"""The data publisher's binary protocol: streams, receiver on 9611/9711, and agent."""
