"""Ledger: periods and their books, a journal that sums to zero, its chain of hashes."""
