"""What happens on the phones, and who wants to hear of it. Pure: no clock, no database, no Slack."""
