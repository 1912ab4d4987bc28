"""Hold what several commands share: options, output, reports."""
