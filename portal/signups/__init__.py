"""Sign-ups: places, waiting list, offers, withdrawal; check-in and check-out; the calendar to take along."""
