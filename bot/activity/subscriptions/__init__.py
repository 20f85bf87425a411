"""Who wants to hear of what: the subscription, its filters, and its words. Pure."""
