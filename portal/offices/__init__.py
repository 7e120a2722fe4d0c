"""Terms, positions and appointments, and the one rule of who may do what where."""
