"""Everything that runs a network: encoders and text readers, and the registry that finds them."""
