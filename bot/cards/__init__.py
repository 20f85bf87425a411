"""Cards: how a call, a conversation, a number, a roster, a digest, a subscription or a notice is shown."""
