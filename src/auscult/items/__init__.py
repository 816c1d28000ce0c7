"""Item sets: the folder, its parts, its images. What goes into one is made by ``construction``."""
