"""Whole stories in a real browser: with and without JavaScript, in every language, each page looked at by axe."""
