"""What the functions of the data lake share: access to AWS, catalogue, history, configuration, logging, transforms by name."""
