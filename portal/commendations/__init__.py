"""Commendations (表彰): calls, candidates found in the record, nominations with their consent."""
