"""People who stand in the register twice: found, merged, or told apart."""
