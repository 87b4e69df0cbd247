"""`microturn data ...`: from any source to time-exact training data."""
