"""What a background model can use: each tool says what it does, takes JSON, gives text back, and may show cards."""
