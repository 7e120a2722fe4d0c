"""Volunteers: the registration form, the roster by skill and group, letters of appointment, lending."""
