"""What happens on the phones, built up from Dialpad's events. Pure: no clock, no database, no Slack."""
