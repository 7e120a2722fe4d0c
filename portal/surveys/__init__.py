"""Appraisals (民主评议): questions answered once each, without a name."""
