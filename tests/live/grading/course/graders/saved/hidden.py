"""What only the grader of the lab of saved configurations asks: nothing."""
# netdojo-canary: graders-saved
