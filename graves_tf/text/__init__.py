"""Text: symbols, streams, scores (Sec. 3)."""
