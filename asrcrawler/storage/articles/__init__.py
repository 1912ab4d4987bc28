"""Read articles and captures: lists, one article, streams for export."""
