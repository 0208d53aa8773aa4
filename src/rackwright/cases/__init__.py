"""Cases that come with the package, each checked against something public."""
