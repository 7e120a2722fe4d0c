"""Charters (章程) in two rounds of consultation."""
