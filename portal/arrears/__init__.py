"""Arrears: what is owed by age, and reminders sent once each."""
