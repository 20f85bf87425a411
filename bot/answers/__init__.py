"""What several handlers say in the same way: numbers with their names, states before and after, calls."""
