"""What the functions of the data lake share: access to AWS, catalogue and history, events, configuration, logging, transforms by name."""
