"""What is called at Slack: messages, people, files, user groups, and the app's manifest."""
