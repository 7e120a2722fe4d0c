"""One space of codes and one page for everything that can be verified."""
