"""Tests of bank files and their lines."""
