"""All of Dialpad's actions as people meet them: fields, forms, checks, confirmations and answers."""
