"""Subscriptions: who is notified of what, the filters, and how both are put into words. Pure."""
