"""What happens on the phones, folded from Dialpad's events. Pure: no clock, no database, no Slack."""
