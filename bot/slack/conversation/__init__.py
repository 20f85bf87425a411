"""From a payload to an answer in the right place."""
