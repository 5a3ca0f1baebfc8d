"""Pictures in, pixels and metadata out: bounded, isolated, never trusting a file."""
