"""What people type, and what each line must do or ask. ``make corpus`` prints how many are."""
