"""Payments: money received, what it settles, reversals and refunds."""
