"""People: one record each, found by name, initials, or a phone's last digits; consents; own data."""
