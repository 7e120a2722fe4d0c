"""Levy: what an association pays upward by head-count, everybody counted once."""
