"""Attendance: who came to a session and how long; by a scan, by the leader's hand, from the paper list. No tables."""
