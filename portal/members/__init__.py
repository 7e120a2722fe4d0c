"""Memberships: kinds, numbers, covers, places, suspensions and transfers."""
