"""What the functions of the data lake share: objects, events, configuration, logging and transforms by name."""
