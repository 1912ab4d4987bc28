"""Change and refuse requests and answers between the spider and the network."""
