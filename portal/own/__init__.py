"""One's own page: what is held, who sees it, correction, copy and deletion."""
