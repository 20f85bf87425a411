"""Arguments: what a person can type after a command, pick in a form, or send along with a button."""
