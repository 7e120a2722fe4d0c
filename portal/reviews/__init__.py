"""Review of nominations: reviewers, conflicts, scores, the meeting, the notice period, the decision."""
