"""Writers of vector formats: they read the scene itself, where the writers of frames see its pixels alone."""
