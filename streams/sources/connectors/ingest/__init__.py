"""Bridges: programs beside a platform that hand its messages over through our socket."""
