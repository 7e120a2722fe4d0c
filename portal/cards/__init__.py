"""Member cards: issued, reissued, printed, void."""
