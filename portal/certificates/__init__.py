"""Stars, and certificates of service printed from approved hours."""
