"""What both front-ends, the dynamic provider and the native plugin, have in common."""
