"""Letters and visits (来信来访)."""
