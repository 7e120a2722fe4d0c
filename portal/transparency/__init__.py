"""Proof of publication: a chain of hashes over everything that was published."""
