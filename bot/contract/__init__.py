"""What a handler declares, is given and may answer."""
