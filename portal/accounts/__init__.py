"""Accounts: who can sign in, with what, from where."""
