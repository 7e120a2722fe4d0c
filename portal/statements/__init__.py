"""Statements: rates rolled up the tree, books of the year, what is disclosed, what a member owes."""
