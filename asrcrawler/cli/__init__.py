"""What commands share: options, output, reports."""
