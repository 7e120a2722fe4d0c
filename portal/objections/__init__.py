"""Notice periods (公示) before a decision, and objections to it."""
