"""Receipts: numbered without a gap, printed, verified, void with a reason."""
