"""What people do who install the product: from the wheel, in a container, by the lines of the documents."""
