"""Applications for membership: from a phone or from paper, to the association's decision."""
