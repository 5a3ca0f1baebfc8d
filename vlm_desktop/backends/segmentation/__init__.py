"""What outlines objects when it is pointed at them: classical methods, and promptable networks."""
