"""The user's own documents, found again by their words and by their meaning."""
