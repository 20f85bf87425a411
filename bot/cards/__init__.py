"""How one thing looks: a call, a conversation, a number, a roster, a digest, a subscription, a notice."""
