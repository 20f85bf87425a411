"""All of Dialpad's actions as people see them: fields, forms, checks, confirmations and answers."""
